/** A door for tests: somebody is admitted, time stands still until it is told to go on. */

import type { HandOut } from '../../contract/hand-out.ts'
import type { TokenRequest } from '../../contract/tokens.ts'
import type { Access } from '../access.ts'
import { admit } from '../administrator.ts'
import { openAccess } from '../door.ts'
import { memoryAccessStores } from '../memory.ts'
import type { Seal } from '../secrets/sealing.ts'
import { sealWith } from '../secrets/sealing.ts'
import type { AccessStores } from '../stores.ts'

export const handedOut: HandOut = {
  user: 'admin',
  password: 'open sesame',
  domain: 'works',
  projectName: 'north',
  projectId: '0123456789abcdef0123456789abcdef',
}

export interface TestDoor {
  readonly door: Access
  readonly stores: AccessStores
  readonly time: { now: number }
  /** The same stores behind a new door, as after a restart. */
  again(stores?: AccessStores): Promise<Access>
}

export async function testDoor(
  stores: AccessStores = memoryAccessStores(),
  seal: Seal = sealWith(Buffer.alloc(32, 7)),
): Promise<TestDoor> {
  const time = { now: 1_700_000_000_000 }
  if ((await stores.directory.read()) === undefined) await admit(stores.directory, handedOut, time.now)
  const again = (of: AccessStores = stores): Promise<Access> =>
    openAccess({
      stores: of,
      seal,
      clock: { now: () => time.now },
      settings: { region: 'local', lockAfter: 5, lockForMs: 300_000 },
      warn: () => undefined,
    })
  return { door: await again(), stores, time, again }
}

type Scope = TokenRequest['auth']['scope']

/** The administrator's unless it is said otherwise. */
export function tokenRequest(
  scope?: Scope,
  user: { readonly name?: string; readonly password?: string; readonly domain?: string } = {},
): TokenRequest {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: {
          user: {
            name: user.name ?? handedOut.user,
            password: user.password ?? handedOut.password,
            domain: { name: user.domain ?? handedOut.domain },
          },
        },
      },
      ...(scope ? { scope } : {}),
    },
  }
}
