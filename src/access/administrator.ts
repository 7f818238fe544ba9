/** The first administrator, made with domain and project at the first start, and handed out as a file that only its owner can read. */

import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Value } from 'typebox/value'
import { HandOut } from '../contract/hand-out.ts'
import { Problem } from '../lib/problem.ts'
import type { DirectoryStore } from './directory/store.ts'
import { hashPassword } from './password.ts'
import { hexId } from './secrets/random.ts'

const newAdministrator = (): HandOut => ({
  user: 'admin',
  password: randomBytes(24).toString('base64url'),
  domain: 'meshlift',
  projectName: 'default',
  projectId: hexId(),
})

/** Begins the directory with what was handed out; the password itself is not kept. @param now milliseconds */
export async function admit(store: DirectoryStore, handOut: HandOut, now: number): Promise<void> {
  const administrator = {
    id: hexId(),
    name: handOut.user,
    passwordHash: await hashPassword(handOut.password),
    enabled: true,
    administrator: true,
    generation: 1,
    createdAt: now,
  }
  await store.write([
    { put: 'domain', row: { id: hexId(), name: handOut.domain } },
    { put: 'project', row: { id: handOut.projectId, name: handOut.projectName } },
    { put: 'user', row: administrator },
  ])
}

/**
 * Does nothing when the directory was begun, whatever became of the file: its owner may have put it away.
 *
 * The file is written first. Killed between the two, or with a database that was lost, the next start finds a file
 * without a directory and takes it over, so that what was handed out goes on opening the door.
 *
 * Throws invalid (`access/hand-out-unreadable`) when the file is there and is not one of ours.
 */
export async function admitAtFirstStart(store: DirectoryStore, file: string, now: number): Promise<void> {
  if ((await store.read()) !== undefined) return
  await admit(store, (await handedOut(file)) ?? (await handOut(file)), now)
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
