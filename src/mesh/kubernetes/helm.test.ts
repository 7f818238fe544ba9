import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Helm } from '../cluster.ts'
import { commandLine } from './helm-program.ts'
import { kubernetesHelm } from './helm.ts'
import type { HelmSettings } from './helm.ts'

const { signal } = new AbortController()
const release = { name: 'istiod-1-31', namespace: 'istio-system' }
const istiod = { chart: 'istiod', version: '1.31.0' } as const

interface Folder extends AsyncDisposable {
  readonly path: string
  /** A helm program of these shell lines; `$here` is this folder. */
  program(lines: string): Promise<string>
  helm(settings?: Partial<HelmSettings>): Helm
  text(file: string): Promise<string>
  work(): Promise<readonly string[]>
}

async function folder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'helm-test-'))
  for (const version of ['1.30.0', '1.31.0']) await mkdir(join(path, 'charts', version, 'istiod'), { recursive: true })
  return {
    path,
    async program(lines) {
      const file = join(path, 'helm-program')
      await writeFile(file, `#!/bin/sh\nhere='${path}'\n${lines}\n`)
      await chmod(file, 0o755)
      return file
    },
    helm: (settings = {}) =>
      kubernetesHelm({
        name: 'north',
        kubeconfig: '/etc/north.yaml',
        context: 'admin@north',
        charts: join(path, 'charts'),
        helm: join(path, 'helm-program'),
        stateDir: join(path, 'state'),
        kubernetesVersion: () => Promise.resolve('v1.35.4'),
        ...settings,
      }),
    text: (file) => readFile(join(path, file), 'utf8'),
    work: () => readdir(join(path, 'state', 'helm', 'work')),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

test('template: arguments, values in a file for this user alone, homes of its own, objects back', async () => {
  await using here = await folder()
  await here.program(`
    echo "$@" > $here/args
    env | grep '^HELM_' > $here/env
    while [ "$1" != --values ]; do shift; done
    cp "$2" $here/values; stat -c %a "$2" > $here/mode; echo "$2" > $here/where
    printf -- '---\\n# a comment alone\\n---\\nkind: Service\\napiVersion: v1\\nmetadata: {name: a}\\n---\\nkind: Pod\\napiVersion: v1\\nmetadata: {name: b}\\n'`)
  const objects = await here.helm().template(release, istiod, { revision: '1-31' }, signal)
  expect(objects.map(({ kind }) => kind)).toEqual(['Service', 'Pod'])
  expect(await here.text('args')).toMatch(
    new RegExp(
      `^template istiod-1-31 ${here.path}/charts/1.31.0/istiod --namespace istio-system --values \\S+ --include-crds --kube-version v1.35.4\n$`,
    ),
  )
  expect(JSON.parse(await here.text('values'))).toEqual({ revision: '1-31' })
  expect(await here.text('mode')).toBe('600\n')
  await expect(readFile((await here.text('where')).trim())).rejects.toThrow('ENOENT')
  expect(await here.text('env')).toContain(`HELM_CACHE_HOME=${here.path}/state/helm/cache`)
})

test('a KUBECONFIG of our own environment does not reach helm', async () => {
  await using here = await folder()
  const program = await here.program('echo "${KUBECONFIG-none} ${HELM_KUBECONTEXT-none} $HELM_DATA_HOME $1"')
  const [command, ...rest] = commandLine({ program, home: '/h' }, ['version'])
  const wrong = { PATH: '/usr/bin:/bin', KUBECONFIG: '/wrong', HELM_KUBECONTEXT: 'wrong' }
  const { stdout } = await promisify(execFile)(command, rest, { env: wrong })
  expect(stdout).toBe('none none /h/data version\n')
})

test('install and uninstall are pointed at the registered cluster, and leave nothing behind', async () => {
  await using here = await folder()
  await here.program('echo "$@" >> $here/args')
  await here.helm().install(release, istiod, {}, signal)
  await here.helm().uninstall(release, signal)
  await here.helm({ inCluster: true }).uninstall(release, signal)
  const [install, uninstall, inside] = (await here.text('args')).split('\n')
  expect(install).toMatch(
    /^install istiod-1-31 \S+ --namespace istio-system --kubeconfig \/etc\/north.yaml --kube-context admin@north --values \S+$/,
  )
  expect(uninstall).toBe(
    'uninstall istiod-1-31 --namespace istio-system --kubeconfig /etc/north.yaml --kube-context admin@north',
  )
  expect(inside).toBe('uninstall istiod-1-31 --namespace istio-system')
  expect(await here.work()).toEqual([])
})

test('no program, and one that is not Helm 3 or 4', async () => {
  await using here = await folder()
  await expect(here.helm({ helm: join(here.path, 'none') }).version(signal)).rejects.toMatchObject({
    kind: 'not-found',
    code: 'helm/no-program',
  })
  await expect(here.helm({ helm: join(here.path, 'none') }).install(release, istiod, {}, signal)).rejects.toMatchObject(
    { kind: 'not-found', code: 'helm/no-program' },
  )
  await here.program('printf v2.17.0')
  await expect(here.helm().version(signal)).rejects.toMatchObject({ kind: 'not-found', code: 'helm/wrong-version' })
  await here.program('printf v3.19.2')
  expect(await here.helm().version(signal)).toBe('v3.19.2')
})

test.each([
  ['INSTALLATION FAILED: cannot re-use a name that is still in use', 'conflict'],
  ['INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in use', 'conflict'],
  ['Kubernetes cluster unreachable: Get "https://10.0.0.1": dial tcp: connection refused', 'unavailable'],
  ['query: failed to query with labels: secrets is forbidden: User "me" cannot list resource "secrets"', 'forbidden'],
  ['INSTALLATION FAILED: ServiceAccount "istiod" exists and cannot be imported into the current release', 'rejected'],
])('"%s" is %s', async (said, kind) => {
  await using here = await folder()
  await here.program(`echo 'WARNING: something else' >&2; echo 'Error: ${said}' >&2; exit 1`)
  await expect(here.helm().install(release, istiod, {}, signal)).rejects.toMatchObject({
    kind,
    message: `Cluster north: helm install istiod-1-31 failed: ${said}`,
  })
  expect(await here.work()).toEqual([])
})

test('values that helm or the server repeat are hidden', async () => {
  await using here = await folder()
  await here.program(
    `echo 'Error: Deployment is invalid: env[0].value: Invalid value: "hunter2-hunter2": no; args: -----BEGIN KEY----- MIIabcdefgh' >&2; exit 1`,
  )
  const values = { pilot: { env: { TOKEN: 'hunter2-hunter2' }, keys: ['-----BEGIN KEY-----\nMIIabcdefgh\n'] } }
  await expect(here.helm().install(release, istiod, values, signal)).rejects.toMatchObject({
    message:
      'Cluster north: helm install istiod-1-31 failed: Deployment is invalid: env[0].value: Invalid value: "***": no; args: *** ***',
  })
})

test('an uninstall of a release that is not there is done', async () => {
  await using here = await folder()
  await here.program(`echo 'Error: uninstall: Release not loaded: istiod-1-31: release: not found' >&2; exit 1`)
  await expect(here.helm().uninstall(release, signal)).resolves.toBeUndefined()
})

test('a chart is pulled once and kept; a failed or killed pull leaves no chart', async () => {
  await using here = await folder()
  const settings = { charts: 'https://user:password@charts.example/istio' }
  await here.program(`echo half > "$8/istiod-1.31.0.tgz"; echo 'Error: no such host' >&2; exit 1`)
  const failed = here.helm(settings).install(release, istiod, {}, signal)
  await expect(failed).rejects.toMatchObject({ kind: 'unavailable', code: 'helm/no-chart' })
  await expect(failed).rejects.toThrow(
    'chart istiod of Istio 1.31.0 cannot be pulled from https://charts.example/istio: no such host',
  )
  await here.program(
    `echo "$@" >> $here/args; [ $1 = pull ] && while [ -n "$1" ]; do [ "$1" = --destination ] && echo whole > "$2/istiod-1.31.0.tgz"; shift; done; exit 0`,
  )
  const helm = here.helm(settings)
  await helm.install(release, istiod, {}, signal)
  await helm.uninstall(release, signal)
  await helm.install(release, istiod, {}, signal)
  const lines = (await here.text('args')).split('\n')
  expect(lines.filter((line) => line.startsWith('pull'))).toHaveLength(1)
  expect(lines[0]).toMatch(
    /^pull istiod --repo https:\/\/user:password@charts.example\/istio --version 1.31.0 --destination /,
  )
  const kept = /^install istiod-1-31 (\S+)/.exec(lines[1] ?? '')?.[1] ?? ''
  expect(await readFile(kept, 'utf8')).toBe('whole\n')
})

test('a chart that the folder does not have', async () => {
  await using here = await folder()
  await expect(here.helm().install(release, { chart: 'base', version: '1.31.0' }, {}, signal)).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'helm/no-chart',
  })
})

