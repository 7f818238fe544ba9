// One whole upgrade by the real program, with marked secrets wherever it meets one; then everything that it wrote is read.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { client } from '../../src/client/client.ts'
import { login } from '../../src/client/login.ts'
import type { Fetch } from '../../src/client/transport.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { kubeconfigFor, loopbackApi, refuse } from '../../src/mesh/kubernetes/loopback-api.ts'
import { fixtures } from '../../src/mesh/simulated/fixtures/fixtures.ts'
import { keptWorld } from '../../src/mesh/simulated/keep.ts'
import { start, temporaryFolder } from '../process/program.ts'
import { checkedFetch } from './checked-fetch.ts'
import { meshBody, upgradeBody } from './samples.ts'

const marks = {
  password: 'marked-password-6a1f',
  kubeconfigToken: 'marked-token-77c2',
  kubeconfigPassword: 'marked-basic-password-19d0',
  helmValue: 'marked-helm-value-b3e8',
  tracerToken: 'marked-tracer-token-5f44',
  valuesFile: 'marked-values-file-e90a',
}
const handOut = {
  user: 'admin',
  password: marks.password,
  domain: 'meshlift',
  projectName: 'default',
  projectId: '0123456789abcdef0123456789abcdef',
}

/** Every file below, but those that are allowed to hold the secret: named by their path. */
function filesBelow(folder: string, except: readonly string[]): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((name) => !except.includes(name.slice(folder.length + 1)))
  return new Map(names.map((name) => [name.slice(folder.length + 1), readFileSync(name)]))
}

