/** The file with the key that stored secrets are sealed with: made at the first start, and never again. */

import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Problem } from '../../lib/problem.ts'
import { sealWith } from './sealing.ts'
import type { Seal } from './sealing.ts'

const keyLength = 32

/**
 * 32 random bytes as base64 in one line, mode 0600.
 *
 * A file that others than owner and group can read or write is refused and not mended: it may have been read already.
 * The group is let in because a mounted secret of Kubernetes belongs to one (`fsGroup`, mode 0440).
 *
 * @param sealed what could not be read without the file, in words (`2 access keys`): with any, a missing file is refused
 *
 * Throws invalid: `access/key-file-missing`, `access/key-file-open`, `access/key-file-unreadable`.
 */
export async function openSeal(file: string, sealed: readonly string[] = []): Promise<Seal> {
  const text = await readIfThere(file)
  if (text !== undefined) return sealWith(keyIn(text, file))
  if (sealed.length > 0)
    throw refused(
      'access/key-file-missing',
      `${file} is missing, and without it nobody can read ${sealed.join(', ')}. Put it back from where it was kept, or name it with --key-file.`,
    )
  return sealWith(await makeKey(file))
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file)
    if ((mode & 0o007) !== 0)
      throw refused(
        'access/key-file-open',
        `${file} can be used by everybody on this machine. Nobody but its owner may: chmod 600 ${file}, and think of the secrets in this data folder as known if others were there.`,
      )
    return await readFile(file, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
    if (code === 'ENOENT') return undefined
    throw refused('access/key-file-unreadable', `${file} cannot be read (${code}).`, thrown)
  }
}

function keyIn(text: string, file: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === keyLength && /^[A-Za-z0-9+/]{43}=$/.test(text.trim())) return key
  throw refused(
    'access/key-file-unreadable',
    `${file} is not a key file of this program: it must hold 32 bytes as base64 in one line. It was left as it is.`,
  )
}

/** Whole or not there: killed while it was written, the next start must not find half a key. */
async function makeKey(file: string): Promise<Buffer> {
  const key = randomBytes(keyLength)
  const half = `${file}.${randomBytes(6).toString('hex')}.new`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const handle = await open(half, 'wx', 0o600)
    try {
      await handle.writeFile(`${key.toString('base64')}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // Unlike a rename it never replaces a key that somebody else has just made.
    await link(half, file)
    await syncFolder(dirname(file))
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
    throw refused('access/key-file-unreadable', `${file} cannot be made (${code}).`, thrown)
  } finally {
    await rm(half, { force: true }).catch(() => undefined)
  }
  return key
}

/** A name in a folder lasts once the folder is on disk: a key lost in a power cut would take with it what it sealed. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const refused = (code: string, text: string, cause?: unknown): Problem =>
  new Problem({ kind: 'invalid', code, text, ...(cause === undefined ? {} : { cause }) })
