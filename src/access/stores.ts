/** Everything of this room that is kept. */

import type { AuditLog } from './audit/log.ts'
import type { DirectoryStore } from './directory/store.ts'
import type { Replays } from './signing/replays.ts'
import type { TokenStore } from './tokens/store.ts'

export interface AccessStores {
  readonly directory: DirectoryStore
  readonly tokens: TokenStore
  readonly replays: Replays
  readonly audit: AuditLog
}
