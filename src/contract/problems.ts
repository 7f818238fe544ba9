/** The bodies of refusals. Which status carries which code is `http/problem.ts`'s affair. */

import { Type } from 'typebox'
import type { Shape } from './shape.ts'

const code = Type.String({ minLength: 8, maxLength: 36 })
const message = Type.String({ minLength: 2, maxLength: 512 })

/**
 * Both spellings with equal values: documented are `errorCode`/`errorMsg`, and two of the four published clients read
 * only `error_code`/`error_msg` (asm-api 5.1, 13). `problem` is ours: the precise `owner/word` behind the coarse code.
 */
export const ErrorAnswer = Type.Object({
  errorCode: code,
  errorMsg: message,
  error_code: code,
  error_msg: message,
  problem: Type.Optional(Type.String()),
})
export type ErrorAnswer = Shape<typeof ErrorAnswer>

/** From the gate in front of the routes: who are you, no such route, too large. */
export const GatewayAnswer = Type.Object({ error_code: code, error_msg: message, request_id: Type.String() })
export type GatewayAnswer = Shape<typeof GatewayAnswer>

/** From the token route; the nested form is what other clients of it read. */
export const IamAnswer = Type.Object({
  error_code: code,
  error_msg: message,
  error: Type.Object({ code: Type.Integer(), message, title: Type.String() }),
})
export type IamAnswer = Shape<typeof IamAnswer>
