/**
 * `admin.json`: the administrator that a new data folder begins with, and its first password. Written once by the
 * server and read by the command line; a password that is changed later is not in it.
 */

import { Type } from 'typebox'
import { Text } from './shape.ts'
import type { Shape } from './shape.ts'

export const HandOut = Type.Object({
  user: Text,
  password: Text,
  /** Name of the domain. */
  domain: Text,
  projectName: Text,
  projectId: Type.String({ pattern: '^[0-9a-f]{32}$', accepts: '32 lower-case hexadecimal digits' }),
})
export type HandOut = Shape<typeof HandOut>
