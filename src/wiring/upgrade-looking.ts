/** What is asked of a mesh now, and stored nowhere: the checks without an upgrade, and what an upgrade will do. */

import type { UpgradeDoor } from '../http/parts.ts'
import type { Clock } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { TaskDesk } from '../tasks/store.ts'
import { checkSituation } from '../upgrade/check-situation.ts'
import type { Check } from '../upgrade/check.ts'
import { checks } from '../upgrade/checks.ts'
import { findOld } from '../upgrade/facts/find-old.ts'
import { asksOf, foundIn, judge, readsOf } from '../upgrade/judge.ts'
import type { Judgement } from '../upgrade/judge.ts'
import type { Mesh, MeshPart, Observation } from '../upgrade/mesh.ts'
import { preview } from '../upgrade/preview.ts'
import type { UpgradeRecord } from '../upgrade/record.ts'
import type { Outside, Settings, Situation } from '../upgrade/stage.ts'
import { draftOf, knownVersion } from './upgrade-draft.ts'
import type { Drafting, Versions } from './upgrade-draft.ts'
import { shownOf, taskOf } from './upgrade-task.ts'

export interface LookingParts extends Drafting {
  readonly desk: Pick<TaskDesk, 'read'>
  readonly clock: Pick<Clock, 'now'>
  readonly settings: Settings
  readonly versionsOf: (mesh: MeshRecord) => Promise<Versions>
  readonly meshOf: (record: UpgradeRecord) => Promise<Mesh>
  readonly outsideOf: (record: UpgradeRecord) => Promise<Outside>
}

export function upgradeLooking(parts: LookingParts): Pick<UpgradeDoor, 'plan' | 'check'> {
  return {
    async plan(project, id, signal) {
      const { record } = shownOf(await taskOf(parts.desk, project, id))
      const mesh = await parts.meshOf(record).catch(noMesh)
      const seen = (await mesh.observe(preview.reads, signal)) as Observation
      return {
        upgrade: id,
        ...preview.of(record.from.revision === '' ? { ...record, ...findOld(seen, record.to.revision) } : record, seen),
      }
    },

    async check(_project, mesh, targetVersion, signal) {
      // Whether it may go there from where it is, a check says.
      const version = knownVersion(await parts.versionsOf(mesh), mesh, targetVersion, 'targetVersion')
      const record = await draftOf(parts, mesh, { name: 'check', targetVersion, version, now: parts.clock.now() })
      const access = await judged('access', record, parts, signal)
      const blocked = access.judgements.some((one) => one.weight === 'blocks' && one.findings.length > 0)
      const start = blocked ? undefined : await judged('start', record, parts, signal)
      const all = [...access.judgements, ...(start?.judgements ?? [])]
      const from = start?.upgrade.from ?? { revision: '', version: mesh.version }
      return {
        mesh: { id: mesh.id, name: mesh.name },
        from: { revision: from.revision, version: from.version },
        to: { revision: record.to.revision, version: record.to.version },
        findings: foundIn(all).findings,
        checks: all.map((one) => ({ id: one.check, title: one.title, findings: one.findings.length })),
      }
    },
  }
}

/** The checks of one gate, as PreCheck runs them, without a task. */
async function judged(
  gate: Check['gate'],
  record: UpgradeRecord,
  parts: LookingParts,
  signal: AbortSignal,
): Promise<{ readonly judgements: readonly Judgement[]; readonly upgrade: UpgradeRecord }> {
  const mesh = await parts.meshOf(record)
  const asked = checks.filter((check) => check.gate === gate)
  const start = gate === 'start'
  const reads = [
    ...new Set<MeshPart>([
      ...readsOf(asked),
      ...(start ? (['controlPlanes', 'releases', 'webhooks', 'namespaces', 'pods'] as const) : []),
    ]),
  ]
  const seen = (await mesh.observe(reads, signal)) as Observation
  const upgrade = start ? { ...record, ...findOld(seen, record.to.revision) } : record
  const situation: Situation = {
    upgrade,
    job: '',
    seen,
    answers: [],
    before: undefined,
    now: parts.clock.now(),
    settings: parts.settings,
    outside: await parts.outsideOf(record),
  }
  const answers = await mesh.ask(asksOf(asked, checkSituation(situation)), signal)
  return { judgements: judge(asked, checkSituation({ ...situation, answers })), upgrade }
}

/** No cluster refused anything, as a step would have it: there is nothing to plan for any more. */
function noMesh(thrown: unknown): never {
  if (!(thrown instanceof Problem) || thrown.code !== 'meshes/forgotten') throw thrown
  throw new Problem({ kind: 'conflict', code: thrown.code, text: thrown.message, cause: thrown })
}
