/** What every schema of the wire is made of. Schemas come first; types are read off them. */

import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T

/** The type of a schema; readonly all the way down. */
export type Shape<Schema extends TSchema> = Frozen<Static<Schema>>

/** UTC, whole seconds: `2026-11-22T10:00:00Z` (asm-api Q28). */
export const Timestamp = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' })

/** Lower-case UUID: meshes, clusters, upgrades, jobs, subjobs. */
export const Id = Type.String({ minLength: 1, maxLength: 64 })

/**
 * `accepts` completes the sentence "FIELD must be ..." in the answer to a caller who sent something else: people are
 * told what would do, not which pattern failed.
 */
export const meshName = {
  pattern: '^[a-z][a-z0-9-]{2,62}[a-z0-9]$',
  accepts: '4 to 64 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen',
}

/** Of users, groups, projects and policies. */
export const accountName = {
  pattern: '^[A-Za-z0-9]([A-Za-z0-9 ._@-]{0,62}[A-Za-z0-9._@-])?$',
  accepts: '1 to 64 letters, digits, spaces or ._@-, starting with a letter or digit and not ending with a space',
}

/** A text that says something. */
export const Text = Type.String({ minLength: 1, maxLength: 4096, accepts: 'a text that is not empty' })

/** A coded sentence: `code` for programs (`owner/word`, never reused), `text` for people. */
export const Reason = Type.Object({ code: Type.String(), text: Type.String() })
