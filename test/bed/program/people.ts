// Who drives an upgrade when it is not the administrator: a user that can do that and no more, made as a person would make it.
import type { Bed } from '../bed.ts'
import { withKey } from './client.ts'
import type { Client } from './client.ts'
import type { Program } from './serve.ts'
import type { AccessKey } from './signing.ts'
import { typed } from './typed.ts'

/** Has no password. */
export const upgrader = 'pipeline'

/** Documented actions alone: reading an upgrade needs the action of writing one, which covers our own routes about it too. */
const leastPolicy = {
  Version: '5.0',
  Statement: [
    {
      Sid: 'Upgrades',
      Effect: 'Allow',
      Action: ['asm:mesh:create', 'asm:mesh:get', 'asm:mesh:upgrade', 'asm:mesh:getUpgradeJob'],
      Resource: ['asm:*:*:mesh:*'],
    },
  ],
}

export async function makeUpgrader(bed: Bed, program: Program): Promise<Client> {
  await typed(bed, program, ['user', 'add', upgrader])
  const made = await typed(bed, program, ['key', 'create', '--user', upgrader, '--output', 'json'])
  await typed(bed, program, ['policy', 'add', 'upgraders', '--file', '-'], JSON.stringify(leastPolicy))
  await typed(bed, program, ['policy', 'grant', 'upgraders', '--user', upgrader])
  return withKey(program.url, program.handOut().projectId, JSON.parse(made) as AccessKey, bed.signal)
}

interface Credential {
  readonly credential: { readonly access: string; readonly secret: string; readonly securitytoken: string }
}

/** Somebody who logged in, for a quarter of an hour without the token. */
export async function withTemporaryKey(bed: Bed, program: Program, loggedIn: Client): Promise<Client> {
  const body = { auth: { identity: { methods: ['token'], token: { duration_seconds: 900 } } } }
  const reply = await loggedIn.at<Credential>('POST', '/v3.0/OS-CREDENTIAL/securitytokens', body)
  if (reply.status !== 201) throw new Error(`a temporary key: ${reply.status} ${JSON.stringify(reply.body)}`)
  const { access, secret, securitytoken: securityToken } = reply.body.credential
  return withKey(program.url, program.handOut().projectId, { access, secret, securityToken }, bed.signal)
}
