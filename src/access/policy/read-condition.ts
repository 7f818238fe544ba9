/** Condition: operator -> key -> values (asm-api 8.3; 8.4 has the same). */

import { isRecord } from '../../lib/json.ts'
import type { Condition, Version } from './compiled.ts'
import { acceptedKeys, readContextKey } from './context-key.ts'
import { operators } from './operators.ts'
import type { Fits, Operator } from './operators.ts'
import { refused, shown, tooMuch } from './refuse.ts'

/** Of Version 1.1: pairs of an operator and a key. */
const mostConditions = 10

/** All of them must hold. None when there is none. */
export function readConditions(element: string, value: unknown, version: Version): readonly Condition[] {
  if (value === undefined) return []
  if (!isRecord(value)) throw refused(element, `must be an object of operators, not ${shown(value)}`)
  const conditions = Object.entries(value).flatMap(([written, keys]) =>
    readOperator(`${element}.${written}`, written, keys, version),
  )
  if (version === '1.1' && conditions.length > mostConditions)
    throw tooMuch(element, `has ${conditions.length} conditions; Version 1.1 allows ${mostConditions}`)
  return conditions
}

function readOperator(element: string, written: string, keys: unknown, version: Version): readonly Condition[] {
  const { prefix = '', name = '', suffix = '' } = form.exec(written)?.groups ?? {}
  const operator = operators.get(name)
  if (operator === undefined) throw refused(element, `is not an operator; ${acceptedOperators(name)}`)
  // A prefix on Null is not documented and could mean two things; IfExists on it is ruled out.
  if (name === 'Null' && written !== 'Null') throw refused(element, 'is not an operator; Null stands alone')
  if (!isRecord(keys)) throw refused(element, `must be an object of keys, not ${shown(keys)}`)
  const entries = Object.entries(keys)
  // An operator without a key would hold always: nobody writes that on purpose.
  if (entries.length === 0) throw refused(element, 'is empty: it must name at least one key')
  return entries.map(([key, values]) => {
    const about = readContextKey(key)
    const path = `${element}.${key}`
    if (about === undefined) throw refused(path, `is not a condition key; one of ours is ${acceptedKeys}`)
    const read = readValues(path, values, operator, version)
    const holds = operator.name === 'Null' ? nullHolds(read) : plainHolds(operator, read, prefix, suffix !== '')
    return { operator: written, key, values: read.map(({ text }) => text), about, holds }
  })
}

const form = /^(?<prefix>ForAllValues:|ForAnyValue:)?(?<name>[A-Za-z]+?)(?<suffix>IfExists)?$/

/** Those that begin as the one that was written, for a refusal that one can read. */
function acceptedOperators(name: string): string {
  const family = /^(String|Number|Date)/.exec(name)?.[0]
  const names = [...operators.keys()]
  const fitting = family === undefined ? [] : names.filter((one) => one.startsWith(family))
  return fitting.length > 0
    ? `one is ${fitting.join(', ')}, with IfExists behind it or ForAllValues: or ForAnyValue: before it`
    : 'one is String..., Number... or Date... with Equals, LessThan and so on, Bool or Null'
}

interface Value {
  readonly text: string
  readonly fits: Fits
}

/** 1.1: an array, as documented. 5.0: one alone may stand without brackets. */
function readValues(element: string, given: unknown, operator: Operator, version: Version): readonly Value[] {
  const alone = version === '5.0' && !Array.isArray(given) && !isRecord(given) && given !== null
  const list: unknown = alone ? [given] : given
  if (!Array.isArray(list)) throw refused(element, `must be an array of values, not ${shown(given)}`)
  if (list.length === 0) throw refused(element, 'is empty: it must have at least one value')
  return list.map((value: unknown, at) => {
    const fits = operator.read(value)
    if (fits === undefined)
      throw refused(
        alone ? element : `${element}[${at}]`,
        `is ${shown(value)}; a value of ${operator.name} is ${operator.takes}`,
      )
    return { text: String(value), fits }
  })
}

/** `true`: the key is absent. `false`: it is there. */
function nullHolds(values: readonly Value[]): Condition['holds'] {
  const texts = values.map(({ text }) => text)
  return (actual) => texts.includes(String(actual === undefined))
}

/**
 * Every key of ours has one value or none, so the prefixes differ only where it has none: all of no values fit, and none
 * of them does. Without a prefix an absent key fits nothing, which is what a negative operator asks for. IfExists says it
 * of itself that an absent key is enough, whatever stands before.
 */
function plainHolds(
  { negative }: Operator,
  values: readonly Value[],
  prefix: string,
  ifExists: boolean,
): Condition['holds'] {
  const whenAbsent = ifExists || prefix === 'ForAllValues:' || (negative && prefix === '')
  return (actual) => (actual === undefined ? whenAbsent : values.some(({ fits }) => fits(actual)) !== negative)
}
