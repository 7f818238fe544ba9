/** Our schemas are JSON Schema 2020-12 already, as OpenAPI 3.1 wants them: they get names, and lose what is ours alone. */

import type { TSchema } from 'typebox'
import { components } from './components.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

type Members = Readonly<Record<string, unknown>>
const isMembers = (node: unknown): node is Members => typeof node === 'object' && node !== null && !Array.isArray(node)

/** By identity: two shapes may look the same and mean different things. An optional one is a copy with the same insides. */
const insides = (node: Members): unknown => node['properties'] ?? node['enum'] ?? node
const names: ReadonlyMap<unknown, string> = new Map(
  Object.entries(components).map(([name, schema]) => [insides(schema as Members), name]),
)

/** A reference where the shape has a name, else the shape. */
export const schemaOf = (schema: TSchema): Json => described(schema)

/** Every named shape, by name. */
export function schemas(): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(components)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) => [name, inFull(unboxed(schema))]),
  )
}

function described(node: unknown): Json {
  const name = isMembers(node) ? names.get(insides(node)) : undefined
  return name === undefined ? inFull(node) : reference(name)
}

function inFull(node: unknown): Json {
  if (Array.isArray(node)) return node.map(described)
  if (!isMembers(node)) return node as Json
  const { accepts, $id: _, ...rest } = node
  const shown = Object.entries(rest).map(([key, value]): [string, Json] => {
    if (key === '$ref') return [key, reference(String(value)).$ref]
    // Names of members stand below `properties`, and one of them may be called like a keyword.
    if (key === 'properties' && isMembers(value)) return [key, eachOf(value)]
    return [key, described(value)]
  })
  return { ...Object.fromEntries(shown), ...(typeof accepts === 'string' ? { description: sentence(accepts) } : {}) }
}

const eachOf = (members: Members): Json =>
  Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, described(schema)]))

/** A shape that holds itself comes in a box with its definition. */
function unboxed(schema: TSchema): unknown {
  const { $defs, $ref } = schema as Members
  return isMembers($defs) && typeof $ref === 'string' ? $defs[$ref] : schema
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` }) as const

const sentence = (accepts: string): string => `${accepts[0]?.toUpperCase()}${accepts.slice(1)}.`
