/** The one administrator, made at the first start and handed out as a file that only its owner can read. */

import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Value } from 'typebox/value'
import { HandOut } from '../contract/hand-out.ts'
import { Problem } from '../lib/problem.ts'
import { hashPassword } from './password.ts'
import type { AccessStore } from './store.ts'

const newAdministrator = (): HandOut => ({
  user: 'admin',
  password: randomBytes(24).toString('base64url'),
  domain: 'meshlift',
  projectName: 'default',
  projectId: hexId(),
})

/** Makes the account; the password itself is not kept. */
export async function admit(store: AccessStore, handOut: HandOut): Promise<void> {
  await store.addAccount({
    id: hexId(),
    name: handOut.user,
    passwordHash: await hashPassword(handOut.password),
    domain: { id: hexId(), name: handOut.domain },
    project: { id: handOut.projectId, name: handOut.projectName },
  })
}

/**
 * Does nothing when the store has an account, whatever became of the file: its owner may have put it away.
 *
 * The file is written first. Killed between the two, or with a database that was lost, the next start finds a file
 * without an account and takes it over, so that what was handed out goes on opening the door.
 *
 * Throws invalid (`access/hand-out-unreadable`) when the file is there and is not one of ours.
 */
export async function admitAtFirstStart(store: AccessStore, file: string): Promise<void> {
  if (!(await store.isEmpty())) return
  await admit(store, (await handedOut(file)) ?? (await handOut(file)))
}

/** Undefined once its owner has put it away. Throws as above. */
export async function handedOut(file: string): Promise<HandOut | undefined> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    if (isAbsent(thrown)) return undefined
    throw unreadable(file, thrown)
  })
  if (text === undefined) return undefined
  const found = parse(text)
  if (!Value.Check(HandOut, found)) throw unreadable(file)
  await chmod(file, 0o600)
  return found
}

async function handOut(file: string): Promise<HandOut> {
  const made = newAdministrator()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(made, undefined, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return made
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// The cause of a JSON error quotes the text, and the text holds a password: it is left out.
const unreadable = (file: string, cause?: unknown): Problem =>
  new Problem({
    kind: 'invalid',
    code: 'access/hand-out-unreadable',
    text: `${file} is not an administrator's file; move it away and start again to get a new one.`,
    ...(cause === undefined ? {} : { cause }),
  })

const isAbsent = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'

const hexId = (): string => randomBytes(16).toString('hex')
