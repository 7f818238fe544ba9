// The bed's main process, inside its private namespace. Argument: one JSON document, see InsideTask.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startBed } from './bed.ts'
import { readyFile } from './inside-task.ts'
import type { InsideTask } from './inside-task.ts'
import { installPair, pairs } from './pairs.ts'
import { say } from './say.ts'
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

const task = JSON.parse(process.argv[2] ?? '') as InsideTask
try {
  if (task.do === 'stay') await stay(task)
} catch (error) {
  say(`bed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
// Programs of the bed may still hold this process open; nothing of it is needed any more.
process.exit()
