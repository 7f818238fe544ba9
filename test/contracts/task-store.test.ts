import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/lib/sqlite.ts'
import { memoryTasks } from '../../src/tasks/memory.ts'
import { taskTables } from '../../src/tasks/sqlite/tables.ts'
import { sqliteTasks } from '../../src/tasks/sqlite/tasks.ts'
import { taskStoreContract } from './task-store.ts'

taskStoreContract('memory', async () => ({ tasks: memoryTasks(), close: async () => undefined }))

taskStoreContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'task-store-'))
  const database = await openDatabase(join(folder, 'meshlift.db'), [taskTables])
  return {
    tasks: sqliteTasks(database.kysely),
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})