it('secrets are in nothing that was logged, answered or stored', { timeout: 120_000 }, async () => {
  await using api = await loopbackApi()
  // An API server that refuses, with what it was told in its own words.
  api.answer = (_, response) => refuse(response, 403, 'Forbidden', 'User "somebody" cannot get path "/version"')
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  mkdirSync(join(data, 'simulation'), { recursive: true })
  writeFileSync(join(data, 'admin.json'), JSON.stringify(handOut), { mode: 0o600 })

  // The simulated cluster: its Helm releases have values, which lie where Helm keeps them.
  const { istio } = fixtures.demo
  const tracing = { lightstep: { address: 'tracer:1', accessToken: marks.tracerToken } }
  const values = {
    ...istio.values,
    pilot: { autoscaleMin: 2, env: { LICENSE: marks.helmValue } },
    meshConfig: { accessLogFile: '/dev/stdout', defaultConfig: { tracing } },
  }
  const world = join(data, 'simulation', 'world.json')
  keptWorld(world, { clock: systemClock(), seed: 1, mesh: { ...fixtures.demo, istio: { ...istio, values } } })
  const valuesFile = join(folder, 'values.yaml')
  writeFileSync(valuesFile, `pilot:\n  env:\n    TOKEN: ${marks.valuesFile}\n`)

  const kubeconfigs: Readonly<Record<string, string>> = {
    token: kubeconfigFor(api.url, { token: marks.kubeconfigToken }),
    basic: kubeconfigFor(api.url, { username: 'somebody', password: marks.kubeconfigPassword }),
    nowhere: kubeconfigFor('http://127.0.0.1:1', { token: marks.kubeconfigToken }),
    broken: `users: [{name: u, user: {token: ${marks.kubeconfigToken}}}\n ${marks.kubeconfigPassword}: [`,
  }

  const program = start(
    'serve',
    '--data',
    data,
    '--listen',
    '127.0.0.1:0',
    '--simulated',
    '--speed',
    '300',
    '--log-level',
    'debug',
  )
  const [, baseUrl = ''] = await program.printed(/Listening on (http:\/\/127\.0\.0\.1:\d+)\./)
  const said: string[] = []
  const heard: Fetch = async (url, init) => {
    const response = await fetch(url, init)
    const headers = [...response.headers].filter(([name]) => name !== 'x-subject-token')
    said.push(JSON.stringify(headers), await response.clone().text())
    return response
  }
  const where = { baseUrl, fetch: checkedFetch(heard) }
  const session = await login(where, handOut)
  const asking = client(where, session)

  for (const [name, content] of Object.entries(kubeconfigs)) {
    const kubeconfig = join(folder, `${name}.yaml`)
    writeFileSync(kubeconfig, content)
    const { id } = await asking.addCluster({ body: { name, kubeconfig } })
    expect(await asking.testCluster({ cluster_id: id })).toMatchObject({ problem: { text: expect.any(String) } })
    const body = { ...meshBody(id), metadata: { name: `mesh-${name}` } }
    await expect(asking.createMesh({ body })).rejects.toThrow(`Cluster ${name}`)
  }
  expect(new Set(api.requests.map(({ headers }) => headers.authorization))).toEqual(
    new Set([
      `Bearer ${marks.kubeconfigToken}`,
      `Basic ${Buffer.from(`somebody:${marks.kubeconfigPassword}`).toString('base64')}`,
    ]),
  )

  // The mesh anew, with a values file of its own.
  const [demo] = (await asking.listMeshes()).items
  const clusterID = demo?.spec.extendParams.clusters[0]?.clusterID ?? ''
  await asking.deleteMesh({ mesh_id: demo?.metadata.uid ?? '' })
  const { spec } = meshBody(clusterID)
  const body = { ...meshBody(clusterID), metadata: { name: 'shop', annotations: { 'meshlift.io/values': valuesFile } } }
  const mesh = await asking.createMesh({ body: { ...body, spec: { ...spec, version: '1.30' } } })
  const check = await asking.checkMesh({ body: { mesh: 'shop', targetVersion: '1.31' } })
  expect(check.findings.filter(({ weight }) => weight === 'blocks')).toEqual([])

  const made = upgradeBody(mesh.metadata.uid)
  const created = await asking.createUpgrade({ body: { ...made, spec: { ...made.spec, targetVersion: '1.31' } } })
  const mesh_upgrade_id = created.metadata.uid
  const settled = async () => {
    for (;;) {
      const shown = await asking.getUpgrade({ mesh_upgrade_id })
      if (!['Init', 'Queuing', 'Running'].includes(shown.status.currentStep.phase)) return shown
      await pause(20)
    }
  }
  for (const name of ['ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade'] as const) {
    const shown = await settled()
    expect(shown.status.currentStep.phase).toBe('Success')
    if (name === 'DataPlaneUpgrade') await asking.planUpgrade({ mesh_upgrade_id })
    const currentStep = { name, action: 'Execute' } as const
    await asking.updateUpgrade({ mesh_upgrade_id, body: { ...shown, spec: { ...shown.spec, currentStep } } })
  }
  expect((await settled()).status.state).toBe('Success')
  // The values were used: the new release has them.
  const stored = releasesIn(readFileSync(world, 'utf8'))
  for (const mark of [marks.helmValue, marks.tracerToken, marks.valuesFile]) expect(stored).toContain(mark)

  await asking.getJob({ job_id: mesh_upgrade_id })
  await asking.describeUpgrade({ mesh_upgrade_id })
  await asking.listNotes({ mesh_upgrade_id, query: { limit: '1000' } })
  await asking.listUpgrades()
  await asking.listClusters()
  // While it runs, so that the log beside the database is read too.
  const running = filesBelow(data, ['admin.json', 'simulation/world.json'])
  program.kill('SIGTERM')
  const { exitCode, out, err } = await program.ended
  expect(exitCode).toBe(0)
  const written = filesBelow(data, ['admin.json', 'simulation/world.json'])

  const everything = new Map([
    ...[...running].map(([name, bytes]) => [`${name} while running`, bytes.toString('latin1')] as const),
    ...[...written].map(([name, bytes]) => [name, bytes.toString('latin1')] as const),
    ['answers', said.join('\n')],
    ['standard output', out],
    ['standard error', err],
  ])
  expect([...everything.keys()]).toContain('meshlift.db')
  expect(everything.get('meshlift.db')).toContain('argon2id')
  expect(everything.get('answers')).toContain('restart-workload')
  for (const [place, text] of everything)
    for (const [name, secret] of Object.entries({ ...marks, sessionToken: session.token }))
      expect(text.includes(secret), `${name} in ${place}`).toBe(false)
  // The world is the cluster, and the only one who knows the values; what is nobody's business there is not there either.
  for (const secret of [marks.password, marks.kubeconfigToken, marks.kubeconfigPassword, session.token])
    expect(readFileSync(world, 'utf8')).not.toContain(secret)
})

/** What Helm's release Secrets in a saved world hold, unpacked. */
function releasesIn(world: string): string {
  return [...world.matchAll(/"release":"([A-Za-z0-9+/=]{200,})"/g)]
    .map(([, packed = '']) => gunzipSync(Buffer.from(Buffer.from(packed, 'base64').toString(), 'base64')).toString())
    .join('\n')
}
