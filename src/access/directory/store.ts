/** The port to what is kept of the directory. Drivers: memory, SQLite; one suite holds both. */

import type { AccessKey, Directory, Grant, Group, User, WrittenPolicy } from './directory.ts'
import type { Named } from '../caller.ts'

/** One row of each kind; `domain` has one row only. Names are unique within a kind, where there is one. */
export interface Rows {
  readonly domain: Named & { readonly proof?: string }
  readonly user: User
  readonly group: Group
  readonly project: Named
  readonly 'enterprise-project': Named
  readonly key: AccessKey
  readonly policy: WrittenPolicy
  readonly grant: Grant
}
export type Kind = keyof Rows

export type Change =
  | { readonly [K in Kind]: { readonly put: K; readonly row: Rows[K] } }[Kind]
  /** `id`: of a key, its AK. */
  | { readonly remove: Exclude<Kind, 'domain'>; readonly id: string }

export interface DirectoryStore {
  /** Undefined before the first write. */
  read(): Promise<Directory | undefined>
  /** All of them or none, in this order. conflict (`access/name-taken`) when two rows of a kind would have one name. */
  write(changes: readonly Change[]): Promise<void>
}
