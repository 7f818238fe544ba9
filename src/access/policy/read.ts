/** A policy document, which can be anything, becomes one that can be evaluated, or is refused. */

import { isRecord } from '../../lib/json.ts'
import type { Effect, Policy, Statement, Version } from './compiled.ts'
import { readConditions } from './read-condition.ts'
import { readActions, readResources } from './read-names.ts'
import { refused, shown, tooMuch } from './refuse.ts'

/**
 * Characters of the whole as JSON without spaces. Documented for 1.1; 5.0 has no number in the documents and gets the
 * same one. It bounds what evaluation can cost, so it is looked at first.
 */
const mostCharacters = 6144
/** Of Version 1.1. */
const mostStatements = 8

const elements: Readonly<Record<Version, readonly string[]>> = {
  '1.1': ['Effect', 'Action', 'Resource', 'Condition'],
  '5.0': ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
}

/** invalid: `policies/invalid` names the element by its path and what would be accepted; `policies/limit`. */
export function readPolicy(document: unknown): Policy {
  if (!isRecord(document))
    throw refused('The policy', `must be an object with Version and Statement, not ${shown(document)}`)
  const size = sizeOf(document)
  if (size > mostCharacters)
    throw tooMuch(
      'The policy',
      `has ${size === Infinity ? 'too many' : size} characters; at most ${mostCharacters} are allowed`,
    )
  const { Version: version, Statement: statements } = document
  if (version !== '1.1' && version !== '5.0')
    throw refused('Version', `must be "1.1" (policies) or "5.0" (identity policies), not ${shown(version)}`)
  onlyKnown('', document, ['Version', 'Statement'], version)
  if (!Array.isArray(statements)) throw refused('Statement', `must be an array of statements, not ${shown(statements)}`)
  if (statements.length === 0) throw refused('Statement', 'is empty: it must have at least one statement')
  if (version === '1.1' && statements.length > mostStatements)
    throw tooMuch('Statement', `has ${statements.length} statements; Version 1.1 allows ${mostStatements}`)
  return { version, statements: statements.map((one, at) => readStatement(`Statement[${at}]`, one, version)) }
}

/** Infinite when it is nested so deep that it cannot be written down. */
function sizeOf(document: unknown): number {
  try {
    return JSON.stringify(document).length
  } catch (thrown) {
    if (thrown instanceof RangeError) return Infinity
    throw thrown
  }
}

function readStatement(path: string, given: unknown, version: Version): Statement {
  if (!isRecord(given)) throw refused(path, `must be an object, not ${shown(given)}`)
  onlyKnown(`${path}.`, given, elements[version], version)
  const { Sid: sid, Effect: effect } = given
  if (sid !== undefined && typeof sid !== 'string') throw refused(`${path}.Sid`, `must be a text, not ${shown(sid)}`)
  if (!isEffect(effect)) throw refused(`${path}.Effect`, `must be "Allow" or "Deny", not ${shown(effect)}`)
  const action = oneOf(path, given, 'Action', 'NotAction')
  if (action === undefined)
    throw refused(
      path,
      `has no Action${version === '5.0' ? ' and no NotAction' : ''}: it must say which actions it is about`,
    )
  const resource = oneOf(path, given, 'Resource', 'NotResource')
  return {
    ...(sid === undefined ? {} : { sid }),
    effect,
    actions: readActions(`${path}.${action.name}`, action.value, action.except, version),
    ...(resource && {
      resources: readResources(`${path}.${resource.name}`, resource.value, resource.except, version),
    }),
    conditions: readConditions(`${path}.Condition`, given['Condition'], version),
  }
}

const isEffect = (value: unknown): value is Effect => value === 'Allow' || value === 'Deny'

/** A misspelt `Conditon` must not be left out: the statement would be about more than was meant. */
function onlyKnown(
  path: string,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  version: Version,
): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw refused(`${path}${unknown}`, `is not an element of Version ${version}; one is ${known.join(', ')}`)
}

/** Which of two elements that exclude each other is there. */
function oneOf(path: string, given: Readonly<Record<string, unknown>>, name: string, not: string) {
  if (given[name] !== undefined && given[not] !== undefined)
    throw refused(`${path}.${not}`, `must not stand beside ${name}: a statement has one of them`)
  if (given[name] !== undefined) return { name, value: given[name], except: false }
  return given[not] === undefined ? undefined : { name: not, value: given[not], except: true }
}
