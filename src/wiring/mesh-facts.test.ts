import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { virtualClock } from '../mesh/simulated/virtual-clock.ts'
import { memoryRegistry } from '../registry/memory.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { RegistryStore } from '../registry/store.ts'
import { memoryTasks } from '../tasks/memory.ts'
import { newUpgrade } from '../upgrade/commands.ts'
import type { UpgradeRecord } from '../upgrade/record.ts'
import { connections } from './connections.ts'
import { meshFacts } from './mesh-facts.ts'

const clock = virtualClock(Date.parse('2026-11-22T10:00:00Z'))
let folder: string
let values: string
let registry: RegistryStore
let tasks: ReturnType<typeof memoryTasks>
let facts: ReturnType<typeof meshFacts>
let mesh: MeshRecord
let upgrade: UpgradeRecord

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-facts-'))
  values = join(folder, 'values.yaml')
  registry = memoryRegistry()
  tasks = memoryTasks()
  const log = { debug: () => undefined }
  const open = connections({ clock, simulated: undefined, stateDir: folder, version: '0', log })
  facts = meshFacts({ registry, tasks, connections: open, clock })
  const made = { project: 'p1', createdAt: clock.now() }
  await registry.addCluster({ id: 'c1', name: 'prod', kubeconfig: '/etc/prod.yaml', ...made })
  mesh = {
    id: 'm1',
    name: 'shop',
    spec: {
      kind: 'Mesh',
      apiVersion: 'v1',
      metadata: { name: 'shop' },
      spec: { type: 'InCluster', extendParams: { clusters: [] } },
    },
    version: '1.30.2',
    clusterIds: ['c1'],
    phase: 'Running',
    values,
    updatedAt: clock.now(),
    ...made,
  }
  await registry.addMesh(mesh)
  upgrade = begun('u1', 'first', ['prod'])
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const begun = (id: string, name: string, clusters: readonly string[]): UpgradeRecord =>
  newUpgrade({
    id,
    name,
    project: 'p1',
    mesh: { id: 'm1', name: 'shop', clusters },
    asked: { targetVersion: '1.31.0', upgradeStrategy: 'Canary', targetType: 'InCluster' },
    version: '1.31.0',
    now: clock.now(),
  })

describe('the values file of a mesh', () => {
  it('is read anew each time, and may hold nothing', async () => {
    writeFileSync(values, 'pilot: {replicas: 2}')
    expect((await facts.outsideOf(upgrade)).values).toEqual({ pilot: { replicas: 2 } })
    writeFileSync(values, '# none yet\n')
    expect((await facts.outsideOf(upgrade)).values).toEqual({})
  })

  it.each([
    ['is no YAML', 'password: marked-value\n  token: [marked-value'],
    ['is no object', '- marked-value'],
    ['is not there', undefined],
  ])('that %s is told by mesh and path, and never by what it holds', async (_, content) => {
    if (content !== undefined) writeFileSync(values, content)
    const failed = await facts.outsideOf(upgrade).catch((thrown: unknown) => thrown as Error)
    expect(failed).toMatchObject({
      kind: 'rejected',
      code: 'meshes/values-unreadable',
      message: `The values file of mesh shop cannot be read as YAML: ${values}.`,
    })
    expect(JSON.stringify([failed, (failed as Error).stack, (failed as Error).cause])).not.toContain('marked-value')
  })
})

describe('other upgrades', () => {
  it('are those of the project that work on one of the same clusters', async () => {
    writeFileSync(values, '')
    const command = { id: 'k', body: { do: 'execute', step: 'PreCheck' }, at: 0 }
    const add = async (record: UpgradeRecord, project: string): Promise<void> => {
      const { id, createdAt } = record
      await tasks.create({
        id,
        project,
        subject: id,
        state: record,
        createdAt,
        command: { ...command, id: `of-${id}` },
      })
    }
    await add(upgrade, 'p1')
    await add(begun('u2', 'of-the-same', ['east', 'prod']), 'p1')
    await add(begun('u4', 'of-another-project', ['prod']), 'p2')
    await add(begun('u3', 'of-another', ['east']), 'p1')
    expect((await facts.outsideOf(upgrade)).others).toEqual(['of-the-same'])
  })
})

describe('what is not registered any more', () => {
  it('is named, with what to do', async () => {
    await registry.removeMesh('p1', 'm1')
    const forgotten = { kind: 'rejected', code: 'meshes/forgotten', message: expect.stringContaining('abandon') }
    await expect(facts.meshOf(upgrade)).rejects.toMatchObject(forgotten)
    await expect(facts.outsideOf(upgrade)).rejects.toMatchObject(forgotten)
    await facts.touch(upgrade)
    await registry.removeCluster('p1', 'c1')
    await expect(facts.clustersOf(mesh)).rejects.toMatchObject({ kind: 'rejected', code: 'clusters/forgotten' })
  })
})
