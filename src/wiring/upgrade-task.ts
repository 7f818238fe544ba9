/** A task of the store as the upgrade that it holds. */

import { Problem } from '../lib/problem.ts'
import type { Item, Task, TaskDesk } from '../tasks/store.ts'
import type { UpgradeCommand } from '../upgrade/commands.ts'
import { readRecord } from '../upgrade/record.ts'
import type { Shown } from '../upgrade/view.ts'

/** not-found when there is none in the project. */
export async function taskOf(desk: Pick<TaskDesk, 'read'>, project: string, id: string): Promise<Task> {
  const task = await desk.read(id)
  if (!task || task.project !== project) throw notFound('upgrade', id)
  return task
}

export function shownOf(task: Task): Shown {
  const { command } = task
  return {
    record: readRecord(task.state),
    open: command && { id: command.id, body: command.body as UpgradeCommand, at: command.at },
  }
}

/** What is below each of its jobs, by the id of the job. */
export async function rowsOf(
  desk: Pick<TaskDesk, 'items'>,
  { record }: Shown,
): Promise<(job: string) => readonly Item[]> {
  const all = new Map<string, readonly Item[]>()
  for (const job of record.jobs) all.set(job.id, await desk.items(job.id))
  return (job) => all.get(job) ?? []
}

const where = {
  upgrade: 'GET /meshlift/v1/{project_id}/upgrades lists those there are',
  job: 'status.currentStep.id of an upgrade is one, and so is every metadata.uid below it',
}

export function notFound(what: 'upgrade' | 'job', id: string): Problem {
  return new Problem({
    kind: 'not-found',
    code: `${what}s/unknown`,
    text: `There is no ${what} ${id} in this project: ${where[what]}.`,
  })
}
