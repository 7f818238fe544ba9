/** An answer as it is sent. One that comes again as the same object is neither written out nor hashed again. */

import { etagOf } from './etag.ts'
import { json } from './gate/headers.ts'

export interface Prepared {
  /** Sent as it is: a text would be turned into bytes for each caller. */
  readonly body: Buffer
  readonly etag: string
  readonly headers: Readonly<Record<string, string>>
}

/** What comes out lives as long as the answer does. An answer must not change once it was given. */
export function preparing(): (answer: object) => Prepared {
  const known = new WeakMap<object, Prepared>()
  return (answer) => {
    const there = known.get(answer)
    if (there) return there
    const body = Buffer.from(JSON.stringify(answer))
    const etag = etagOf(body)
    const made = { body, etag, headers: { 'content-type': json, etag, 'cache-control': 'private, no-cache' } }
    known.set(answer, made)
    return made
  }
}
