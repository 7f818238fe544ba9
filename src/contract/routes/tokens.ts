/** Tokens and temporary access keys, as documented (asm-api 6). */

import { Type } from 'typebox'
import type { Route } from '../route.ts'
import { TemporaryKeyAnswer, TemporaryKeyRequest, TokenAnswer, TokenRequest } from '../tokens.ts'

const path = '/v3/auth/tokens'
// Any text will do, as documented; the catalogue is empty either way.
const query = Type.Object({ nocatalog: Type.Optional(Type.String()) })

export const tokenRoutes = {
  createToken: {
    method: 'POST',
    path,
    family: 'iam',
    summary: 'Get a token for a user name and a password; it is the header X-Subject-Token of the answer.',
    needs: 'anybody',
    query,
    body: TokenRequest,
    status: 201,
    answer: TokenAnswer,
  },
  checkToken: {
    method: 'GET',
    path,
    family: 'iam',
    summary: 'See what the token in X-Subject-Token is for: your own, or that of anybody for an administrator.',
    needs: 'caller',
    query,
    status: 200,
    answer: TokenAnswer,
  },
  createTemporaryKey: {
    method: 'POST',
    path: '/v3.0/OS-CREDENTIAL/securitytokens',
    family: 'iam',
    summary: 'Get a temporary access key for a token.',
    needs: 'caller',
    body: TemporaryKeyRequest,
    status: 201,
    answer: TemporaryKeyAnswer,
    once: ['credential'],
  },
} as const satisfies Readonly<Record<string, Route>>
