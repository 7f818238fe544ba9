// `npm run test:bed -- [--only NAME[,NAME]] [--as administrator|least] [--keep]`: tells the stories, each on a fresh bed, and
// ends with `N passed, N failed[, N skipped]`. --only also takes the beginning of names. --as: each story once and as this
// one; without it all as `least`, and some once more as the administrator. --keep keeps the folder of a failed story.
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import type { Installed } from './build.ts'
import { enterNamespace } from './control/namespace.ts'
import { toldFile } from './inside-task.ts'
import type { InsideTask } from './inside-task.ts'
import { say } from './say.ts'
import { bedFolder, inCi, scratchRoot } from './settings.ts'
import { stopOn } from './stop-on.ts'
import { stories } from './stories/all.ts'
import { everyone } from './story.ts'
import type { Story, Told, Who } from './story.ts'
import { seconds, stopwatch } from './time.ts'

interface Options {
  readonly as: Who
  readonly keep: boolean
  readonly stop: AbortSignal
}

/** One story in a bed of its own. Whatever happens in there, the bed is gone afterwards. */
async function tellInBed(story: Story, installed: Installed, { as, keep, stop }: Options): Promise<readonly string[]> {
  const folder = await mkdtemp(join(scratchRoot(), 'meshlift-bed-'))
  const task: InsideTask = { installed, folder, do: 'tell', story: story.name, as: story.as ?? as }
  const inside = await enterNamespace(join(bedFolder, 'inside.ts'), [JSON.stringify(task)], stop)
  const stopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))
  // The story keeps its own time; this is for the case that it cannot.
  const late = new Promise<void>((resolve) => setTimeout(resolve, story.within + 15_000).unref())
  await Promise.race([inside.ended, stopped, late])
  await inside.end()
  const failures = await failuresIn(folder)
  const left = await leftBehind(folder)
  const all = [...failures, ...left.map((process) => `left behind: ${process}`)]
  if (all.length > 0 && keep) say(`  kept ${folder}`)
  else await rm(folder, { recursive: true, force: true })
  return all
}

async function failuresIn(folder: string): Promise<readonly string[]> {
  const file = join(folder, toldFile)
  if (!existsSync(file)) return ['the bed ended before the story did']
  const told = JSON.parse(await readFile(file, 'utf8')) as Told
  return told.failures
}

/** Processes that still name the bed's folder: there must be none. */
async function leftBehind(folder: string): Promise<readonly string[]> {
  const left: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') // it may have ended since
    if (command.includes(folder)) left.push(`${pid} ${command.replaceAll('\0', ' ').slice(0, 100)}`)
  }
  return left
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, as: { type: 'string' }, keep: { type: 'boolean' } },
  })
  const as = everyone.find((who) => who === values.as)
  if (values.as !== undefined && as === undefined) {
    say(`--as ${values.as}: there is ${everyone.join(', ')}`)
    return 2
  }
  const wanted = values.only?.split(',') ?? ['']
  const told = stories.filter((story) => as === undefined || story.as === undefined)
  const chosen = told.filter(({ name }) => wanted.some((start) => name.startsWith(start)))
  if (chosen.length === 0) {
    say(`--only ${values.only}: there is ${told.map(({ name }) => name).join(', ')}`)
    return 2
  }
  const options: Options = {
    as: as ?? 'least',
    keep: values.keep === true,
    stop: stopOn('SIGINT', 'SIGTERM', 'SIGHUP'),
  }
  const installed = await build(options.stop)
  if (typeof installed === 'string') {
    say(installed)
    say(inCi() ? '0 passed, 1 failed' : '0 passed, 0 failed, 1 skipped')
    return inCi() ? 1 : 0
  }
  const failed: string[] = []
  let passed = 0
  for (const story of chosen) {
    if (options.stop.aborted) break
    const elapsed = stopwatch()
    say(`\n${story.name}: ${story.shows}`)
    const failures = await tellInBed(story, installed, options)
    say(`${failures.length === 0 ? 'passed' : 'FAILED'} ${story.name} in ${seconds(elapsed())}`)
    if (failures.length === 0) passed += 1
    else failed.push(...failures.map((line) => `${story.name}: ${line}`))
  }
  if (failed.length > 0) say(`\n${failed.join('\n')}`)
  const untold = chosen.length - passed - new Set(failed.map((line) => line.split(':')[0])).size
  say(`\n${passed} passed, ${chosen.length - passed - untold} failed${untold > 0 ? `, ${untold} skipped` : ''}`)
  return failed.length > 0 || options.stop.aborted ? 1 : 0
}

process.exitCode = await main()
