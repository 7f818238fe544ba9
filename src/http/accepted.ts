/** Why a request's shape was refused: which field, and what would be accepted. Never quotes what was sent. */

import { isRecord } from '../lib/json.ts'
import { Problem } from '../lib/problem.ts'

/** One finding of the JSON Schema checker, with the schema it belongs to. */
export interface ShapeError {
  readonly keyword: string
  /** `/spec/clusters/0/name` */
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly parentSchema?: unknown
}

export function shapeProblem(error: ShapeError, where: 'body' | 'query'): Problem {
  const missing = error.keyword === 'required' ? String(error.params['missingProperty']) : undefined
  const schema = missing === undefined ? error.parentSchema : memberOf(error.parentSchema, missing)
  const field = fieldOf(missing === undefined ? error.instancePath : `${error.instancePath}/${missing}`)
  const whole = where === 'body' ? 'The body' : 'The query'
  const text = missing === undefined ? `${field || whole} must be` : `${field} is missing; it must be`
  return new Problem({
    kind: 'invalid',
    code: where === 'body' ? 'http/invalid-body' : 'http/invalid-query',
    text: `${text} ${accepted(schema)}.`,
    facts: { field },
  })
}

/** `/spec/clusters/0/name` as people write it: `spec.clusters[0].name`. */
function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((field, part) => (/^\d+$/.test(part) ? `${field}[${part}]` : field === '' ? part : `${field}.${part}`), '')
}

/** Completes "FIELD must be ...". */
function accepted(schema: unknown): string {
  if (!isRecord(schema)) return 'something else'
  if (typeof schema['accepts'] === 'string') return schema['accepts']
  if ('const' in schema) return String(schema['const'])
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].join(', ')}`
  switch (schema['type']) {
    case 'string':
      return 'a text'
    case 'boolean':
      return 'true or false'
    case 'integer':
    case 'number':
      return `a${schema['type'] === 'integer' ? ' whole' : ''} number${between(schema['minimum'], schema['maximum'])}`
    case 'array':
      return `a list${between(schema['minItems'], schema['maxItems'])}${entries(schema)}`
    case 'object': {
      const names = Array.isArray(schema['required']) ? schema['required'].join(', ') : ''
      return names === '' ? 'an object' : `an object with ${names}`
    }
    default:
      return 'something else'
  }
}

const entries = (schema: Readonly<Record<string, unknown>>): string =>
  schema['minItems'] === undefined && schema['maxItems'] === undefined ? '' : ' entries'

function between(least: unknown, most: unknown): string {
  if (typeof least === 'number' && typeof most === 'number') return ` of ${least} to ${most}`
  if (typeof least === 'number') return ` of at least ${least}`
  return typeof most === 'number' ? ` of at most ${most}` : ''
}

function memberOf(schema: unknown, name: string): unknown {
  return isRecord(schema) && isRecord(schema['properties']) ? schema['properties'][name] : undefined
}
