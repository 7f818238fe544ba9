/** The program as it is served: what a caller reads of an upgrade is the story that the golden tells. */

import { expect, onTestFinished, test } from 'vitest'
import { client } from '../../src/client/client.ts'
import type { Client } from '../../src/client/client.ts'
import { login } from '../../src/client/login.ts'
import { readConfig } from '../../src/config.ts'
import type { UpgradeUpdate } from '../../src/contract/upgrades.ts'
import { openServer } from '../../src/main.ts'
import { steps } from '../../src/upgrade/record.ts'
import { lineOf } from './diary.ts'
import { demo, target } from './meshes.ts'
import { forward } from './plays.ts'
import { tell } from './story.ts'

/**
 * Verdicts, commands and actions, without times. How often a wait is looked at, and whether a write meets one of a
 * controller and is tried again, depends on the machine.
 */
function plot(lines: readonly string[]): readonly string[] {
  const kept = lines.map((line) => line.replace(/^\d\d:\d\d {2}/, '')).filter((line) => !/^\S+ +wait /.test(line))
  return kept.filter((line, index) => line !== kept[index - 1])
}

async function settled(api: Client, id: string): Promise<{ readonly step: string; readonly state: string }> {
  for (;;) {
    const { status, spec } = await api.getUpgrade({ mesh_upgrade_id: id })
    if (!['Init', 'Running'].includes(status.state)) return { step: spec.currentStep.name, state: status.state }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('the diary of the demo, read over HTTP, is the story that its golden tells', async () => {
  // It asks as fast as it is answered, so how often in a minute depends on the machine.
  const flags = { simulated: true, speed: '40', logLevel: 'silent', requestsPerMinute: '0' }
  const { config } = readConfig({ flags, environment: {} })
  const server = await openServer(config)
  onTestFinished(() => server.close())
  const where = { baseUrl: 'http://in-process', fetch: server.fetch }
  const api = client(where, await login(where, server.credentials))
  const [mesh] = (await api.listMeshes()).items
  const body: UpgradeUpdate = {
    kind: 'MeshUpgrade',
    apiVersion: 'v1',
    metadata: { name: 'upgrade' },
    spec: {
      meshId: mesh?.metadata.uid ?? '',
      upgradeStrategy: 'Canary',
      targetVersion: target,
      targetType: 'InCluster',
      currentStep: { name: 'PreCheck', action: 'Execute' },
    },
  }
  const { metadata } = await api.createUpgrade({ body } as Parameters<Client['createUpgrade']>[0])
  const id = metadata.uid
  for (const name of steps) {
    if (name !== 'PreCheck')
      await api.updateUpgrade({
        mesh_upgrade_id: id,
        body: { ...body, spec: { ...body.spec, currentStep: { name, action: 'Execute' } } },
      })
    expect(await settled(api, id)).toEqual({ step: name, state: name === 'PostUpgrade' ? 'Success' : 'Pending' })
  }
  const { items } = await api.listNotes({ mesh_upgrade_id: id, query: { limit: '1000' } })
  const read = items.flatMap((note) => [lineOf(note), ...(note.actions ?? []).map((action) => `         > ${action}`)])
  // The same telling that goldens/demo-forward.txt holds, told here so that the two cannot be a run apart.
  const story = await tell({ title: '', scene: demo })
  await forward(story)
  const [, ...lines] = story.diary().trim().split('\n')
  expect(plot(read.map((line) => line.replaceAll(id, '<upgrade>')))).toEqual(plot(lines))
})
