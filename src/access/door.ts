/** The whole room, put together: who is asking, and may they? */

import type { Clock } from '../lib/clock.ts'
import type { Soon } from '../lib/soon.ts'
import type { Access } from './access.ts'
import { openOffice } from './directory/open-office.ts'
import type { Office } from './directory/office.ts'
import { lockout } from './lockout.ts'
import { policies } from './policy/policies.ts'
import { systemPolicies } from './policy/system.ts'
import type { Seal } from './secrets/sealing.ts'
import { signatures } from './signing/signatures.ts'
import type { SigningKey } from './signing/signatures.ts'
import type { AccessStores } from './stores.ts'
import { tokens } from './tokens/tokens.ts'
import type { Tokens } from './tokens/tokens.ts'

export interface DoorNeeds {
  readonly stores: AccessStores
  readonly seal: Seal
  readonly clock: Pick<Clock, 'now'>
  readonly settings: {
    readonly region: string
    /** Failures in a row after which a name is locked from one address; 0: never. */
    readonly lockAfter: number
    readonly lockForMs: number
  }
  readonly warn: (facts: Readonly<Record<string, unknown>>, text: string) => void
}

/** Somebody must have been admitted before (`administrator.ts`). Throws as `openOffice`. */
export async function openAccess({ stores, seal, clock, settings, warn }: DoorNeeds): Promise<Access> {
  const { region, lockAfter, lockForMs } = settings
  const now = (): number => clock.now()
  const judge = policies({ directory: () => office.directory, region, warn })
  const office = await openOffice({
    store: stores.directory,
    seal,
    clock,
    checkPolicy: (document) => judge.check(document),
    systemPolicies,
  })
  // Two counts: who fails to log in as `ada` does not lock the access key of that name, or the other way round.
  const given = tokens({
    store: stores.tokens,
    directory: () => office.directory,
    systemPolicies,
    seal,
    lockout: lockout({ after: lockAfter, forMs: lockForMs, now }),
    clock,
  })
  const signed = signatures({
    keyOf: keysOf(office, given, seal),
    clock,
    region,
    lockout: lockout({ after: lockAfter, forMs: lockForMs, now }),
  })
  return {
    login: given.login,
    whoIs: given.whoIs,
    tokenFor: given.tokenFor,
    temporaryKey: given.temporaryKey,
    signer: (request) => signed.signer(request),
    now,
    project: (id) => office.directory.projects.get(id),
    decide: (question) => judge.decide(question),
    explain: (question) => judge.explain(question),
    office,
    replays: stores.replays,
    audit: stores.audit,
  }
}

/** Permanent keys and temporary ones; undefined for one that is unknown, disabled, or whose user is. */
const keysOf =
  (office: Office, given: Tokens, seal: Seal) =>
  (access: string): Soon<SigningKey | undefined> => {
    const { keys, users, domain } = office.directory
    const key = keys.get(access)
    if (!key) return given.temporary(access)
    const user = users.get(key.user)
    if (!key.enabled || user?.enabled !== true) return undefined
    return {
      secret: seal.open(key.sealed, access),
      caller: {
        user: { id: user.id, name: user.name },
        domain,
        administrator: user.administrator,
        by: { kind: 'key', id: access },
      },
    }
  }
