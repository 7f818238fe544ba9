/** The caller where the route table promises one. */

import type { Caller } from '../access/caller.ts'
import { Problem } from '../lib/problem.ts'

export function knownCaller(caller: Caller | undefined): Caller {
  if (caller) return caller
  throw new Problem({
    kind: 'bug',
    code: 'http/no-caller',
    text: 'A route that needs a caller was reached without one.',
  })
}
