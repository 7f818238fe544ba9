/** Who asks: an access key that is set, else who logs in; settings first, `DIR/admin.json` for what they leave open. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import type { SigningSession } from '../client/signed.ts'
import type { Config } from '../config.ts'
import { HandOut } from '../contract/hand-out.ts'
import { Problem } from '../lib/problem.ts'

type CredentialSettings = Pick<
  Config,
  'data' | 'user' | 'password' | 'domain' | 'project' | 'accessKey' | 'secretKey' | 'securityToken'
>

/**
 * Throws unauthenticated (`cli/no-credentials`) that says what is missing; invalid (`cli/hand-out-unreadable`).
 *
 * @param now the real time, in milliseconds
 */
export async function credentialsFrom(
  config: CredentialSettings,
  now: () => number,
): Promise<HandOut | SigningSession> {
  const { data, user, password, domain, project, accessKey } = config
  const file = data === undefined ? undefined : join(data, 'admin.json')
  // Who has a key of their own need not be able to read the administrator's file.
  if (accessKey !== undefined && project !== undefined) return keyFrom(config, accessKey, project, now)
  const handed = file === undefined ? undefined : await handOutIn(file)
  if (accessKey !== undefined) return keyFrom(config, accessKey, handed?.projectId, now)
  const found = {
    user: user ?? handed?.user,
    password: password ?? handed?.password,
    domain: domain ?? handed?.domain,
    projectId: project ?? handed?.projectId,
  }
  const missing = [
    found.user === undefined ? 'MESHLIFT_USER' : '',
    found.password === undefined ? 'MESHLIFT_PASSWORD' : '',
    found.domain === undefined ? 'MESHLIFT_DOMAIN' : '',
    found.projectId === undefined ? 'MESHLIFT_PROJECT' : '',
  ].filter(Boolean)
  const { user: name, password: secret, domain: of, projectId } = found
  if (name === undefined || secret === undefined || of === undefined || projectId === undefined)
    throw noCredentials(
      `set ${missing.join(', ')}, or ${file === undefined ? 'name the data folder of the server with --data DIR' : `put ${file} back`}`,
    )
  return { user: name, password: secret, domain: of, projectId, projectName: handed?.projectName ?? projectId }
}

function keyFrom(
  { secretKey, securityToken }: CredentialSettings,
  accessKey: string,
  projectId: string | undefined,
  now: () => number,
): SigningSession {
  if (secretKey === undefined || projectId === undefined) {
    const missing = [
      secretKey === undefined ? 'MESHLIFT_SECRET_KEY' : '',
      projectId === undefined ? 'MESHLIFT_PROJECT' : '',
    ]
    throw noCredentials(`MESHLIFT_ACCESS_KEY needs ${missing.filter(Boolean).join(' and ')} too`)
  }
  return { accessKey, secretKey, projectId, now, ...(securityToken === undefined ? {} : { securityToken }) }
}

const noCredentials = (remedy: string): Problem =>
  new Problem({ kind: 'unauthenticated', code: 'cli/no-credentials', text: `Not logged in: ${remedy}.` })

async function handOutIn(file: string): Promise<HandOut | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw unreadable(file)
  }
  // The message of a JSON error quotes the text, and the text holds a password.
  const found = parsed(text)
  if (!Value.Check(HandOut, found)) throw unreadable(file)
  return found
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unreadable = (file: string): Problem =>
  new Problem({
    kind: 'invalid',
    code: 'cli/hand-out-unreadable',
    text: `${file} cannot be read as the file of an administrator; is it yours, and whole?`,
  })
