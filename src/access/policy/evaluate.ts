/**
 * The decision (asm-api 8.3, 8.4): an explicit Deny anywhere, else an Allow, else no. One walk for both uses: without
 * somebody who listens it ends at the first Deny and makes no sentence but that of the statement that decided.
 */

import type { Considered, Decision } from '../permission.ts'
import type { Statement } from './compiled.ts'
import { countsFor } from './held.ts'
import type { Held, Unreadable } from './held.ts'
import type { Request } from './request.ts'
import { why } from './sentences.ts'
import { look } from './statement.ts'
import type { Look } from './statement.ts'

export interface Outcome {
  readonly decision: Decision
  /** The policy that decided only by a name that role policies alone know (asm-api Q25), or that cannot be read. */
  readonly remark?: { readonly held: Held; readonly about: 'also' | 'unreadable' }
}

interface Applied {
  readonly held: Held
  readonly statement: Statement
  readonly at: number
  readonly look: Extract<Look, { readonly applies: true }>
  /** Only under a name that role policies alone know. */
  readonly also: boolean
}

export function evaluate(policies: readonly Held[], request: Request, heard?: (one: Considered) => void): Outcome {
  let outcome: Outcome | undefined
  let allow: Applied | undefined
  for (const held of policies) {
    const counts = countsFor(held, request.question)
    if ('unreadable' in held.policy) {
      // It may have held a Deny that nobody can see any more, so its holders may do nothing where it counts.
      const decided = lost(held, held.policy, counts)
      heard?.(decided)
      if (counts)
        outcome ??= {
          decision: { allowed: false, by: 'statement', decided, action: request.question.permission.actions[0] },
          remark: { held, about: 'unreadable' },
        }
    } else {
      const { version, statements } = held.policy
      for (const [at, statement] of statements.entries()) {
        if (!counts) {
          heard?.(considered(held, statement, at, false, `the policy counts for ${held.through} only`))
          continue
        }
        const seen = look(statement, version, request)
        heard?.(considered(held, statement, at, seen.applies, why(statement, seen, request)))
        if (!seen.applies) continue
        const applied: Applied = { held, statement, at, look: seen, also: isAlso(seen.as, request) }
        if (statement.effect === 'Deny') outcome ??= decidedBy(applied, request)
        // One that applies under a name of its own is the better reason: then nothing hangs on the other table.
        else if (allow === undefined || (allow.also && !applied.also)) allow = applied
      }
    }
    if (outcome !== undefined && heard === undefined) return outcome
  }
  if (outcome !== undefined) return outcome
  return allow === undefined ? { decision: { allowed: false, by: 'default' } } : decidedBy(allow, request)
}

const isAlso = (name: string, { actions }: Request): boolean => !actions['5.0'].includes(name)

/** Statements are compared in lower case; people know the name as it is documented. */
function asWritten(name: string, { question: { permission } }: Request): string {
  const { actions, alsoInRolePolicies = [] } = permission
  return [...actions, ...alsoInRolePolicies].find((one) => one.toLowerCase() === name) ?? name
}

function decidedBy({ held, statement, at, look: seen, also }: Applied, request: Request): Outcome {
  const decided = considered(held, statement, at, true, why(statement, seen, request))
  return {
    decision: { allowed: statement.effect === 'Allow', by: 'statement', decided, action: asWritten(seen.as, request) },
    ...(also ? { remark: { held, about: 'also' } } : {}),
  }
}

const considered = (
  held: Held,
  { sid, effect }: Statement,
  at: number,
  applies: boolean,
  reason: string,
): Considered => ({
  policy: held.name,
  version: 'unreadable' in held.policy ? '5.0' : held.policy.version,
  through: held.through,
  statement: at,
  ...(sid === undefined ? {} : { sid }),
  effect,
  applies,
  why: reason,
})

const lost = (held: Held, { unreadable }: Unreadable, applies: boolean): Considered => ({
  policy: held.name,
  version: held.scope === undefined ? '5.0' : '1.1',
  through: held.through,
  statement: 0,
  effect: 'Deny',
  applies,
  why: `the policy ${held.name} cannot be read (${unreadable}), so whoever has it may do nothing until it is written anew`,
})