test('stopped, helm goes on; whoever comes next is refused until it has ended', async () => {
  await using here = await folder()
  await promisify(execFile)('mkfifo', [join(here.path, 'begun'), join(here.path, 'end')])
  await here.program(
    `[ $1 = install ] || exit 0; echo begun > $here/begun; read line < $here/end; echo done > $here/done; rm $here/end`,
  )
  const stop = new AbortController()
  const first = here.helm()
  const installed = first.install(release, istiod, {}, stop.signal)
  await here.text('begun') // opens when helm does
  stop.abort()
  await expect(installed).rejects.toMatchObject({ kind: 'aborted' })
  const busy = { kind: 'conflict', code: 'helm/busy', message: expect.stringContaining('istiod-1-31') }
  await expect(first.uninstall(release, signal)).rejects.toMatchObject(busy)
  // A later process has nothing but the folder.
  const next = here.helm()
  await expect(next.uninstall(release, signal)).rejects.toMatchObject(busy)
  await next.uninstall({ name: 'another', namespace: 'istio-system' }, signal)
  await writeFile(join(here.path, 'end'), 'now\n')
  await expect.poll(async () => next.uninstall(release, signal).catch((thrown: unknown) => thrown)).toBeUndefined()
  expect(await here.text('done')).toBe('done\n')
})

test('a process id that was given to somebody else is no helm, and what a killed program left is cleared', async () => {
  await using here = await folder()
  await here.program('exit 0')
  const work = join(here.path, 'state', 'helm', 'work')
  await mkdir(work, { recursive: true })
  await writeFile(join(work, 'north_istio-system_istiod-1-31.pid'), `${process.pid} 1\n`)
  await writeFile(join(work, 'north_istio-system_istiod-1-31.values.json'), '{"secret":1}')
  await writeFile(join(work, 'south_istio-system_istiod-1-30.values.json'), '{"secret":1}')
  await here.helm().uninstall(release, signal)
  expect(await here.work()).toEqual([])
})

test('a render that never ends is killed when we are stopped', async () => {
  await using here = await folder()
  await promisify(execFile)('mkfifo', [join(here.path, 'begun')])
  await here.program(`echo $$ > $here/begun; exec sleep 600`)
  const stop = new AbortController()
  const rendered = here.helm().template(release, istiod, {}, stop.signal)
  const pid = Number(await here.text('begun'))
  stop.abort()
  await expect(rendered).rejects.toMatchObject({ kind: 'aborted' })
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
