/** Calls to one server, with its refusals in the program's words. */

import { client } from '../client/client.ts'
import type { Call, Client } from '../client/client.ts'
import { login } from '../client/login.ts'
import { Refused } from '../client/refused.ts'
import type { SigningSession } from '../client/signed.ts'
import type { Where } from '../client/transport.ts'
import type { HandOut } from '../contract/hand-out.ts'
import type { Answer, RouteName } from '../contract/routes.ts'
import { Problem } from '../lib/problem.ts'
import type { ProblemKind } from '../lib/problem.ts'

export type Called = Exclude<RouteName, 'createToken'>

export interface Session {
  call<Name extends Called>(name: Name, asked: Call<Name>, signal: AbortSignal): Promise<Answer<Name>>
  /** Id of the project that is worked in. */
  readonly projectId: string
  /** The server is this process: work goes on only while it runs. */
  readonly inProcess: boolean
  /** Flags that name the server again, with a blank before; for commands that are suggested. */
  readonly where: string
  close(): Promise<void>
}

export interface SessionOptions extends Pick<Session, 'inProcess' | 'where' | 'close'> {
  readonly at: Where
  readonly who: HandOut | SigningSession
}

/** Logs in, or sees that the server knows the access key. Throws Problem. */
export async function openSession({ at, who, ...rest }: SessionOptions, signal: AbortSignal): Promise<Session> {
  const enter = async (until: AbortSignal): Promise<Client> => {
    if (!('accessKey' in who)) return client(at, await login(at, who, until))
    const calls = client(at, who)
    await known(calls, until)
    return calls
  }
  let calls = await translated(enter(signal))
  return {
    ...rest,
    projectId: who.projectId,
    call: async <Name extends Called>(name: Name, asked: Call<Name>, until: AbortSignal) => {
      const once = (): Promise<Answer<Name>> => {
        const ask = calls[name] as unknown as (asked: Call<Name>, signal: AbortSignal) => Promise<Answer<Name>>
        return ask(asked, until)
      }
      try {
        return await once()
      } catch (thrown) {
        // A key that is not taken now would not be taken again either, and counts towards a lock.
        if (!(thrown instanceof Refused) || thrown.status !== 401 || 'accessKey' in who) throw problemOf(thrown)
        // A token lasts a day and an upgrade may last longer.
        calls = await translated(enter(until))
        return translated(once())
      }
    },
  }
}

/** No token is named to look at, which is refused: but only after who asks is known. */
async function known(calls: Client, signal: AbortSignal): Promise<void> {
  try {
    await calls.checkToken({}, signal)
  } catch (thrown) {
    if (!(thrown instanceof Refused && [400, 404].includes(thrown.status) && thrown.code !== 'client/not-ours'))
      throw thrown
  }
}

async function translated<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (thrown) {
    throw problemOf(thrown)
  }
}

const kinds: Readonly<Record<number, ProblemKind>> = {
  0: 'unavailable',
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'invalid',
  409: 'conflict',
  413: 'invalid',
  415: 'invalid',
  422: 'blocked',
  429: 'unavailable',
  502: 'rejected',
  503: 'unavailable',
  504: 'timeout',
}

/** Documented routes have one status for a cluster that is away and for a fault of the program; the latter says no more than this. */
const ownFault = /^Internal (server )?error\b/

function problemOf(thrown: unknown): unknown {
  if (!(thrown instanceof Refused)) return thrown
  const { status, code, message, retryAfterMs } = thrown
  return new Problem({
    kind: status === 500 && !ownFault.test(message) ? 'unavailable' : (kinds[status] ?? 'bug'),
    code,
    text: message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: thrown,
  })
}
