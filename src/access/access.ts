/** Who is asking? Passwords become tokens, tokens become callers. What a caller may do comes with policies. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { TokenRequest } from '../contract/tokens.ts'
import { Problem } from '../lib/problem.ts'
import { passwordFits } from './password.ts'
import type { AccessStore, Account, Named } from './store.ts'

/** Somebody whose token was good. */
export interface Caller {
  readonly user: Named
  readonly domain: Named
  /** Absent when the token was asked for without a project. */
  readonly project?: Named
}

export interface Login {
  /** Opaque; shown once and never kept. */
  readonly token: string
  readonly caller: Caller
  /** Milliseconds. */
  readonly issuedAt: number
  readonly expiresAt: number
}

export interface Access {
  /** unauthenticated (`access/wrong-credentials`); not-found (`access/unknown-project`) once the password was right. */
  login(request: TokenRequest, now: number): Promise<Login>
  /** unauthenticated: `access/no-token`, `access/unknown-token`, `access/expired-token`. */
  whoIs(token: string | undefined, now: number): Promise<Caller>
}

const day = 24 * 60 * 60 * 1000

export function access(store: AccessStore): Access {
  return {
    async login({ auth }, now) {
      const { user } = auth.identity.password
      const account = await store.findAccount(user.domain.name, user.name)
      const fits = await passwordFits(user.password, account?.passwordHash)
      if (!account || !fits) throw wrongCredentials()
      const project = scopeOf(auth.scope?.project, account)
      const token = randomBytes(32).toString('base64url')
      const expiresAt = now + day
      // An expired one is remembered for another day: its owner is told that it expired and not that it is unknown.
      await store.dropTokens(now - day)
      await store.addToken({
        hash: hashOf(token),
        account: account.id,
        ...(project ? { projectId: project.id } : {}),
        issuedAt: now,
        expiresAt,
      })
      return { token, caller: callerOf(account, project), issuedAt: now, expiresAt }
    },

    async whoIs(token, now) {
      if (token === undefined || token === '')
        throw new Problem({ kind: 'unauthenticated', code: 'access/no-token', text: 'x-auth-token not found' })
      const hash = hashOf(token)
      const given = await store.findToken(hash)
      const account = given && (await store.account(given.account))
      if (!given || !account || !timingSafeEqual(Buffer.from(given.hash), Buffer.from(hash)))
        throw new Problem({ kind: 'unauthenticated', code: 'access/unknown-token', text: 'decrypt token fail' })
      if (given.expiresAt <= now)
        throw new Problem({ kind: 'unauthenticated', code: 'access/expired-token', text: 'token expires' })
      return callerOf(account, given.projectId === account.project.id ? account.project : undefined)
    },
  }
}

/** By id or by name; with both, the id decides. */
function scopeOf(
  asked: { readonly id?: string; readonly name?: string } | undefined,
  account: Account,
): Named | undefined {
  if (asked === undefined) return undefined
  const { project } = account
  const meant = asked.id ?? asked.name
  if (meant !== undefined && meant === (asked.id === undefined ? project.name : project.id)) return project
  throw new Problem({
    kind: 'not-found',
    code: 'access/unknown-project',
    text: `Could not find project: ${meant ?? 'neither id nor name was given'}. This account has ${project.name}.`,
  })
}

const callerOf = (account: Account, project: Named | undefined): Caller => ({
  user: { id: account.id, name: account.name },
  domain: account.domain,
  ...(project ? { project } : {}),
})

/** The same words whether the domain, the name or the password is wrong. */
const wrongCredentials = (): Problem =>
  new Problem({
    kind: 'unauthenticated',
    code: 'access/wrong-credentials',
    text: 'The username or password is wrong.',
  })

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
