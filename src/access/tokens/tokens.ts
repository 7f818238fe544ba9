/** Tokens and temporary access keys: given, looked up, dead early (asm-api 6). */

import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../lib/clock.ts'
import { timestamp } from '../../lib/clock.ts'
import { inTurn } from '../../lib/in-turn.ts'
import { Problem } from '../../lib/problem.ts'
import { whenThere } from '../../lib/soon.ts'
import type { Soon } from '../../lib/soon.ts'
import type { TokenRequest } from '../../contract/tokens.ts'
import type { Access } from '../access.ts'
import type { Caller, Named, Origin } from '../caller.ts'
import type { Directory, User, WrittenPolicy } from '../directory/directory.ts'
import { networkOf } from '../lockout.ts'
import type { Lockout } from '../lockout.ts'
import { passwordFits } from '../password.ts'
import { newAccess, newSecret, newToken } from '../secrets/random.ts'
import type { Seal } from '../secrets/sealing.ts'
import { lanes } from './lanes.ts'
import { rolesOf } from './roles.ts'
import { scopeOf } from './scope.ts'
import type { KeptTemporaryKey, KeptToken, TokenStore } from './store.ts'

export interface TokenNeeds {
  readonly store: TokenStore
  readonly directory: () => Directory
  readonly systemPolicies: readonly WrittenPolicy[]
  readonly seal: Seal
  readonly lockout: Lockout
  readonly clock: Pick<Clock, 'now'>
}

/** A temporary key that is alive, for the signature that it is to check. */
export interface LiveTemporaryKey {
  readonly secret: string
  readonly securityTokenHash: string
  readonly expiresAt: number
  readonly caller: Caller
}

export interface Tokens extends Pick<Access, 'login' | 'whoIs' | 'tokenFor' | 'temporaryKey'> {
  /** Undefined when there is none that is alive. One that expired is given: its owner is told so. */
  temporary(access: string): Soon<LiveTemporaryKey | undefined>
}

const day = 24 * 60 * 60 * 1000
/** When the caller asks for no other, as documented. */
const quarterHour = 15 * 60

