import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/lib/sqlite.ts'
import { memoryRegistry } from '../../src/registry/memory.ts'
import { rememberingMeshes } from '../../src/registry/remembered.ts'
import { registryTables, sqliteRegistry } from '../../src/registry/sqlite/registry.ts'
import { registryStoreContract } from './registry-store.ts'

registryStoreContract('memory', async () => ({ registry: memoryRegistry(), close: async () => undefined }))

registryStoreContract('memory, with meshes remembered', async () => ({
  registry: rememberingMeshes(memoryRegistry()),
  close: async () => undefined,
}))

registryStoreContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-store-'))
  const database = await openDatabase(join(folder, 'meshlift.db'), [registryTables])
  return {
    registry: sqliteRegistry(database.kysely),
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
})
