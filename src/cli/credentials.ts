/** Who logs in: settings first, `DIR/admin.json` for what they leave open. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import type { Config } from '../config.ts'
import { HandOut } from '../contract/hand-out.ts'
import { Problem } from '../lib/problem.ts'

/** Throws unauthenticated (`cli/no-credentials`) that says what is missing; invalid (`cli/hand-out-unreadable`). */
export async function credentialsFrom(
  config: Pick<Config, 'data' | 'user' | 'password' | 'domain' | 'project'>,
): Promise<HandOut> {
  const { data, user, password, domain, project } = config
  const file = data === undefined ? undefined : join(data, 'admin.json')
  const handed = file === undefined ? undefined : await handOutIn(file)
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
    throw new Problem({
      kind: 'unauthenticated',
      code: 'cli/no-credentials',
      text: `Not logged in: set ${missing.join(', ')}, or ${file === undefined ? 'name the data folder of the server with --data DIR' : `put ${file} back`}.`,
    })
  return { user: name, password: secret, domain: of, projectId, projectName: handed?.projectName ?? projectId }
}

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
