/** Whether one statement applies to a request, and if not, on what it failed. */

import type { Condition, Statement, Version } from './compiled.ts'
import { valueOf } from './context-key.ts'
import type { Request } from './request.ts'

/** `as`: the name under which it applies, or the one whose conditions were looked at. */
export type Look =
  | { readonly applies: true; readonly as: string }
  | { readonly applies: false; readonly failed: 'action' | 'resource' }
  | { readonly applies: false; readonly failed: 'condition'; readonly condition: Condition; readonly as: string }

// Said for most statements of most requests: the same two objects.
const otherAction: Look = { applies: false, failed: 'action' }
const otherResource: Look = { applies: false, failed: 'resource' }

/**
 * A request can have several names (`asm:mesh:upgrade`, `meshlift:upgrade:finish`). Action: one that is listed is enough.
 * NotAction: none may be listed; else "everything except asm:mesh:upgrade" would let an upgrade in by its finer name.
 */
export function look(statement: Statement, version: Version, request: Request): Look {
  const { actions, resources } = statement
  const names = request.actions[version]
  const listed = (name: string): boolean => actions.patterns.some((one) => one.matches(name))
  if (actions.except ? names.some(listed) : !names.some(listed)) return otherAction
  if (resources && resources.patterns.some((one) => one.matches(request.urn)) === resources.except) return otherResource
  let failed: Look = otherAction
  for (const name of names) {
    if (!actions.except && !listed(name)) continue
    const condition = statement.conditions.find((one) => !one.holds(valueOf(one.about, request.question, name)))
    if (condition === undefined) return { applies: true, as: name }
    if (failed === otherAction) failed = { applies: false, failed: 'condition', condition, as: name }
  }
  return failed
}
