// One fresh bed for one measurement. Beds of others on the same machine would be measured as well, so it waits for their
// end before, and measures again when one was started meanwhile.
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { enterNamespace } from '../test/bed/control/namespace.ts'
import { scratchRoot } from '../test/bed/settings.ts'
import { until } from '../test/bed/time.ts'
import { measuredFile } from './inside-task.ts'
import type { CriticalPathFigures, InsideTask, UpgradeFigures } from './inside-task.ts'

const inside = fileURLToPath(new URL('inside.ts', import.meta.url))
const othersWithin = 1_200_000
const tries = 4

export interface Measured<T> {
  readonly figures: T
  /** Mean number of runnable processes in the minute before the bed started. */
  readonly load: number
}

export type What = Omit<InsideTask, 'folder'>

export async function measureInBed(
  what: What & { readonly measure: 'upgrade' },
  signal: AbortSignal,
): Promise<Measured<UpgradeFigures>>
export async function measureInBed(
  what: What & { readonly measure: 'critical-path' },
  signal: AbortSignal,
): Promise<Measured<CriticalPathFigures>>
export async function measureInBed(what: What, signal: AbortSignal): Promise<Measured<unknown>> {
  for (let tried = 1; tried <= tries; tried += 1) {
    await until({ what: 'no other bed', within: othersWithin, every: 2000, signal }, async () =>
      (await othersRun('')) ? undefined : true,
    )
    const measured = await measureOnce(what, signal)
    if (measured !== 'disturbed') return measured
    process.stderr.write('another bed was started meanwhile: measured again\n')
  }
  throw new Error(`other beds came in between ${tries} times`)
}

async function measureOnce(what: What, signal: AbortSignal): Promise<Measured<unknown> | 'disturbed'> {
  const folder = await mkdtemp(join(scratchRoot(), 'meshlift-bench-'))
  const load = loadavg()[0] ?? 0
  const running = await enterNamespace(inside, [JSON.stringify({ ...what, folder } satisfies InsideTask)], signal)
  const over = new AbortController()
  const disturbed = disturbance(folder, over.signal)
  try {
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([running.ended, stopped])
    over.abort()
    if (await disturbed) return 'disturbed'
    const file = join(folder, measuredFile)
    if (!existsSync(file)) throw new Error(`${what.measure} of pair ${what.pair} could not be measured`)
    return { load, figures: JSON.parse(await readFile(file, 'utf8')) as unknown }
  } finally {
    over.abort()
    await running.end()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether another bed ran at any time before `over`. */
async function disturbance(folder: string, over: AbortSignal): Promise<boolean> {
  while (!over.aborted) {
    if (await othersRun(folder)) return true
    await delay(2000, undefined, { signal: over }).catch(() => {}) // aborted: the loop sees it
  }
  return false
}

const programsOfBeds = ['test/bed/run.ts', 'test/bed/up.ts', 'test/bed/inside.ts', 'bench/inside.ts']

/** Between two stories there is no bed for a moment, so their runner counts too. */
async function othersRun(folder: string): Promise<boolean> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') // it may have ended since
    const words = command.split('\0')
    if (!words.some((word) => programsOfBeds.some((program) => word.endsWith(program)))) continue
    if (folder === '' || !command.includes(folder)) return true
  }
  return false
}
