/** Passwords in, tokens out. */

import { timestamp } from '../lib/clock.ts'
import type { Handlers } from './handler.ts'
import type { Parts } from './parts.ts'

export function tokenHandlers({ access, now }: Pick<Parts, 'access' | 'now'>): Handlers<'createToken'> {
  return {
    async createToken({ body, answerHeader }) {
      const { token, caller, issuedAt, expiresAt } = await access.login(body, now())
      answerHeader('x-subject-token', token)
      answerHeader('cache-control', 'no-store')
      const { user, domain, project } = caller
      return {
        token: {
          issued_at: fine(issuedAt),
          expires_at: fine(expiresAt),
          methods: ['password'],
          catalog: [],
          roles: [{ id: '0', name: 'te_admin' }],
          // Empty: it never expires, as in the documented examples.
          user: { ...user, password_expires_at: '', domain },
          ...(project ? { project: { ...project, domain } } : { domain }),
        },
      }
    },
  }
}

/** Six fractional digits: this service's habit, and some of its readers insist on them. */
const fine = (ms: number): string => `${timestamp(ms).slice(0, -1)}.${String(ms % 1000).padStart(3, '0')}000Z`
