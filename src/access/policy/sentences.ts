/** Why a statement applies or not, for people. */

import { assertNever } from '../../lib/problem.ts'
import type { Condition, Named, Statement } from './compiled.ts'
import { valueOf } from './context-key.ts'
import type { Request } from './request.ts'
import type { Look } from './statement.ts'

export function why(statement: Statement, look: Look, request: Request): string {
  const asked = request.question.permission.actions.join(' or ')
  if (look.applies) {
    const { resources, conditions } = statement
    const about = resources === undefined ? '' : `, the resource ${nameOf(request)} is ${within(resources)}`
    const held = conditions.length === 0 ? '' : `, and ${conditions.map(named).join(', and ')}`
    return `action ${look.as} is ${within(statement.actions)}${about}${held}`
  }
  switch (look.failed) {
    case 'action':
      return `action ${asked} is not ${within(statement.actions)}`
    case 'resource':
      return statement.resources === undefined
        ? 'the resource is another one'
        : `the resource ${nameOf(request)} is not ${within(statement.resources)}`
    case 'condition':
      return `condition ${named(look.condition)}: ${actually(look.condition, request, look.as)}`
    default:
      return assertNever(look)
  }
}

/** Long lists are cut: the statement itself says the rest. */
function within({ except, patterns }: Named<{ readonly written: string }>): string {
  const first = patterns.slice(0, 3).map(({ written }) => written)
  const list = patterns.length > 3 ? `${first.join(', ')} and ${patterns.length - 3} more` : first.join(', ')
  return except ? `outside of ${list}` : `among ${list}`
}

function nameOf({ urn }: Request): string {
  return `${urn.service}:${urn.region}:${urn.domain}:${urn.type}:${urn.id}`
}

function named({ operator, key, values }: Condition): string {
  const shown = values.slice(0, 3).join(' or ')
  return `${key} ${operator} ${values.length > 3 ? `${shown} or ${values.length - 3} more` : shown}`
}

function actually({ about, key }: Condition, request: Request, as: string): string {
  const value = valueOf(about, request.question, as)
  const { type } = request.question.resource
  if (about.is === 'tag')
    return value === undefined ? `the ${type} has no tag ${about.tag}` : `the ${type} has ${about.tag}=${value}`
  return value === undefined ? `the request has no ${key}` : `the request has ${key}=${value}`
}
