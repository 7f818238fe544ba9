import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ClusterDoor } from '../http/parts.ts'
import { newId } from '../lib/ids.ts'
import { memoryRegistry } from '../registry/memory.ts'
import { simulation } from './simulation.ts'

const door = { adopt: () => Promise.resolve({ version: '1.30.2' }) } as unknown as ClusterDoor

it('registers its mesh once, and not again what its owner had it forget', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'))
  try {
    const registry = memoryRegistry()
    const start = () => simulation({ folder, speed: 1, seed: 1 }).register({ registry, project: 'p', newId, door })
    await start()
    const [demo] = await registry.meshes('p')
    await start()
    expect(await registry.meshes('p')).toEqual([demo])
    await registry.removeMesh('p', demo?.id ?? '')
    await start()
    expect(await registry.meshes('p')).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
