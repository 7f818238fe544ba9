// What the checks have to find, planted one at a time: each entry does to a quiet mesh what a person might have done, and
// knows how to take it back.
import { cp, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bed } from '../bed.ts'
import type { KubeObject } from '../cluster.ts'
import { helmInstall, istiodReady, chart } from '../install-pair.ts'
import { istiodValues, istioNamespace, plainNamespace } from '../pairs.ts'
import type { Pair } from '../pairs.ts'
import { adoptMesh, register, writeCatalogue } from '../program/mesh.ts'
import type { Adopted } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import { until } from '../time.ts'
import type { Wire } from '../look/wire.ts'

export interface Ground {
  readonly bed: Bed
  readonly pair: Pair
  readonly adopted: Adopted
  readonly wire: Wire
  /** The charts that the cluster is registered with; a copy, so that they can be broken. */
  readonly charts: string
}

export type Undo = () => Promise<void>

export interface Plant {
  /** Id of the check that has to find it. */
  readonly check: string
  readonly weight: 'blocks' | 'warns'
  readonly what: string
  /** A name that the finding has to say. */
  readonly names: string
  /** Other checks that rightly have something to say about it as well. */
  readonly also?: readonly string[]
  /** Asked for instead of the pair's target. */
  readonly target?: string
  /** Asked about instead of the mesh that is adopted. */
  readonly mesh?: string
  readonly plant: (ground: Ground) => Promise<Undo>
}

const webhooks = '/apis/admissionregistration.k8s.io/v1'
const inIstio = (group: string, kind: string): string => `${group}/namespaces/${istioNamespace}/${kind}`

/** Labels or annotations, `null` takes one away; taken back to what they were. */
async function mark(bed: Bed, path: string, of: 'labels' | 'annotations', change: Record<string, string | null>) {
  const { metadata } = await bed.cluster.get(path)
  const before = Object.fromEntries(Object.keys(change).map((key) => [key, metadata[of]?.[key] ?? null]))
  await bed.cluster.patch(path, { metadata: { [of]: change } }, 'merge')
  return async () => void (await bed.cluster.patch(path, { metadata: { [of]: before } }, 'merge'))
}

const label = (bed: Bed, path: string, change: Record<string, string | null>): Promise<Undo> =>
  mark(bed, path, 'labels', change)

type Named = { readonly metadata: { readonly name: string }; readonly [field: string]: unknown }

/** An object that was not there; gone again, with all that hangs on it, when taken back. */
async function make(bed: Bed, collection: string, body: Named) {
  await bed.cluster.create(collection, body)
  return async () => {
    const path = `${collection}/${body.metadata.name}`
    await bed.cluster.remove(`${path}?propagationPolicy=Foreground`)
    await until({ what: `${path} gone`, within: 20_000, signal: bed.signal }, async () =>
      (await bed.cluster.find(path)) === undefined ? true : undefined,
    )
  }
}

async function must(what: string, ended: Promise<{ readonly code: number; readonly stderr: string }>): Promise<void> {
  const { code, stderr } = await ended
  if (code !== 0) throw new Error(`${what}: ${stderr}`)
}

/** A second control plane of the old version, as somebody's trial might have left it. */
async function installOther(bed: Bed, pair: Pair): Promise<Undo> {
  const values = { ...istiodValues(pair), revision: 'other', revisionTags: [] }
  await helmInstall(bed, 'istiod-other', chart(bed, pair.from.version, 'istiod'), values)
  await istiodReady(bed, 'istiod-other')
  return () => must('helm uninstall', bed.helm(['uninstall', 'istiod-other', '--namespace', istioNamespace, '--wait']))
}

/** As it was, to be made again: without what the server fills in. */
function anew(object: KubeObject): Named {
  const { uid: _uid, resourceVersion: _version, generation: _generation, ...metadata } = object.metadata
  const { creationTimestamp: _created, managedFields: _fields, ...kept } = metadata
  const { status: _status, ...rest } = object as KubeObject<{ readonly status?: unknown }>
  return { ...rest, metadata: kept }
}

interface Rules {
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[]
}

