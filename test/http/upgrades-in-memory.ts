/** Upgrades without a heart: what was asked is shown again. Enough to judge what HTTP adds to it. */

import type { UpgradeDetail } from '../../src/contract/extensions.ts'
import type { MeshUpgrade } from '../../src/contract/upgrades.ts'
import type { UpgradeDoor } from '../../src/http/parts.ts'
import { timestamp } from '../../src/lib/clock.ts'
import { Problem } from '../../src/lib/problem.ts'

interface Kept {
  readonly project: string
  readonly mesh: { readonly id: string; readonly name: string }
  readonly shown: MeshUpgrade
}

export function upgradesInMemory(now: () => number, newId: () => string): UpgradeDoor {
  const all = new Map<string, Kept>()
  const found = (project: string, id: string): Kept => {
    const kept = all.get(id)
    if (kept?.project === project) return kept
    throw new Problem({ kind: 'not-found', code: 'upgrades/unknown', text: `There is no upgrade ${id}.` })
  }
  const versions = { from: { revision: 'default', version: '1.30.2' }, to: { revision: '1-31-0', version: '1.31.0' } }
  const detail = ({ mesh, shown }: Kept): UpgradeDetail => ({
    id: shown.metadata.uid,
    name: shown.metadata.name,
    mesh: { id: mesh.id, name: mesh.name },
    ...versions,
    state: shown.status.state,
    step: shown.spec.currentStep.name,
    phase: shown.status.currentStep.phase,
    direction: 'forward',
    reason: { code: 'test/reason', text: 'Because.' },
    since: shown.metadata.creationTimestamp,
    createdAt: shown.metadata.creationTimestamp,
    updatedAt: shown.status.updatedAt,
    steps: [],
    accepts: [],
    mayAbandon: true,
    mayDelete: true,
    closing: [],
  })

  return {
    async create(project, mesh, body) {
      if (!['1.31.0', '1.32.0'].includes(body.spec.targetVersion))
        throw new Problem({
          kind: 'invalid',
          code: 'upgrades/target',
          text: 'spec.targetVersion must be one of 1.31.0, 1.32.0.',
        })
      const at = timestamp(now())
      const shown: MeshUpgrade = {
        kind: 'MeshUpgrade',
        apiVersion: 'v1',
        metadata: { ...body.metadata, uid: newId(), creationTimestamp: at },
        // As it came: whether the strategy is spelled canonically is what a test looks at.
        spec: body.spec as MeshUpgrade['spec'],
        status: { state: 'Running', currentStep: { id: newId(), phase: 'Running', startTime: at }, updatedAt: at },
      }
      all.set(shown.metadata.uid, { project, mesh, shown })
      return shown
    },
    get: async (project, id) => found(project, id).shown,
    async put(project, id, body) {
      const kept = found(project, id)
      const shown: MeshUpgrade = {
        ...kept.shown,
        spec: { ...kept.shown.spec, currentStep: body.spec.currentStep },
        status: { ...kept.shown.status, updatedAt: timestamp(now()) },
      }
      all.set(id, { ...kept, shown })
      return shown
    },
    async remove(project, id) {
      const { shown } = found(project, id)
      all.delete(id)
      return shown
    },
    async job(project, id) {
      const { shown } =
        [...all.values()].find((kept) => kept.project === project && kept.shown.status.currentStep.id === id) ??
        found(project, id)
      const at = shown.metadata.creationTimestamp
      const metadata = { uid: id, creationTimestamp: at, updateTimestamp: at }
      return {
        kind: 'Job',
        apiVersion: 'v3',
        metadata,
        spec: {
          type: 'MeshUpgradePreCheck',
          subjobs: [
            {
              kind: 'Job',
              apiVersion: 'v3',
              metadata: { ...metadata, uid: newIdOf(id) },
              spec: { type: 'stage', resourceName: 'look' },
              status: { phase: 'Initializing', reason: '' },
            },
          ],
        },
        status: { phase: 'Running', reason: 'Because.', startTime: at },
      }
    },
    list: async (project, meshId) => ({
      items: [...all.values()]
        .filter((kept) => kept.project === project && (meshId === undefined || kept.mesh.id === meshId))
        .map(detail),
    }),
    describe: async (project, id) => detail(found(project, id)),
    plan: async (project, id) => ({ upgrade: found(project, id).shown.metadata.uid, steps: [], rollback: [] }),
    async notes(project, id, after, limit) {
      const at = found(project, id).shown.metadata.creationTimestamp
      const items = Array.from({ length: 250 }, (_, index) => ({
        number: index + 1,
        at,
        kind: 'wait' as const,
        step: 'PreCheck' as const,
        code: 'test/line',
        text: `Line ${index + 1}.`,
      }))
      return { items: items.slice(after, after + limit) }
    },
    abandon: async (project, id) => ({ ...detail(found(project, id)), state: 'Cancel' }),
    check: async (_, mesh) => ({ mesh: { id: mesh.id, name: mesh.name }, ...versions, findings: [], checks: [] }),
  }
}

const newIdOf = (id: string): string => id.replace(/^./, (first) => (first === '0' ? '1' : '0'))
