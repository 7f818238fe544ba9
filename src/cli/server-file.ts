/** `DIR/server.json`: where the server of a data folder listens while it runs. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord } from '../lib/json.ts'

export interface Running {
  readonly url: string
  readonly pid: number
  /** The file of the certificate that it shows, so that whoever has the data folder trusts it. */
  readonly certificate?: string
}

const fileOf = (data: string): string => join(data, 'server.json')

/** Written whole or not at all: another command may be reading. */
export async function writeServerFile(data: string, running: Running): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 })
  const half = `${fileOf(data)}.${running.pid}`
  await writeFile(half, `${JSON.stringify(running)}\n`, { mode: 0o600 })
  await rename(half, fileOf(data))
}

/** Leaves the file of another server alone. */
export async function removeServerFile(data: string, pid: number): Promise<void> {
  if ((await readServerFile(data))?.pid === pid) await rm(fileOf(data), { force: true })
}

/** A server that was killed leaves its file behind, so the process must still be there too. */
export async function runningServer(data: string): Promise<Running | undefined> {
  const found = await readServerFile(data)
  return found !== undefined && isAlive(found.pid) ? found : undefined
}

async function readServerFile(data: string): Promise<Running | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(fileOf(data), 'utf8'))
    if (!isRecord(found)) return undefined
    const { url, pid, certificate } = found
    if (typeof url !== 'string' || typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return undefined
    return { url, pid, ...(typeof certificate === 'string' ? { certificate } : {}) }
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}