const app = (labels: Readonly<Record<string, string>>, probe = true): unknown => ({
  metadata: { labels },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'app',
        image: 'testbed.local/app:1',
        ...(probe ? { readinessProbe: { httpGet: { path: '/ready', port: 8080 } } } : {}),
      },
    ],
  },
})

const deployment = (name: string, replicas: number, template: unknown) => ({
  metadata: { name },
  spec: { replicas, selector: { matchLabels: { app: name } }, template },
})

const shopWeb = '/apis/apps/v1/namespaces/shop/deployments/web'

/** In the order of the checks. Written for pair R. */
export const plants: readonly Plant[] = [
  {
    check: 'cluster-unreachable',
    weight: 'blocks',
    what: 'the line to the API server is cut',
    names: 'bed',
    async plant({ wire }) {
      wire.cut(true)
      return async () => wire.mend()
    },
  },
  {
    check: 'permission-missing',
    weight: 'blocks',
    what: 'the published role may not patch namespaces',
    names: 'patch namespaces',
    async plant({ bed }) {
      const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/meshlift'
      const { rules } = await bed.cluster.get<Rules>(path)
      const less = rules.map((rule) =>
        rule.resources.includes('namespaces')
          ? { ...rule, verbs: rule.verbs.map((verb) => (verb === 'patch' ? 'get' : verb)) } // a rule needs a verb
          : rule,
      )
      await bed.cluster.patch(path, { rules: less }, 'merge')
      return async () => void (await bed.cluster.patch(path, { rules }, 'merge'))
    },
  },
  {
    check: 'no-control-plane',
    weight: 'blocks',
    what: 'the Deployment of istiod is deleted',
    names: istioNamespace,
    also: ['mesh-unhealthy', 'namespace-labels'],
    async plant({ bed, pair }) {
      const collection = inIstio('/apis/apps/v1', 'deployments')
      const path = `${collection}/${pair.from.service}`
      const before = anew(await bed.cluster.get(path))
      await bed.cluster.remove(`${path}?propagationPolicy=Background`)
      return async () => {
        await bed.cluster.create(collection, before)
        await istiodReady(bed, pair.from.service)
      }
    },
  },
  {
    check: 'not-by-helm',
    weight: 'blocks',
    what: 'istiod has no Helm release',
    names: 'istiod-1-30',
    plant: ({ bed, pair }) =>
      mark(bed, `${inIstio('/apis/apps/v1', 'deployments')}/${pair.from.service}`, 'annotations', {
        'meta.helm.sh/release-name': null,
      }),
  },
  {
    check: 'several-revisions',
    weight: 'blocks',
    what: 'a second control plane has a namespace',
    names: 'other',
    async plant({ bed, pair }) {
      const uninstall = await installOther(bed, pair)
      const undo = await label(bed, `/api/v1/namespaces/${plainNamespace}`, { 'istio.io/rev': 'other' })
      return async () => {
        await undo()
        await uninstall()
      }
    },
  },
  {
    check: 'mesh-unhealthy',
    weight: 'blocks',
    what: 'istiod is not ready',
    names: 'istiod-1-30',
    async plant({ bed, pair }) {
      bed.setFault(pair.from.label, { kind: 'never-ready' })
      return async () => {
        bed.setFault(pair.from.label, undefined)
        await istiodReady(bed, pair.from.service)
      }
    },
  },
  {
    check: 'target-version',
    weight: 'blocks',
    what: 'the target is what is installed',
    names: '1.30.0',
    target: '1.30.0',
    plant: async () => async () => {},
  },
  {
    check: 'base-newer',
    weight: 'blocks',
    what: 'the base chart is of a version after the target',
    names: '1.32.0',
    async plant({ bed, pair }) {
      const newer = join(bed.folder, 'base-newer')
      await cp(chart(bed, pair.to.version, 'base'), newer, { recursive: true })
      const file = join(newer, 'Chart.yaml')
      await writeFile(file, (await readFile(file, 'utf8')).replace(/^version: .*$/m, 'version: 1.32.0'))
      const there = ['--namespace', istioNamespace, '--reuse-values']
      const use = (folder: string): Promise<void> =>
        must('helm upgrade', bed.helm(['upgrade', 'istio-base', folder, ...there]))
      await use(newer)
      return () => use(chart(bed, pair.from.version, 'base'))
    },
  },
  {
    check: 'kubernetes-range',
    weight: 'blocks',
    what: 'the catalogue says that the target runs on another Kubernetes',
    names: '1.20',
    async plant({ bed }) {
      writeCatalogue(bed, ['1.20'])
      return async () => void writeCatalogue(bed)
    },
  },
  {
    check: 'revision-taken',
    weight: 'blocks',
    what: 'a tag has the name of the new revision',
    names: '1-31-0',
    async plant({ bed, pair }) {
      await must('istioctl tag set', bed.istioctl(['tag', 'set', '1-31-0', '--revision', pair.from.revision]))
      return () => must('istioctl tag remove', bed.istioctl(['tag', 'remove', '1-31-0', '--skip-confirmation']))
    },
  },
  {
    check: 'another-upgrade',
    weight: 'blocks',
    what: 'an upgrade has been begun',
    names: 'the-other-one',
    async plant({ bed, pair, adopted }) {
      const other = await startUpgrade(bed, adopted, pair.to.version, 'the-other-one')
      await other.rest(60_000)
      return async () => {
        const { status } = await adopted.client.asm('DELETE', `/mesh-upgrade/${other.id}`)
        if (status >= 300) throw new Error(`deleting the other upgrade: ${status}`)
      }
    },
  },
  {
    check: 'chart',
    weight: 'blocks',
    what: "the target's chart is not where the charts are",
    names: '1.31.0',
    async plant({ charts, pair }) {
      const folder = join(charts, pair.to.version, 'istiod')
      await rename(folder, `${folder}-away`)
      return () => rename(`${folder}-away`, folder)
    },
  },
  {
    check: 'pinned-images',
    weight: 'blocks',
    what: 'the values name an image past global.tag',
    names: 'pilot.tag',
    async plant({ bed, pair }) {
      const { version, release } = pair.from
      const values = istiodValues(pair) as { readonly pilot: object }
      const args = ['upgrade', release, chart(bed, version, 'istiod'), '--namespace', istioNamespace, '--values', '-']
      const use = (given: unknown): Promise<void> => must('helm upgrade', bed.helm(args, JSON.stringify(given)))
      await use({ ...values, pilot: { ...values.pilot, tag: version } })
      return async () => {
        await use(values)
        await istiodReady(bed, pair.from.service)
      }
    },
  },
  {
    check: 'roots-differ',
    weight: 'blocks',
    what: 'a namespace trusts another root, and istiod is dead and cannot put it right',
    names: 'shop',
    also: ['mesh-unhealthy'],
    async plant({ bed, pair }) {
      const path = '/api/v1/namespaces/shop/configmaps/istio-ca-root-cert'
      const { data } = await bed.cluster.get<{ readonly data: unknown }>(path)
      bed.setFault(pair.from.label, { kind: 'dead' })
      // It puts the root back within milliseconds while it lives.
      await until({ what: 'a root that stays changed', within: 20_000, every: 500, signal: bed.signal }, async () => {
        const now = await bed.cluster.get<{ readonly data: Record<string, string> }>(path)
        if (now.data['root-cert.pem'] === 'planted') return true
        await bed.cluster.patch(path, { data: { 'root-cert.pem': 'planted' } }, 'merge')
        return undefined
      })
      return async () => {
        await bed.cluster.patch(path, { data }, 'merge')
        bed.setFault(pair.from.label, undefined)
        await istiodReady(bed, pair.from.service)
      }
    },
  },
  {
    check: 'namespace-labels',
    weight: 'blocks',
    what: 'a namespace has both labels',
    names: 'desk',
    plant: ({ bed }) => label(bed, '/api/v1/namespaces/desk', { 'istio-injection': 'enabled' }),
  },
  {
    check: 'namespace-labels',
    weight: 'blocks',
    what: 'a namespace asks for a revision that is not there',
    names: 'ghost',
    plant: ({ bed }) => label(bed, `/api/v1/namespaces/${plainNamespace}`, { 'istio.io/rev': 'ghost' }),
  },
  {
    check: 'both-injectors',
    weight: 'blocks',
    what: "a second control plane's webhook takes the same pods",
    names: 'rogue',
    async plant({ bed, pair }) {
      const uninstall = await installOther(bed, pair)
      const path = `${webhooks}/mutatingwebhookconfigurations`
      const all = await bed.cluster.list<KubeObject>(path)
      const injector = all.find(({ metadata }) =>
        metadata.name.startsWith(`istio-sidecar-injector-${pair.from.revision}`),
      )
      if (injector === undefined) throw new Error('no injector to copy')
      const text = JSON.stringify(anew(injector)).replaceAll(pair.from.service, 'istiod-other')
      const undo = await make(bed, path, { ...(JSON.parse(text) as object), metadata: { name: 'rogue' } })
      return async () => {
        await undo()
        await uninstall()
      }
    },
  },
  {
    check: 'refused-pods',
    weight: 'blocks',
    what: 'the quota of a namespace is used up',
    names: 'desk',
    plant: ({ bed }) =>
      make(bed, '/api/v1/namespaces/desk/resourcequotas', {
        metadata: { name: 'full' },
        spec: { hard: { pods: '0' } },
      }),
  },
  {
    check: 'pinned-config',
    weight: 'blocks',
    what: 'a VirtualService belongs to one revision',
    names: 'shop/api',
    plant: ({ bed, pair }) =>
      label(bed, '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/api', {
        'istio.io/rev': pair.from.revision,
      }),
  },
  {
    check: 'pinned-pods',
    weight: 'blocks',
    what: 'pods name the old revision by themselves',
    names: 'plain/pinned',
    plant: ({ bed, pair }) =>
      make(
        bed,
        `/apis/apps/v1/namespaces/${plainNamespace}/deployments`,
        deployment('pinned', 0, app({ app: 'pinned', 'istio.io/rev': pair.from.revision })),
      ),
  },
  {
    check: 'gateway-api',
    weight: 'blocks',
    what: 'there is a gateway of the Gateway API',
    names: 'shop/front',
    async plant({ bed }) {
      const group = 'gateway.networking.k8s.io'
      // As little as a Gateway needs: without upstream's version annotation istiod takes no notice of it.
      const definition = {
        metadata: { name: `gateways.${group}`, annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' } },
        spec: {
          group,
          scope: 'Namespaced',
          names: { plural: 'gateways', singular: 'gateway', kind: 'Gateway', listKind: 'GatewayList' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          ],
        },
      }
      const undo = await make(bed, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)
      await until({ what: 'the API of gateways', within: 20_000, signal: bed.signal }, () =>
        bed.cluster.create(`/apis/${group}/v1/namespaces/shop/gateways`, {
          apiVersion: `${group}/v1`,
          kind: 'Gateway',
          metadata: { name: 'front' },
          spec: { gatewayClassName: 'istio', listeners: [] },
        }),
      )
      return undo // and the gateway goes with its definition
    },
  },
  {
    check: 'ambient',
    weight: 'blocks',
    what: 'a namespace is in ambient mode',
    names: plainNamespace,
    plant: ({ bed }) => label(bed, `/api/v1/namespaces/${plainNamespace}`, { 'istio.io/dataplane-mode': 'ambient' }),
  },
  {
    check: 'default-validator',
    weight: 'warns',
    what: 'nobody judges Istio configuration',
    names: 'defaultRevision',
    async plant({ bed }) {
      const collection = `${webhooks}/validatingwebhookconfigurations`
      const path = `${collection}/istiod-default-validator`
      const there = anew(await bed.cluster.get(path))
      await bed.cluster.remove(path)
      return async () => void (await bed.cluster.create(collection, there))
    },
  },
  {
    check: 'istio-cni',
    weight: 'warns',
    what: 'there is a node component',
    names: 'istio-cni-node',
    plant: ({ bed }) =>
      make(bed, '/apis/apps/v1/namespaces/kube-system/daemonsets', {
        metadata: { name: 'istio-cni-node' },
        spec: {
          selector: { matchLabels: { app: 'cni' } },
          template: {
            metadata: { labels: { app: 'cni' } },
            spec: { nodeSelector: { no: 'node' }, containers: [{ name: 'cni', image: 'testbed.local/cni:1' }] },
          },
        },
      }),
  },
  {
    check: 'rollout-in-progress',
    weight: 'warns',
    what: 'a workload has a pod that never gets ready',
    names: 'shop/late',
    plant: ({ bed }) => {
      const template = app({ app: 'late' }) as { readonly metadata: object }
      const held = { ...template, metadata: { ...template.metadata, annotations: { 'bed/hold-ready': 'yes' } } }
      return make(bed, '/apis/apps/v1/namespaces/shop/deployments', deployment('late', 2, held))
    },
  },
  {
    check: 'immovable-workloads',
    weight: 'warns',
    what: 'a workload is paused',
    names: 'shop/web',
    async plant({ bed }) {
      await bed.cluster.patch(shopWeb, { spec: { paused: true } }, 'merge')
      return async () => void (await bed.cluster.patch(shopWeb, { spec: { paused: null } }, 'merge'))
    },
  },
  {
    check: 'bare-pods-and-jobs',
    weight: 'warns',
    what: 'a pod belongs to nothing',
    names: 'shop/alone',
    plant: ({ bed }) => {
      const { metadata, spec } = app({ app: 'alone' }) as { readonly metadata: object; readonly spec: object }
      return make(bed, '/api/v1/namespaces/shop/pods', { metadata: { ...metadata, name: 'alone' }, spec })
    },
  },
  {
    check: 'single-replica',
    weight: 'warns',
    what: 'a workload has one pod',
    names: 'shop/web',
    async plant({ bed }) {
      await bed.cluster.patch(shopWeb, { spec: { replicas: 1 } }, 'merge')
      return async () => void (await bed.cluster.patch(shopWeb, { spec: { replicas: 2 } }, 'merge'))
    },
  },
  {
    check: 'no-readiness-probe',
    weight: 'warns',
    what: 'a workload does not tell when it is ready',
    names: 'shop/mute',
    plant: ({ bed }) =>
      make(bed, '/apis/apps/v1/namespaces/shop/deployments', deployment('mute', 2, app({ app: 'mute' }, false))),
  },
  {
    check: 'budget-without-room',
    weight: 'warns',
    what: 'a disruption budget lets no pod go',
    names: 'shop/tight',
    plant: ({ bed }) =>
      make(bed, '/apis/policy/v1/namespaces/shop/poddisruptionbudgets', {
        metadata: { name: 'tight' },
        spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
      }),
  },
  {
    check: 'mesh-config-difference',
    weight: 'warns',
    what: 'somebody changed the mesh configuration without Helm',
    names: 'outboundTrafficPolicy',
    async plant({ bed, pair }) {
      const path = `${inIstio('/api/v1', 'configmaps')}/istio-${pair.from.revision}`
      const { data } = await bed.cluster.get<{ readonly data: Record<string, string> }>(path)
      const mesh = `${data['mesh']}\noutboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n`
      await bed.cluster.patch(path, { data: { mesh } }, 'merge')
      return async () => void (await bed.cluster.patch(path, { data }, 'merge'))
    },
  },
  // Last: the mesh that is adopted makes room for one of two clusters.
  {
    check: 'several-clusters',
    weight: 'blocks',
    what: 'a mesh has two clusters',
    names: 'bed-too',
    mesh: 'mesh-of-two',
    async plant({ bed, pair, adopted, charts }) {
      const forgotten = await adopted.administrator.asm('DELETE', `/meshes/${adopted.meshId}`)
      if (forgotten.status >= 300) throw new Error(`forgetting the mesh: ${forgotten.status}`)
      const second = await register(adopted.administrator, bed, pair, 'bed-too', adopted.identity, charts)
      const both = await adoptMesh(adopted.client, 'mesh-of-two', pair, [adopted.clusterId, second])
      return async () => void (await adopted.administrator.asm('DELETE', `/meshes/${both}`))
    },
  },
]
