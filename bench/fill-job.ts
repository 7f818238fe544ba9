// A job gets many subjobs: written as the worker writes them, into the database of a program that does not run.
import { join } from 'node:path'
import { accessTables } from '../src/access/sqlite.ts'
import { openDatabase } from '../src/lib/sqlite.ts'
import { registryTables } from '../src/registry/sqlite/registry.ts'
import { taskTables } from '../src/tasks/sqlite/tables.ts'
import { sqliteTasks } from '../src/tasks/sqlite/tasks.ts'

/** @param count subjobs in the end: those that are there, and workloads below one stage */
export async function fillJob(data: string, task: string, job: string, count: number): Promise<void> {
  const database = await openDatabase(join(data, 'meshlift.db'), [taskTables, registryTables, accessTables])
  try {
    const tasks = sqliteTasks(database.kysely)
    const epoch = await tasks.lease(data, 0, 1, true)
    const found = await tasks.read(task)
    if (epoch === undefined || !found) throw new Error('The task cannot be written.')
    const there = await tasks.items(job)
    const items = Array.from({ length: count - there.length }, (_, index) => ({
      id: crypto.randomUUID(),
      task,
      job,
      path: `${there[0]?.path.split('/')[0]}/workload-${index}`,
      phase: 'Success' as const,
      title: `team-${index % 20}/workload-${index}`,
      reason: 'All 3 pods are on revision 1-31-1 and ready.',
      startedAt: found.createdAt,
      completedAt: found.createdAt + index * 1000,
    }))
    const { version, state, finished, wakeAt } = found
    await tasks.save(epoch, { task, version, state, finished, wakeAt, items, notes: [], keep: [] })
    await tasks.release(data)
  } finally {
    await database.close()
  }
}
