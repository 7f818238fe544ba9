/** Access that ends with the process: the demo and tests. */

import { randomBytes } from 'node:crypto'
import { memoryAuditLog } from './audit/memory.ts'
import { memoryDirectoryStore } from './directory/memory.ts'
import { memoryReplays } from './signing/replays-memory.ts'
import type { AccessStores } from './stores.ts'
import { memoryTokenStore } from './tokens/memory.ts'

export const memoryAccessStores = (): AccessStores => ({
  directory: memoryDirectoryStore(),
  tokens: memoryTokenStore(),
  replays: memoryReplays(),
  audit: memoryAuditLog(randomBytes(32)),
})
