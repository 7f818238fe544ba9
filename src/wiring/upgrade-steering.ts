/** What changes an upgrade: it is made, told what to do next, abandoned, deleted. What comes of it the worker sees to. */

import type { UpgradeUpdate } from '../contract/upgrades.ts'
import type { UpgradeDoor } from '../http/parts.ts'
import type { Clock } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { Task, TaskDesk } from '../tasks/store.ts'
import { admit, mayDelete } from '../upgrade/commands.ts'
import type { UpgradeCommand } from '../upgrade/commands.ts'
import type { UpgradeRecord } from '../upgrade/record.ts'
import { detailView, meshUpgradeView } from '../upgrade/view.ts'
import type { Shown } from '../upgrade/view.ts'
import { allowedVersion, draftOf } from './upgrade-draft.ts'
import type { Drafting, Versions } from './upgrade-draft.ts'
import { rowsOf, shownOf, taskOf } from './upgrade-task.ts'

export interface SteeringParts extends Drafting {
  readonly desk: TaskDesk
  readonly clock: Pick<Clock, 'now'>
  readonly versionsOf: (mesh: MeshRecord) => Promise<Versions>
  readonly touch: (record: UpgradeRecord) => Promise<void>
}

export type UpgradeSteering = Pick<UpgradeDoor, 'create' | 'put' | 'remove' | 'abandon'>

export function upgradeSteering(parts: SteeringParts): UpgradeSteering {
  const { desk, clock, newId, versionsOf, touch } = parts

  const say = async (task: Task, command: UpgradeCommand): Promise<Shown> =>
    shownOf(await desk.command(task.id, { id: newId(), body: command, at: clock.now() }, task.version))
  /** Which upgrade is in the way, by the name its owner gave it. */
  const busy = async (mesh: MeshRecord, thrown: unknown): Promise<never> => {
    const id = thrown instanceof Problem && thrown.code === 'tasks/busy' ? thrown.facts['task'] : undefined
    const other = typeof id === 'string' ? await desk.read(id) : undefined
    if (!other) throw thrown
    throw new Problem({
      kind: 'conflict',
      code: 'upgrades/unfinished',
      text: `Mesh ${mesh.name} has the unfinished upgrade ${shownOf(other).record.name} (${other.id}): finish it, roll it back or abandon it first.`,
    })
  }
  /** The tick may save while a request is judged: then it is judged again on what was saved, a few times. */
  const judgedOn = async <T>(
    project: string,
    id: string,
    judgement: (task: Task, shown: Shown) => Promise<T>,
  ): Promise<T> => {
    for (let tries = 0; ; tries += 1) {
      const task = await taskOf(desk, project, id)
      try {
        return await judgement(task, shownOf(task))
      } catch (thrown) {
        if (!(thrown instanceof Problem) || !overtaken.includes(thrown.code) || tries >= 5) throw thrown
      }
    }
  }

  return {
    async create(_project, mesh, { metadata, spec: { targetVersion } }) {
      const version = allowedVersion(await versionsOf(mesh), mesh, targetVersion, 'spec.targetVersion')
      const record = await draftOf(parts, mesh, { name: metadata.name, targetVersion, version, now: clock.now() })
      const command: UpgradeCommand = { do: 'execute', step: 'PreCheck' }
      const made = {
        id: record.id,
        project: mesh.project,
        subject: mesh.id,
        state: record,
        createdAt: record.createdAt,
        command: { id: newId(), body: command, at: record.createdAt },
      }
      const task = await desk.create(made).catch((thrown: unknown) => busy(mesh, thrown))
      return meshUpgradeView(shownOf(task))
    },

    put: (project, id, body, may) =>
      judgedOn(project, id, async (task, shown) => {
        may(meshUpgradeView(shown))
        mustEqual(shown.record, body)
        const admission = admit(shown.record, shown.open?.body, body.spec.currentStep)
        if (admission.kind === 'same') return meshUpgradeView(shown)
        return meshUpgradeView(await say(task, admission.command))
      }),

    remove: (project, id) =>
      judgedOn(project, id, async (task, shown) => {
        if (!mayDelete(shown.record, shown.open?.body))
          throw new Problem({
            kind: 'conflict',
            code: 'upgrades/in-between',
            text: `Upgrade ${shown.record.name} has begun to change the mesh: finish it, roll it back or abandon it before it is deleted.`,
          })
        await touch(shown.record)
        await desk.remove(id, task.version)
        return meshUpgradeView(shown)
      }),

    abandon: (project, id) =>
      judgedOn(project, id, async (task, shown) => {
        if (shown.record.ended)
          throw new Problem({
            kind: 'conflict',
            code: 'upgrades/ended',
            text: `Upgrade ${shown.record.name} has ended already (${shown.record.ended}).`,
          })
        const after = await say(task, { do: 'abandon' })
        return detailView(after, await rowsOf(desk, after))
      }),
  }
}

/** Only `spec.currentStep` may differ from what is stored (asm-api Q14); a version as it was asked for or as it resolved. */
function mustEqual(record: UpgradeRecord, { metadata, spec }: UpgradeUpdate): void {
  const differs = (field: string, stored: string): Problem =>
    new Problem({
      kind: 'invalid',
      code: 'upgrades/fixed-field',
      text: `${field} cannot be changed: it must be ${stored}.`,
    })
  if (metadata.name !== record.name) throw differs('metadata.name', record.name)
  if (spec.meshId !== record.mesh.id) throw differs('spec.meshId', record.mesh.id)
  const bare = spec.targetVersion.replace(/^v/, '')
  if (bare !== record.asked.targetVersion.replace(/^v/, '') && bare !== record.to.version)
    throw differs('spec.targetVersion', record.to.version)
}

/** What the store says when somebody wrote between reading and writing. */
const overtaken: readonly string[] = ['tasks/moved', 'tasks/command-open', 'tasks/finished']
