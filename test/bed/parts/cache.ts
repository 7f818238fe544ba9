// Finished parts are kept by the hash of what they are made from, so nothing is built twice and nothing stale is used.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { cacheRoot } from '../settings.ts'

export interface Part {
  readonly name: string
  /** Folders whose whole content goes into the hash. */
  readonly inputs: readonly string[]
  /** Whatever else decides the result: packages, tags, stamps. Goes into the hash as JSON. */
  readonly recipe: unknown
  /** Makes the part in an empty folder. */
  readonly build: (folder: string, signal: AbortSignal) => Promise<void>
}

/** `<cache>/<part>-<first 16 digits of the hash>` */
export async function folderOf(part: Part): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(part.recipe))
  for (const folder of part.inputs) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    for (const file of files.toSorted()) {
      hash.update(`\0${relative(folder, file)}\0`).update(await readFile(file))
    }
  }
  return join(cacheRoot(), `${part.name}-${hash.digest('hex').slice(0, 16)}`)
}

export function isBuilt(folder: string): boolean {
  return existsSync(folder)
}

/** Builds beside the final place and renames, so that a build that was cut short is never taken for a finished one. */
export async function buildInto(folder: string, part: Part, signal: AbortSignal): Promise<void> {
  const unfinished = `${folder}.unfinished-${process.pid}`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  try {
    await part.build(unfinished, signal)
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!isBuilt(folder)) throw error // somebody else finished the same part meanwhile: theirs is as good
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}
