// What the bed takes from its surroundings; no other file of the bed reads the environment.
import { homedir, tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { dirname, join } from 'node:path'

/** This folder: test/bed of the checkout. */
export const bedFolder: string = dirname(fileURLToPath(import.meta.url))

/** The checkout itself. */
export const checkout: string = dirname(dirname(bedFolder))

/** Where finished parts are kept between runs. Outside the tree, so that no commit can pick them up. */
export function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'meshlift-bed')
}

/** Where a running bed keeps its state. Removed when the bed ends. */
export function scratchRoot(): string {
  return tmpdir()
}

/** In CI a bed that cannot run is a failure, elsewhere a skip. */
export function inCi(): boolean {
  return process.env['CI'] === 'true'
}

/** Our own environment with some entries changed, for programs that the bed starts. */
export function environment(changes: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes }
}

/** A bare environment: only what a program needs to find other programs, nothing of the caller's. */
export function bareEnvironment(entries: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', ...entries }
}
