/** `POST /v3/auth/tokens`: the token itself is the answer's header `X-Subject-Token`. */

import { Type } from 'typebox'
import { Text } from './shape.ts'
import type { Shape } from './shape.ts'

// A project by id or by name; with both, the id wins.
const ProjectScope = Type.Object({ id: Type.Optional(Text), name: Type.Optional(Text) })

export const TokenRequest = Type.Object({
  auth: Type.Object({
    identity: Type.Object({
      methods: Type.Array(Type.Literal('password'), { minItems: 1, maxItems: 1, accepts: '["password"]' }),
      password: Type.Object({
        user: Type.Object({ name: Text, password: Text, domain: Type.Object({ name: Text }) }),
      }),
    }),
    /** Without a project the token opens no project's routes. With both, the project wins. */
    scope: Type.Optional(
      Type.Object({
        project: Type.Optional(ProjectScope),
        domain: Type.Optional(Type.Object({ id: Type.Optional(Text), name: Type.Optional(Text) })),
      }),
    ),
  }),
})
export type TokenRequest = Shape<typeof TokenRequest>

const Named = Type.Object({ id: Type.String(), name: Type.String() })
// Six fractional digits here, unlike every other time on the wire: documented so.
const FineTime = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$' })

export const TokenAnswer = Type.Object({
  token: Type.Object({
    expires_at: FineTime,
    issued_at: FineTime,
    methods: Type.Array(Type.String()),
    catalog: Type.Array(Type.Unknown()),
    roles: Type.Array(Named),
    user: Type.Object({
      id: Type.String(),
      name: Type.String(),
      password_expires_at: Type.String(),
      domain: Named,
    }),
    project: Type.Optional(Type.Object({ id: Type.String(), name: Type.String(), domain: Named })),
    domain: Type.Optional(Named),
  }),
})
export type TokenAnswer = Shape<typeof TokenAnswer>

/** `duration_seconds`: 15 minutes to 24 hours; 15 minutes when absent (asm-api 6). */
export const TemporaryKeyRequest = Type.Object({
  auth: Type.Object({
    identity: Type.Object({
      methods: Type.Array(Type.Literal('token'), { minItems: 1, maxItems: 1, accepts: '["token"]' }),
      token: Type.Optional(
        Type.Object({
          /** The token to derive it from; that of `X-Auth-Token` when absent. */
          id: Type.Optional(Text),
          duration_seconds: Type.Optional(Type.Integer({ minimum: 900, maximum: 86_400 })),
        }),
      ),
    }),
  }),
})
export type TemporaryKeyRequest = Shape<typeof TemporaryKeyRequest>

export const TemporaryKeyAnswer = Type.Object({
  credential: Type.Object({
    access: Type.String(),
    secret: Type.String(),
    securitytoken: Type.String(),
    expires_at: FineTime,
  }),
})
export type TemporaryKeyAnswer = Shape<typeof TemporaryKeyAnswer>
