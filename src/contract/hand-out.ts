/** `admin.json`: how the one administrator learns the password. Made once by the server, read by the command line. */

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
