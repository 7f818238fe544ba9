import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { json, loopbackApi } from '../mesh/kubernetes/loopback-api.ts'
import type { LoopbackApi } from '../mesh/kubernetes/loopback-api.ts'
import { systemClock } from '../lib/clock.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import { connections } from './connections.ts'
import type { Connections } from './connections.ts'

const { signal } = new AbortController()

/** A cluster whose helm program writes down what it is asked, and connections to it that end with the test. */
async function registered(api: LoopbackApi): Promise<{
  readonly record: ClusterRecord
  readonly open: Connections & AsyncDisposable
  readonly asked: () => Promise<readonly string[]>
}> {
  api.answer = (_asked, response) => json(response, 200, { gitVersion: 'v1.35.4' })
  const helm = join(api.folder, 'helm')
  await writeFile(helm, `#!/bin/sh\necho "$@" >> '${api.folder}/asked'\n`)
  await chmod(helm, 0o755)
  const made = connections({
    clock: systemClock(),
    simulated: undefined,
    stateDir: join(api.folder, 'state'),
    version: '0',
    log: { debug: () => undefined },
  })
  return {
    record: { id: 'c1', project: 'p1', name: 'north', kubeconfig: api.kubeconfig, helm, createdAt: 0 },
    open: { ...made, [Symbol.asyncDispose]: () => made.close() },
    asked: async () => (await readFile(join(api.folder, 'asked'), 'utf8')).trim().split('\n'),
  }
}

test("charts come from where the catalogue has a version's, else its family's, else the cluster's", async () => {
  await using api = await loopbackApi()
  const { record, open, asked } = await registered(api)
  await using _ = open
  const folder = (name: string): string => join(api.folder, name)
  for (const path of ['own/1.31.1', 'family/1.31.0', 'cluster/1.30.2'])
    await mkdir(join(api.folder, path, 'istiod'), { recursive: true })
  const catalogue = folder('catalogue.yaml')
  const write = (own: string): Promise<void> =>
    writeFile(
      catalogue,
      `versions:
  - { version: "1.31.x", charts: ${folder('family')} }
  - { version: "1.31.1", charts: ${folder(own)} }
  - { version: "1.30.2" }
`,
    )
  await write('own')
  const { helm } = await open.to({ ...record, catalogue, charts: folder('cluster') })
  const render = (version: string): Promise<unknown> =>
    helm.template({ name: 'istiod', namespace: 'istio-system' }, { chart: 'istiod', version }, {}, signal)
  for (const version of ['1.31.1', '1.31.0', '1.30.2']) await render(version)
  expect((await asked()).map((line) => line.split(' ')[2])).toEqual([
    folder('own/1.31.1/istiod'),
    folder('family/1.31.0/istiod'),
    folder('cluster/1.30.2/istiod'),
  ])
  await write('elsewhere')
  await expect(render('1.31.1')).rejects.toThrow(`in the charts folder ${folder('elsewhere')}`)
})

test('a cluster is connected to once, until it is forgotten', async () => {
  await using api = await loopbackApi()
  const { record, open } = await registered(api)
  await using _ = open
  const first = await open.to(record)
  expect(await open.to(record)).toBe(first)
  await open.forget(record.id)
  await open.forget(record.id)
  expect(await open.to(record)).not.toBe(first)
})

test('a simulated cluster of a server that simulates none is said, and looked for again', async () => {
  await using api = await loopbackApi()
  const { record, open } = await registered(api)
  await using _ = open
  const simulated = { ...record, simulated: true as const }
  await expect(open.to(simulated)).rejects.toMatchObject({ kind: 'unavailable', code: 'clusters/not-simulated' })
  expect(await open.to(record)).toBeDefined()
})
