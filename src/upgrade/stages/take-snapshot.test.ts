import { describe, expect, it } from 'vitest'
import type { SnapshotFact } from '../mesh.ts'
import { release } from '../testing/facts.ts'
import { decided, recordedOf, staged } from '../testing/staging.ts'
import { takeSnapshot } from './take-snapshot.ts'

const stored = (upgrade: string): SnapshotFact => ({
  cluster: 'east',
  name: `meshlift-${upgrade}`,
  uid: 'x',
  resourceVersion: '1',
  upgrade,
})
const before = recordedOf()
const what = 'Recording what is there before anything is changed: 8 namespaces, 5 webhooks and tags, 2 Helm releases.'

describe('recording what is there', () => {
  it.each([
    {
      when: 'it is in the database and the cluster',
      given: { before, mesh: { snapshots: [stored('u1')] } },
      is: 'done recorded: Recorded in ConfigMap istio-system/meshlift-u1: a way back even without this database.',
    },
    { when: 'it is in the database only', given: { before }, is: `act writing: ${what} > write-snapshot u1` },
    {
      when: 'another upgrade of this mesh is not over',
      given: { before, mesh: { snapshots: [stored('u1'), stored('u0')] } },
      is: 'hold foreign: ConfigMap istio-system/meshlift-u0 is the record of upgrade u0, which is not over: two upgrades of one mesh would undo each other. Finish that one, or roll back.',
    },
  ])('when $when', ({ given, is }) => {
    expect(decided(takeSnapshot, given)).toBe(is)
  })

  it('is in the database first, then in the cluster: the same in both', () => {
    const first = takeSnapshot.forward(staged({}))
    expect(first).toMatchObject({ kind: 'wait', lookAgainInMs: 0 })
    if (first.keep === undefined) throw new Error('nothing kept')
    const second = takeSnapshot.forward(staged({ before: first.keep }))
    const { releases: _, ...rest } = first.keep
    expect(second).toMatchObject({ actions: [{ do: 'write-snapshot', snapshot: rest }] })
  })

  it('keeps of Helm values only the tags: the rest may hold secrets', () => {
    const secret = { revisionTags: ['prod'], global: { imagePullSecrets: ['hush'] }, meshConfig: { token: 'hush' } }
    const kept = recordedOf({ releases: [release('istiod', 'istiod', '1.30.0', { values: secret })] })
    expect(kept.releases).toMatchObject([{ name: 'istiod', tags: ['prod'] }])
    expect(JSON.stringify(kept)).not.toContain('hush')
  })
})
