/** Users who may do what a test says, and nothing else. */

import { login } from '../../src/client/login.ts'
import type { Session } from '../../src/client/login.ts'
import type { Harness } from './harness.ts'

export interface Person extends Pick<Harness, 'ask'> {
  readonly id: string
  readonly session: Session
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  readonly Resource?: readonly string[]
  readonly Condition?: unknown
}

export const password = 'a-password-of-a-person'

/** @param statements of one policy of Version 5.0; without any nothing is granted */
export async function person(at: Harness, name: string, ...statements: readonly Statement[]): Promise<Person> {
  const { id } = await at.client.createUser({ body: { name, password } })
  if (statements.length > 0) {
    const document = { Version: '5.0', Statement: statements }
    const policy = await at.client.createPolicy({ body: { name: `of ${name}`, document } })
    await at.client.createGrant({ body: { policy: policy.id, user: id } })
  }
  const session = await loggedIn(at, name)
  return {
    id,
    session,
    ask: (method, path, body, headers = {}) =>
      at.ask(method, path, body, { 'x-auth-token': session.token, ...headers }),
  }
}

/** @param projectId the one of the administrator's session when absent */
export function loggedIn(at: Harness, user: string, projectId = at.session.projectId): Promise<Session> {
  const who = { user, password, domain: 'meshlift', projectName: 'default', projectId }
  return login({ baseUrl: 'http://in-process', fetch: at.fetch }, who)
}

export const allow = (...actions: readonly string[]): Statement => ({ Effect: 'Allow', Action: actions })
export const deny = (...actions: readonly string[]): Statement => ({ Effect: 'Deny', Action: actions })

/** Where a tag of the mesh has this value, or where the mesh is in this enterprise project. */
export const where = (statement: Statement, key: string, value: string): Statement => ({
  ...statement,
  Condition: { StringEquals: { [key]: [value] } },
})
