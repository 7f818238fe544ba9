// The main process inside one bed's namespace: installs the pair, measures one thing, writes it down. Argument: one JSON
// document, see InsideTask.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startBed } from '../test/bed/bed.ts'
import { installPair } from '../test/bed/install-pair.ts'
import { pairs } from '../test/bed/pairs.ts'
import { claimInjectedBy } from '../test/bed/stories/moved.ts'
import type { Stage } from '../test/bed/story.ts'
import { newRevision, walkCriticalPath } from './critical-path.ts'
import { measuredFile } from './inside-task.ts'
import type { InsideTask } from './inside-task.ts'
import { measureUpgrade } from './upgrade.ts'

const within = 300_000

async function measure({ installed, folder, pair: name, measure: what }: InsideTask): Promise<void> {
  const pair = pairs[name]
  const bed = await startBed(installed, folder, AbortSignal.timeout(within))
  await installPair(bed, pair)
  const figures = what === 'upgrade' ? await measureUpgrade(bed, pair) : await walkCriticalPath(bed, pair)
  // A quick way to another end would be no comparison.
  const claim: Stage['claim'] = (holds, claimed, detail) => {
    if (!holds) throw new Error(`it is not so that ${claimed}: ${JSON.stringify(detail)}`)
  }
  const claimNone: Stage['claimNone'] = (found, claimed) => claim(found.length === 0, claimed, found)
  await claimInjectedBy(
    { bed, as: 'administrator', note: () => {}, claim, claimNone },
    pair,
    newRevision,
    pair.to.version,
  )
  await writeFile(join(folder, measuredFile), JSON.stringify(figures))
}

try {
  await measure(JSON.parse(process.argv[2] ?? '') as InsideTask)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
// Programs of the bed may still hold this process open; nothing of it is needed any more.
process.exit()
