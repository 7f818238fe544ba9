/** What every registry store must do. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClusterRecord } from '../../src/registry/clusters.ts'
import type { MeshRecord } from '../../src/registry/meshes.ts'
import type { RegistryStore } from '../../src/registry/store.ts'

export interface OpenedRegistry {
  readonly registry: RegistryStore
  close(): Promise<void>
}

const cluster = (id: string, more: Partial<ClusterRecord> = {}): ClusterRecord => ({
  id,
  project: 'p1',
  name: `cluster-${id}`,
  kubeconfig: '/etc/clusters/one',
  context: 'admin',
  createdAt: 100,
  ...more,
})

const mesh = (id: string, clusterIds: readonly string[], more: Partial<MeshRecord> = {}): MeshRecord => ({
  id,
  project: 'p1',
  name: `mesh-${id}`,
  spec: {
    kind: 'Mesh',
    apiVersion: 'v1',
    metadata: { name: `mesh-${id}`, labels: { team: 'shop' } },
    spec: {
      type: 'InCluster',
      extendParams: {
        clusters: clusterIds.map((clusterID) => ({
          clusterID,
          installation: { nodes: { fieldSelector: { key: 'UID', operator: 'In', values: ['node-1'] } } },
        })),
      },
    },
  },
  version: '1.30.2',
  clusterIds,
  phase: 'Running',
  createdAt: 200,
  updatedAt: 200,
  ...more,
})

export function registryStoreContract(driver: string, open: () => Promise<OpenedRegistry>): void {
  describe(`registry store: ${driver}`, () => {
    let registry: RegistryStore
    let close: () => Promise<void>

    beforeEach(async () => {
      const opened = await open()
      registry = opened.registry
      close = () => opened.close()
    })
    afterEach(() => close())

    it('keeps clusters by project, oldest first', async () => {
      const first = cluster('z')
      const second = cluster('a', {
        simulated: true,
        inCluster: false,
        charts: '/charts',
        catalogue: '/c.yaml',
        helm: '/helm',
      })
      await registry.addCluster(first)
      await registry.addCluster(second)
      await registry.addCluster(cluster('other', { project: 'p2', name: first.name }))
      expect(await registry.clusters('p1')).toEqual([first, second])
      expect(await registry.cluster('p1', 'a')).toEqual(second)
      expect(await registry.cluster('p2', 'a')).toBeUndefined()
      expect(await registry.cluster('p1', 'nobody')).toBeUndefined()
    })

    it('takes a name once in a project', async () => {
      await registry.addCluster(cluster('a', { name: 'same' }))
      await expect(registry.addCluster(cluster('b', { name: 'same' }))).rejects.toMatchObject({
        kind: 'conflict',
        code: 'clusters/name-taken',
      })
      expect(await registry.clusters('p1')).toHaveLength(1)
      const ends = await Promise.allSettled(['c', 'd'].map((id) => registry.addCluster(cluster(id, { name: 'race' }))))
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    })

    it('stores nothing of a cluster but what it knows', async () => {
      const sent = { ...cluster('a'), token: 'secret', kubeconfigContent: 'users: []' }
      await registry.addCluster(sent)
      expect(await registry.cluster('p1', 'a')).toEqual(cluster('a'))
    })

    it('removes a cluster only when no mesh runs on it', async () => {
      await registry.addCluster(cluster('a'))
      await registry.addMesh(mesh('m1', ['a']))
      await expect(registry.removeCluster('p1', 'a')).rejects.toMatchObject({
        kind: 'conflict',
        code: 'clusters/in-use',
      })
      await expect(registry.removeCluster('p2', 'a')).rejects.toMatchObject({ kind: 'not-found' })
      expect(await registry.forgottenMesh('p1', 'm1')).toBeUndefined()
      const before = await registry.mesh('p1', 'm1')
      await registry.removeMesh('p1', 'm1')
      expect(await registry.mesh('p1', 'm1')).toBeUndefined()
      expect(await registry.forgottenMesh('p1', 'm1')).toEqual(before)
      expect(await registry.forgottenMesh('p2', 'm1')).toBeUndefined()
      await registry.removeCluster('p1', 'a')
      expect(await registry.clusters('p1')).toEqual([])
      await expect(registry.removeCluster('p1', 'a')).rejects.toMatchObject({ code: 'clusters/unknown' })
    })

    it('keeps meshes whole, by project, oldest first', async () => {
      for (const id of ['a', 'b']) await registry.addCluster(cluster(id))
      const first = mesh('z', ['a'])
      const second = mesh('m', ['b'], { values: '/etc/values.yaml', enterpriseProject: 'e1' })
      await registry.addMesh(first)
      await registry.addMesh(second)
      expect(await registry.meshes('p1')).toEqual([first, second])
      expect(await registry.mesh('p1', 'm')).toEqual(second)
      expect(await registry.mesh('p2', 'm')).toBeUndefined()
      expect(await registry.meshes('p2')).toEqual([])
    })

    it('refuses a mesh whose name or cluster is taken, or whose cluster is not there', async () => {
      for (const id of ['a', 'b']) await registry.addCluster(cluster(id))
      await registry.addCluster(cluster('foreign', { project: 'p2' }))
      await registry.addMesh(mesh('m1', ['a']))
      const refused = async (asked: MeshRecord, code: string): Promise<void> =>
        expect(registry.addMesh(asked)).rejects.toMatchObject({ code })
      await refused(mesh('m2', ['b'], { name: 'mesh-m1' }), 'meshes/name-taken')
      await refused(mesh('m2', ['a']), 'meshes/cluster-taken')
      await refused(mesh('m2', ['b', 'nowhere']), 'clusters/unknown')
      await refused(mesh('m2', ['foreign']), 'clusters/unknown')
      for (const name of ['abc', 'Upper-case', '1-mesh', 'ends-', 'a'.repeat(65), 'dot.ted'])
        await refused(mesh('m2', ['b'], { name }), 'meshes/name')
      expect(await registry.meshes('p1')).toHaveLength(1)
      await registry.addMesh(mesh('m2', ['b'], { name: 'abcd' }))
    })

    it('changes phase, version and enterprise project, and nothing else', async () => {
      await registry.addCluster(cluster('a'))
      const made = mesh('m1', ['a'])
      await registry.addMesh(made)
      expect(await registry.changeMesh('p1', 'm1', { phase: 'Upgrading', updatedAt: 300 })).toEqual({
        ...made,
        phase: 'Upgrading',
        updatedAt: 300,
      })
      await registry.changeMesh('p1', 'm1', { phase: 'Running', version: '1.31.1', updatedAt: 400 })
      expect(await registry.mesh('p1', 'm1')).toEqual({ ...made, version: '1.31.1', updatedAt: 400 })
      const moved = { ...made, version: '1.31.1', enterpriseProject: 'e1', updatedAt: 500 }
      expect(await registry.changeMesh('p1', 'm1', { enterpriseProject: 'e1', updatedAt: 500 })).toEqual(moved)
      await registry.changeMesh('p1', 'm1', { phase: 'Upgrading', updatedAt: 600 })
      expect(await registry.mesh('p1', 'm1')).toEqual({ ...moved, phase: 'Upgrading', updatedAt: 600 })
      await expect(registry.changeMesh('p2', 'm1', { updatedAt: 1 })).rejects.toMatchObject({ code: 'meshes/unknown' })
      await expect(registry.removeMesh('p2', 'm1')).rejects.toMatchObject({ kind: 'not-found' })
    })
  })
}