export function tokens({ store, directory, systemPolicies, seal, lockout, clock }: TokenNeeds): Tokens {
  const seen = new LRUCache<string, KeptToken>({ max: 10_000 })
  const seenKeys = new LRUCache<string, KeptTemporaryKey>({ max: 10_000 })
  const turn = inTurn()
  const looking = lanes(2, 200, 25)
  // Behind each caller that was let in by a token, that token: what is asked of it later is asked of the very same one.
  const shown = new WeakMap<Caller, KeptToken>()

  /** The user, when the tokens it had then are still good. */
  const still = ({
    user: id,
    generation,
  }: {
    readonly user: string
    readonly generation: number
  }): User | undefined => {
    const user = directory().users.get(id)
    return user?.enabled === true && user.generation === generation ? user : undefined
  }

  const callerOf = (user: User, project: Named | undefined, by: Caller['by']): Caller => ({
    user: { id: user.id, name: user.name },
    domain: directory().domain,
    administrator: user.administrator,
    ...(project ? { project } : {}),
    by,
  })

  const read = async (hashed: string): Promise<KeptToken | undefined> => {
    const token = await store.token(hashed)
    if (token) seen.set(hashed, token)
    return token
  }
  const kept = (hashed: string): Soon<KeptToken | undefined> => seen.get(hashed) ?? read(hashed)

  const readKey = async (access: string): Promise<KeptTemporaryKey | undefined> => {
    const key = await store.temporaryKey(access)
    if (key) seenKeys.set(access, key)
    return key
  }

  /** Undefined when it is dead, but for one that only expired. */
  const alive = (token: KeptToken | undefined): { readonly token: KeptToken; readonly caller: Caller } | undefined => {
    const user = token && still(token)
    if (!token || !user) return undefined
    const project = token.project === undefined ? undefined : directory().projects.get(token.project)
    if (token.project !== undefined && !project) return undefined
    const caller = callerOf(user, project, { kind: 'token', id: token.hash.slice(0, 16) })
    shown.set(caller, token)
    return { token, caller }
  }

  const givenFor = ({ token, caller }: { readonly token: KeptToken; readonly caller: Caller }) => {
    const user = directory().users.get(token.user)
    return {
      caller,
      roles: user ? rolesOf(directory(), systemPolicies, user, caller.project) : [],
      issuedAt: token.issuedAt,
      expiresAt: token.expiresAt,
    }
  }

  /** Whose password it was; the same words and the same time for everything that is wrong about it. */
  const userOf = async (
    { name, password, domain }: TokenRequest['auth']['identity']['password']['user'],
    from: Origin,
  ): Promise<User> => {
    const there = directory()
    const user =
      domain.name === there.domain.name ? [...there.users.values()].find((one) => one.name === name) : undefined
    const fits = await looking.take(networkOf(from), () => passwordFits(password, user?.passwordHash))
    // As it is now: the password may have been changed while the old one was looked at.
    const now = user && directory().users.get(user.id)
    if (!now?.enabled || !fits || now.passwordHash !== user?.passwordHash)
      throw new Problem({
        kind: 'unauthenticated',
        code: 'access/wrong-credentials',
        text: 'The username or password is wrong.',
      })
    return now
  }

  return {
    login({ auth }, from) {
      const { user: asked } = auth.identity.password
      const who = JSON.stringify([asked.domain.name, asked.name])
      // In turn: many guesses at once would all be looked at before the first of them counts.
      return turn(JSON.stringify([who, from]), async () => {
        lockout.check(who, from)
        const user = await userOf(asked, from).catch((thrown: unknown) => {
          if (thrown instanceof Problem && thrown.kind === 'unauthenticated') lockout.failed(who, from)
          throw thrown
        })
        lockout.succeeded(who, from)
        const hasRights = (one: Named): boolean => rolesOf(directory(), systemPolicies, user, one).length > 0
        const project = scopeOf(directory(), auth.scope, hasRights)
        const token = newToken()
        const issuedAt = clock.now()
        const row: KeptToken = {
          hash: hashOf(token),
          user: user.id,
          ...(project ? { project: project.id } : {}),
          generation: user.generation,
          issuedAt,
          expiresAt: issuedAt + day,
        }
        // An expired one is remembered for another day: its owner is told that it expired and not that it is unknown.
        await store.forget(issuedAt - day)
        await store.addToken(row)
        const caller = callerOf(user, project, { kind: 'token', id: row.hash.slice(0, 16) })
        return { token, given: givenFor({ token: row, caller }) }
      })
    },

    whoIs(token) {
      if (token === undefined || token === '') throw refused('access/no-token', 'x-auth-token not found')
      return whenThere(kept(hashOf(token)), (there) => {
        const found = alive(there)
        if (!found) throw refused('access/unknown-token', 'decrypt token fail')
        const { expiresAt } = found.token
        if (expiresAt <= clock.now())
          throw refused('access/expired-token', `token expires, expires_at: ${timestamp(expiresAt)}`)
        return found.caller
      })
    },

    async tokenFor(subjectToken, caller) {
      if (subjectToken === undefined || subjectToken === '')
        throw new Problem({
          kind: 'invalid',
          code: 'access/no-subject-token',
          text: 'The header X-Subject-Token is missing: it holds the token to look at.',
        })
      const found = alive(await kept(hashOf(subjectToken)))
      if (!found || found.token.expiresAt <= clock.now())
        throw new Problem({
          kind: 'not-found',
          code: 'access/unknown-token',
          text: 'The token in X-Subject-Token is not one of this server, or is not good any more.',
        })
      if (found.token.user !== caller.user.id && !caller.administrator)
        throw new Problem({
          kind: 'forbidden',
          code: 'access/other-token',
          text: 'Only administrators may look at tokens of others.',
        })
      return givenFor(found)
    },

    async temporaryKey({ auth }, caller) {
      const own = shown.get(caller)
      if (!own)
        throw new Problem({
          kind: 'forbidden',
          code: 'access/token-needed',
          text: 'A temporary access key is derived from a token: send one as X-Auth-Token.',
        })
      const asked = auth.identity.token
      const meant = asked?.id === undefined ? own : await kept(hashOf(asked.id))
      const from = meant?.user === caller.user.id ? alive(meant) : undefined
      const now = clock.now()
      if (!from || from.token.expiresAt <= now)
        throw new Problem({
          kind: 'forbidden',
          code: 'access/other-token',
          text: 'auth.identity.token.id must be a token of your own that is still good.',
        })
      const [access, secret, securityToken] = [newAccess(), newSecret(), newToken()]
      const expiresAt = now + (asked?.duration_seconds ?? quarterHour) * 1000
      const { user, project, generation } = from.token
      await store.forget(now - day)
      await store.addTemporaryKey({
        access,
        sealed: seal.seal(secret, access),
        securityTokenHash: hashOf(securityToken),
        user,
        ...(project === undefined ? {} : { project }),
        generation,
        issuedAt: now,
        expiresAt,
      })
      return { access, secret, securityToken, expiresAt }
    },

    temporary: (access) =>
      whenThere(seenKeys.get(access) ?? readKey(access), (key) => {
        const user = key && still(key)
        if (!key || !user) return undefined
        const project = key.project === undefined ? undefined : directory().projects.get(key.project)
        if (key.project !== undefined && !project) return undefined
        return {
          secret: seal.open(key.sealed, access),
          securityTokenHash: key.securityTokenHash,
          expiresAt: key.expiresAt,
          caller: callerOf(user, project, { kind: 'temporary-key', id: access }),
        }
      }),
  }
}

const hashOf = (secret: string): string => hash('sha256', secret, 'hex')

const refused = (code: string, text: string): Problem => new Problem({ kind: 'unauthenticated', code, text })
