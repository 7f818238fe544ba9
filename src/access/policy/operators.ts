/** Every operator of conditions (asm-api 8.3): which values it takes and when one fits. */

import { parseTime, timestamp } from '../../lib/clock.ts'
import { pattern } from './pattern.ts'

/** Whether one value of the request fits one value of the policy. */
export type Fits = (actual: string) => boolean

export interface Operator {
  readonly name: string
  /** Completes "a value of it is". */
  readonly takes: string
  /** Holds when none of the values fits, and so also when the request has no such key. */
  readonly negative: boolean
  /** Undefined when that is no value for it. */
  readonly read: (value: unknown) => Fits | undefined
}

type Reader = Pick<Operator, 'takes' | 'read'>

const text = (make: (wanted: string) => Fits): Reader => ({
  takes: 'a text',
  read: (value) => (typeof value === 'string' ? make(value) : undefined),
})

const number = (compare: (actual: number, wanted: number) => boolean): Reader => ({
  takes: 'a number, such as 900 or "900"',
  read: (value) => {
    const wanted = numberOf(value)
    if (wanted === undefined) return undefined
    return (written) => {
      const actual = numberOf(written)
      return actual !== undefined && compare(actual, wanted)
    }
  },
})

const date = (compare: (actual: number, wanted: number) => boolean): Reader => ({
  takes: 'a time in ISO 8601 with its zone, such as "2026-11-22T10:00:00Z"',
  read: (value) => {
    const wanted = timeOf(value)
    if (wanted === undefined) return undefined
    return (written) => {
      const actual = timeOf(written)
      return actual !== undefined && compare(actual, wanted)
    }
  },
})

const truth: Reader = {
  takes: '"true" or "false"',
  read: (value) => {
    const wanted = String(value)
    if (wanted !== 'true' && wanted !== 'false') return undefined
    return (actual) => actual.toLowerCase() === wanted
  },
}

const same = text((wanted) => (actual) => actual === wanted)
const sameIgnoringCase = text((wanted) => {
  const lower = wanted.toLowerCase()
  return (actual) => actual.toLowerCase() === lower
})
const like = text((wanted) => pattern(wanted, { one: true, ignoreCase: false }))

// The rows that the documents leave out are compared without regard to case: "unless the operator's row says otherwise".
const starts = text((wanted) => {
  const lower = wanted.toLowerCase()
  return (actual) => actual.toLowerCase().startsWith(lower)
})
const ends = text((wanted) => {
  const lower = wanted.toLowerCase()
  return (actual) => actual.toLowerCase().endsWith(lower)
})

const is = (name: string, reader: Reader): Operator => ({ name, negative: false, ...reader })
const isNot = (name: string, reader: Reader): Operator => ({ name, negative: true, ...reader })

const all: readonly Operator[] = [
  is('StringEquals', same),
  isNot('StringNotEquals', same),
  is('StringEqualsIgnoreCase', sameIgnoringCase),
  isNot('StringNotEqualsIgnoreCase', sameIgnoringCase),
  is('StringMatch', like),
  isNot('StringNotMatch', like),
  is('StringStartWith', starts),
  is('StringEndWith', ends),
  is(
    'NumberEquals',
    number((actual, wanted) => actual === wanted),
  ),
  isNot(
    'NumberNotEquals',
    number((actual, wanted) => actual === wanted),
  ),
  is(
    'NumberLessThan',
    number((actual, wanted) => actual < wanted),
  ),
  is(
    'NumberLessThanEquals',
    number((actual, wanted) => actual <= wanted),
  ),
  is(
    'NumberGreaterThan',
    number((actual, wanted) => actual > wanted),
  ),
  is(
    'NumberGreaterThanEquals',
    number((actual, wanted) => actual >= wanted),
  ),
  is(
    'DateLessThan',
    date((actual, wanted) => actual < wanted),
  ),
  is(
    'DateLessThanEquals',
    date((actual, wanted) => actual <= wanted),
  ),
  is(
    'DateGreaterThan',
    date((actual, wanted) => actual > wanted),
  ),
  is(
    'DateGreaterThanEquals',
    date((actual, wanted) => actual >= wanted),
  ),
  is('Bool', truth),
  is('Null', truth),
]

export const operators: ReadonlyMap<string, Operator> = new Map(all.map((one) => [one.name, one]))

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : undefined
}

const iso = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** A day that no calendar has (`02-30`) is no time, although parsing makes one of March of it. */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const day = iso.exec(value)?.[1]
  const midnight = day === undefined ? undefined : parseTime(`${day}T00:00:00Z`)
  if (day === undefined || midnight === undefined || !timestamp(midnight).startsWith(day)) return undefined
  return parseTime(value)
}
