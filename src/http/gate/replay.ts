/** A signed write that comes twice - sent again by a client, or by somebody who copied it - is done once. */

import type { KeptAnswer, Replays } from '../../access/signing/replays.ts'
import { payloadHash } from '../../contract/signing.ts'
import type { InTurn } from '../../lib/in-turn.ts'
import { Problem } from '../../lib/problem.ts'
import type { Sent } from '../sending.ts'

export interface ReplayParts {
  readonly replays: Replays
  /** By the key: whoever comes while the first is being done waits for its answer. */
  readonly ofRequest: InTurn
  readonly now: () => number
}

/**
 * @param once the answer shows a secret, so its body is not kept
 * Throws conflict (`access/replay-unknown`, `access/shown-once`), unauthenticated (`access/other-body`).
 */
export function doneOnce(
  { replays, ofRequest, now }: ReplayParts,
  key: string,
  body: Uint8Array,
  once: boolean,
  work: () => Promise<Sent>,
): Promise<Sent> {
  return ofRequest(key, async () => {
    const begun = await replays.begin(key, payloadHash(body), now())
    switch (begun.kind) {
      case 'answered':
        return again(begun.answer)
      case 'unknown':
        throw new Problem({
          kind: 'conflict',
          code: 'access/replay-unknown',
          text: 'This very request came before, and the server stopped before it was answered: it may have been done. Look first, then sign a new one.',
        })
      case 'other-body':
        throw new Problem({
          kind: 'unauthenticated',
          code: 'access/other-body',
          text: 'verify aksk signature fail: the same signature came before with another body.',
        })
      case 'new':
        return first(replays, key, once, work)
    }
  })
}

async function first(replays: Replays, key: string, once: boolean, work: () => Promise<Sent>): Promise<Sent> {
  let sent: Sent
  try {
    sent = await work()
  } catch (thrown) {
    await replays.forget(key)
    throw thrown
  }
  const { status, headers, body } = sent
  if (status >= 500 || status === 429) await replays.forget(key)
  else
    await replays.answered(key, {
      status,
      headers,
      ...(body === undefined || (once && status < 400) ? {} : { body: body.toString() }),
    })
  return sent
}

function again({ status, headers, body }: KeptAnswer): Sent {
  if (body === undefined)
    throw new Problem({
      kind: 'conflict',
      code: 'access/shown-once',
      text: 'This very request was answered before, with a secret that is shown once. Make a new one and remove this.',
    })
  return { status, headers: { ...headers, 'x-meshlift-replayed': 'true' }, body }
}
