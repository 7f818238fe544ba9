/** A world in a file: loaded when it is there, written after each write of the program, whole or not at all. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { World, WorldOptions } from './world.ts'
import { loadWorld, makeWorld } from './world.ts'

/**
 * What happens by itself is not written: it happens again, the same, from what was saved.
 * @param file its folder must be there; `<file>.new` beside it is used while writing
 */
export function keptWorld(file: string, options: WorldOptions): World {
  const world = existsSync(file) ? loadWorld(readFileSync(file, 'utf8'), options.clock) : makeWorld(options)
  const write = (): void => {
    writeFileSync(`${file}.new`, world.save(), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  write()
  world.watch(write)
  return world
}
