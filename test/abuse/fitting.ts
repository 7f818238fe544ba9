/** Values that a schema accepts. Texts are tried against it, so nothing here is written for one member. */

import type { Api, Schema } from './api.ts'
import type { Dice } from './dice.ts'

export interface Fitting {
  readonly api: Api
  readonly dice: Dice
  /** A text that was never used: names must not be taken. */
  readonly fresh: () => string
  /** Ids and the like for a member of this name; undefined where any text will do, empty when there is none yet. */
  readonly known: (member: string) => readonly string[] | undefined
}

/** Undefined: it may be left out, and is. Throws where nothing fits. */
export function fitting(to: Schema, member: string, parts: Fitting): unknown {
  const { api, dice } = parts
  const schema = api.shape(to)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return dice.pick(schema.enum)
  if (schema.properties !== undefined) {
    const made = Object.entries(schema.properties)
      .map(([name, inner]) => {
        const must = schema.required?.includes(name) === true
        return [name, must || dice.chance(0.4) ? fitting(inner, name, parts) : undefined] as const
      })
      .filter(([, value]) => value !== undefined)
    return Object.fromEntries(made)
  }
  if (schema.patternProperties !== undefined) return dice.chance(0.5) ? {} : { [parts.fresh()]: parts.fresh() }
  switch (schema.type) {
    case 'array': {
      const length = Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 2, dice.below(3)))
      return Array.from({ length }, () => fitting(schema.items ?? {}, member, parts)).filter((one) => one !== undefined)
    }
    case 'boolean':
      return dice.chance(0.5)
    case 'integer':
    case 'number':
      return (schema.minimum ?? 0) + dice.below(Math.min(1000, (schema.maximum ?? 1000) - (schema.minimum ?? 0)))
    case 'string':
      return text(schema, member, parts)
    case undefined:
      return { any: [1, null, 'text'] }
    default:
      throw new Error(`There is no value for ${schema.type}.`)
  }
}

function text(schema: Schema, member: string, { dice, fresh, known }: Fitting): string | undefined {
  const fits = (one: string): boolean =>
    one.length >= (schema.minLength ?? 0) &&
    one.length <= (schema.maxLength ?? Infinity) &&
    (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(one))
  const ids = known(member)?.filter(fits)
  if (ids !== undefined) return ids.length === 0 ? undefined : dice.pick(ids)
  const unique = fresh()
  const found = [unique, `/nowhere/${unique}`, 'canary', '1', '20', 'https://charts.example/x', ''].filter(fits)
  return found.length === 0 ? undefined : (found[0] as string)
}
