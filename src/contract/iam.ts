/** Who there is and what they may do, for administrators. Below `/meshlift/v1/iam/`. */

import { Type } from 'typebox'
import { accountName, Id, Text, Timestamp } from './shape.ts'
import type { Shape } from './shape.ts'

const name = Type.String(accountName)
const password = Type.String({ minLength: 8, maxLength: 256, accepts: 'a text of 8 to 256 characters' })

export const UserCreate = Type.Object({
  name,
  /** Without one nobody can log in as this user; access keys still work. */
  password: Type.Optional(password),
  administrator: Type.Optional(Type.Boolean()),
})
export type UserCreate = Shape<typeof UserCreate>

/** What is absent stays as it is. */
export const UserChange = Type.Object({
  password: Type.Optional(password),
  enabled: Type.Optional(Type.Boolean()),
  administrator: Type.Optional(Type.Boolean()),
})
export type UserChange = Shape<typeof UserChange>

export const User = Type.Object({
  id: Id,
  name: Type.String(),
  enabled: Type.Boolean(),
  /** May do everything, and what only administrators may do. */
  administrator: Type.Boolean(),
  /** Whether there is a password to log in with. */
  password: Type.Boolean(),
  createdAt: Timestamp,
})
export type User = Shape<typeof User>
export const UserList = Type.Object({ items: Type.Array(User) })

export const GroupCreate = Type.Object({ name })
export type GroupCreate = Shape<typeof GroupCreate>
/** `members`: ids of users. */
export const Group = Type.Object({ id: Id, name: Type.String(), members: Type.Array(Id) })
export type Group = Shape<typeof Group>
export const GroupList = Type.Object({ items: Type.Array(Group) })

export const ProjectCreate = Type.Object({ name })
export type ProjectCreate = Shape<typeof ProjectCreate>
export const Project = Type.Object({ id: Id, name: Type.String() })
export type Project = Shape<typeof Project>
export const ProjectList = Type.Object({ items: Type.Array(Project) })

/** Id `0` is `default`: always there, and what a mesh belongs to unless it says otherwise. */
export const EnterpriseProject = Type.Object({ id: Id, name: Type.String() })
export type EnterpriseProject = Shape<typeof EnterpriseProject>
export const EnterpriseProjectList = Type.Object({ items: Type.Array(EnterpriseProject) })

const description = Type.Optional(Type.String({ maxLength: 255, accepts: 'a text of at most 255 characters' }))

/** `user`: id. */
export const KeyCreate = Type.Object({ user: Text, description })
export type KeyCreate = Shape<typeof KeyCreate>
export const KeyChange = Type.Object({ enabled: Type.Boolean() })
export type KeyChange = Shape<typeof KeyChange>
export const Key = Type.Object({
  /** The AK. */
  access: Type.String(),
  user: Id,
  enabled: Type.Boolean(),
  description,
  createdAt: Timestamp,
})
export type Key = Shape<typeof Key>
export const KeyList = Type.Object({ items: Type.Array(Key) })
export const KeyListQuery = Type.Object({ user: Type.Optional(Text) })
/** The only time that the SK is shown. */
export const MadeKey = Type.Object({ access: Type.String(), secret: Type.String() })
export type MadeKey = Shape<typeof MadeKey>

/** `document`: as asm-api 8.3 (Version 1.1) or 8.4 (Version 5.0) has it; checked when it is written. */
export const PolicyCreate = Type.Object({ name, document: Type.Unknown({ accepts: 'a policy: {Version, Statement}' }) })
export type PolicyCreate = Shape<typeof PolicyCreate>
export const PolicyChange = Type.Object({ document: Type.Unknown({ accepts: 'a policy: {Version, Statement}' }) })
export type PolicyChange = Shape<typeof PolicyChange>
export const Policy = Type.Object({
  id: Id,
  name: Type.String(),
  /** Defined by the program; cannot be changed or removed. */
  system: Type.Boolean(),
  version: Type.Enum(['1.1', '5.0'] as const),
  document: Type.Unknown(),
})
export type Policy = Shape<typeof Policy>
export const PolicyList = Type.Object({ items: Type.Array(Policy) })

