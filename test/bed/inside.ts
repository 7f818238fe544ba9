// The bed's main process, inside its private namespace. Argument: one JSON document, see InsideTask.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startBed } from './bed.ts'
import { readyFile, toldFile } from './inside-task.ts'
import type { InsideTask } from './inside-task.ts'
import { installPair } from './install-pair.ts'
import { pairs } from './pairs.ts'
import { say } from './say.ts'
import { stories } from './stories/all.ts'
import { tell } from './story.ts'
import type { Told } from './story.ts'
import { seconds, stopwatch } from './time.ts'

async function stay(task: InsideTask & { readonly do: 'stay' }): Promise<void> {
  const elapsed = stopwatch()
  const bed = await startBed(task.installed, task.folder, new AbortController().signal)
  say(`bed: control plane ready after ${seconds(elapsed())}`)
  if (task.pair !== undefined) {
    await installPair(bed, pairs[task.pair])
    say(`bed: pair ${task.pair} (${pairs[task.pair].about}) ready after ${seconds(elapsed())}`)
  }
  await writeFile(join(task.folder, readyFile), '')
  await new Promise<never>((_resolve, reject) => {
    bed.signal.addEventListener('abort', () => reject(bed.signal.reason))
  })
}

async function tellOne(task: InsideTask & { readonly do: 'tell' }): Promise<void> {
  const elapsed = stopwatch()
  const story = stories.find(({ name }) => name === task.story)
  if (story === undefined) throw new Error(`no story ${task.story}`)
  const keep = (told: Told): Promise<void> => writeFile(join(task.folder, toldFile), JSON.stringify(told))
  try {
    const bed = await startBed(task.installed, task.folder, AbortSignal.timeout(story.within))
    if (story.pair !== undefined) await installPair(bed, pairs[story.pair])
    say(`  bed${story.pair === undefined ? '' : ` and pair ${story.pair}`} ready after ${seconds(elapsed())}`)
    await keep(await tell(story, bed, task.as))
  } catch (error) {
    const failure = `the bed did not start: ${error instanceof Error ? error.message : String(error)}`
    say(`  ${failure}`)
    await keep({ story: story.name, failures: [failure], claims: 0, milliseconds: elapsed() })
  }
}

const task = JSON.parse(process.argv[2] ?? '') as InsideTask
try {
  if (task.do === 'stay') await stay(task)
  else await tellOne(task)
} catch (error) {
  say(`bed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
// Programs of the bed may still hold this process open; nothing of it is needed any more.
process.exit()
