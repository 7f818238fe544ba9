/** Who there is and who has which policy: few rows, all of them at hand. Pure data; `office.ts` changes it. */

import type { Named } from '../caller.ts'

export interface User extends Named {
  /** As `password.ts` writes it; never the password. Absent: cannot log in. */
  readonly passwordHash?: string
  readonly enabled: boolean
  readonly administrator: boolean
  /**
   * Grows when the password, an access key or what the user may do changes, and when it is disabled: tokens and
   * temporary keys of an older one are dead.
   */
  readonly generation: number
  readonly createdAt: number
}

export interface Group extends Named {
  /** Ids of users. */
  readonly members: readonly string[]
}

export interface AccessKey {
  /** The AK: 20 upper-case letters and digits. */
  readonly access: string
  /** Id. */
  readonly user: string
  /** The SK as `secrets/` sealed it. */
  readonly sealed: string
  readonly enabled: boolean
  readonly description?: string
  readonly createdAt: number
}

export interface WrittenPolicy extends Named {
  readonly version: '1.1' | '5.0'
  /** As it was written; checked before it was stored. */
  readonly document: unknown
}

/** By ids. The rules are those of contract/iam.ts. */
export interface Grant {
  readonly id: string
  readonly policy: string
  readonly user?: string
  readonly group?: string
  readonly project?: string
  readonly enterpriseProject?: string
}

export interface Directory {
  /** The one account of this server. */
  readonly domain: Named
  /** Sealed at the first start: opens with the key file that this directory was begun with, and with no other. */
  readonly proof?: string
  readonly users: ReadonlyMap<string, User>
  readonly groups: ReadonlyMap<string, Group>
  readonly projects: ReadonlyMap<string, Named>
  /** Without the default one, which is always there. */
  readonly enterpriseProjects: ReadonlyMap<string, Named>
  /** By AK. */
  readonly keys: ReadonlyMap<string, AccessKey>
  /** Without those of the program. */
  readonly policies: ReadonlyMap<string, WrittenPolicy>
  readonly grants: ReadonlyMap<string, Grant>
}

export const defaultEnterpriseProject: Named = { id: '0', name: 'default' }