/**
 * Who has which policy, by ids. Version 1.1: to a group, within one project, one enterprise project, or everywhere.
 * Version 5.0: to a user or a group, without `project` and `enterpriseProject` (asm-api 8.1).
 */
const grant = {
  policy: Text,
  user: Type.Optional(Text),
  group: Type.Optional(Text),
  project: Type.Optional(Text),
  enterpriseProject: Type.Optional(Text),
}
export const GrantCreate = Type.Object(grant)
export type GrantCreate = Shape<typeof GrantCreate>
export const Grant = Type.Object({ id: Id, ...grant })
export type Grant = Shape<typeof Grant>
export const GrantList = Type.Object({ items: Type.Array(Grant) })

/** `user`, `project`, `mesh`: ids. Without `mesh`: whether it is allowed on every mesh. */
export const ExplainRequest = Type.Object({
  user: Text,
  action: Text,
  project: Text,
  mesh: Type.Optional(Text),
})
export type ExplainRequest = Shape<typeof ExplainRequest>

/** One statement that was looked at, and why it counted or not. */
const considered = Type.Object({
  policy: Type.String(),
  version: Type.String(),
  /** `group ops in project default` */
  through: Type.String(),
  /** 0, 1, ... within the policy. */
  statement: Type.Integer(),
  sid: Type.Optional(Type.String()),
  effect: Type.Enum(['Allow', 'Deny'] as const),
  applies: Type.Boolean(),
  why: Type.String(),
})

export const Explanation = Type.Object({
  allowed: Type.Boolean(),
  /** Who or what decided, in one sentence. */
  because: Type.String(),
  /** `administrator`, `statement`, or `default`: nothing allowed it. */
  by: Type.Enum(['administrator', 'statement', 'default'] as const),
  /** The statement that decided; absent unless `by` is `statement`. */
  decided: Type.Optional(considered),
  considered: Type.Array(considered),
})
export type Explanation = Shape<typeof Explanation>

/** One line of the audit log. `hash` covers everything before it, `previous` included. */
export const AuditEntry = Type.Object({
  number: Type.Integer(),
  at: Timestamp,
  requestId: Type.String(),
  /** `asked` before it is done, `answered` afterwards, `refused` when it was not allowed. */
  kind: Type.Enum(['asked', 'answered', 'refused'] as const),
  /** Name and id of the user; absent while nobody is known: a log-in that is asked for, or failed. */
  user: Type.Optional(Type.Object({ id: Type.String(), name: Type.String() })),
  /** `token`, or the AK. */
  with: Type.Optional(Type.String()),
  /** Address it came from. */
  from: Type.String(),
  /** Name of the route: `updateUpgrade`. */
  operation: Type.String(),
  /** What it was about: the path that was asked for. */
  about: Type.String(),
  /** Of the answer; absent on `asked`. */
  status: Type.Optional(Type.Integer()),
  /** The object before and after, without secrets. */
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
  previous: Type.String(),
  hash: Type.String(),
})
export type AuditEntry = Shape<typeof AuditEntry>
/** `last`: number of the newest entry there is; 0 for none. */
export const AuditList = Type.Object({ items: Type.Array(AuditEntry), last: Type.Integer() })
export type AuditList = Shape<typeof AuditList>
export const AuditQuery = Type.Object({
  after: Type.Optional(Type.String({ pattern: '^\\d{1,12}$', accepts: 'the number of an entry, 0 for all of them' })),
  limit: Type.Optional(Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', accepts: 'a number from 1 to 1000' })),
})

export const AuditVerification = Type.Object({
  intact: Type.Boolean(),
  entries: Type.Integer(),
  /** Hash of the last entry; keep it elsewhere to notice when the end is cut off. */
  head: Type.String(),
  /** The first entry that does not fit. */
  brokenAt: Type.Optional(Type.Integer()),
})
export type AuditVerification = Shape<typeof AuditVerification>
