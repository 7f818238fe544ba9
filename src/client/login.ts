/** A password for a token. */

import type { HandOut } from '../contract/hand-out.ts'
import { Refused } from './refused.ts'
import { send } from './transport.ts'
import type { Where } from './transport.ts'

export interface Session {
  readonly token: string
  readonly projectId: string
}

/** @param who as `admin.json` has it. Throws Refused: 401 for a wrong name or password. Good for 24 hours. */
export async function login(where: Where, who: HandOut, signal?: AbortSignal): Promise<Session> {
  const body = {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: who.user, password: who.password, domain: { name: who.domain } } },
      },
      scope: { project: { id: who.projectId } },
    },
  }
  const { answer, headers } = await send(where, 'createToken', { params: {}, query: {}, body, headers: {} }, signal)
  const token = headers.get('x-subject-token')
  const projectId = answer?.token.project?.id
  if (token === null || projectId === undefined)
    throw new Refused({ status: 201, code: 'client/not-ours', text: `${where.baseUrl} is not a meshlift server.` })
  return { token, projectId }
}
