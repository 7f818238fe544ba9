/** Passwords in, tokens out; tokens in, temporary keys out (asm-api 6). */

import type { GivenToken } from '../access/access.ts'
import type { TokenAnswer } from '../contract/tokens.ts'
import { timestamp } from '../lib/clock.ts'
import type { Handlers } from './handler.ts'
import { knownCaller } from './known-caller.ts'
import type { Parts } from './parts.ts'

type Names = 'createToken' | 'checkToken' | 'createTemporaryKey'

export function tokenHandlers({ access }: Pick<Parts, 'access'>): Handlers<Names> {
  return {
    async createToken({ body, from, answerHeader }) {
      const { token, given } = await access.login(body, from)
      answerHeader('x-subject-token', token)
      return shown(given)
    },

    // Documented: the token that was looked at comes back in the same header as from a log-in.
    async checkToken({ caller, header, answerHeader }) {
      const subject = header('x-subject-token')
      const given = await access.tokenFor(subject, knownCaller(caller))
      if (subject !== undefined) answerHeader('x-subject-token', subject)
      return shown(given)
    },

    async createTemporaryKey({ body, caller }) {
      const { access: ak, secret, securityToken, expiresAt } = await access.temporaryKey(body, knownCaller(caller))
      return { credential: { access: ak, secret, securitytoken: securityToken, expires_at: fine(expiresAt) } }
    },
  }
}

/** The catalogue is empty with and without `nocatalog`: this server has no other services to tell of. */
function shown({ caller: { user, domain, project }, roles, issuedAt, expiresAt }: GivenToken): TokenAnswer {
  return {
    token: {
      issued_at: fine(issuedAt),
      expires_at: fine(expiresAt),
      methods: ['password'],
      catalog: [],
      roles,
      // Empty: it never expires, as in the documented examples.
      user: { ...user, password_expires_at: '', domain },
      ...(project ? { project: { ...project, domain } } : { domain }),
    },
  }
}

/** Six fractional digits: this service's habit, and some of its readers insist on them. */
const fine = (ms: number): string => `${timestamp(ms).slice(0, -1)}.${String(ms % 1000).padStart(3, '0')}000Z`
