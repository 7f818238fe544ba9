import { expect, it } from 'vitest'
import { memoryRegistry } from './memory.ts'
import type { MeshRecord } from './meshes.ts'
import { rememberingMeshes } from './remembered.ts'

const mesh: MeshRecord = {
  id: 'm',
  project: 'p',
  name: 'shop',
  spec: {
    kind: 'Mesh',
    apiVersion: 'v1',
    metadata: { name: 'shop' },
    spec: { type: 'InCluster', extendParams: { clusters: [] } },
  },
  version: '1.30.2',
  clusterIds: [],
  phase: 'Running',
  createdAt: 0,
  updatedAt: 0,
}

async function bed() {
  const inner = memoryRegistry()
  await inner.addMesh(mesh)
  let looks = 0
  let wait = Promise.resolve()
  const registry = rememberingMeshes({
    ...inner,
    async mesh(project, id) {
      looks += 1
      const found = await inner.mesh(project, id)
      await wait
      return found
    },
  })
  return {
    registry,
    looks: () => looks,
    slow: (until: Promise<void>): void => {
      wait = until
    },
  }
}

it('looks once, until the mesh changes', async () => {
  const { registry, looks } = await bed()
  for (let times = 0; times < 3; times += 1) expect(await registry.mesh('p', 'm')).toEqual(mesh)
  expect(looks()).toBe(1)
  await registry.changeMesh('p', 'm', { enterpriseProject: 'e', updatedAt: 1 })
  expect(await registry.mesh('p', 'm')).toMatchObject({ enterpriseProject: 'e' })
  await registry.removeMesh('p', 'm')
  expect(await registry.mesh('p', 'm')).toBeUndefined()
})

it('knows nothing for another project', async () => {
  const { registry } = await bed()
  await registry.mesh('p', 'm')
  expect(await registry.mesh('q', 'm')).toBeUndefined()
  expect(await registry.mesh('p', 'm')).toEqual(mesh)
})

it('does not keep what was read before a change and came after it', async () => {
  const { registry, slow } = await bed()
  const { promise, resolve } = Promise.withResolvers<void>()
  slow(promise)
  const early = registry.mesh('p', 'm')
  await registry.changeMesh('p', 'm', { version: '1.31.0', updatedAt: 1 })
  resolve()
  expect(await early).toMatchObject({ version: '1.30.2' })
  expect(await registry.mesh('p', 'm')).toMatchObject({ version: '1.31.0' })
})

it('looks again after a write that failed: it may have been done', async () => {
  const { registry, looks } = await bed()
  await registry.mesh('p', 'm')
  await expect(registry.changeMesh('p', 'n', { updatedAt: 1 })).rejects.toThrow('no mesh n')
  await registry.mesh('p', 'm')
  expect(looks()).toBe(2)
})
