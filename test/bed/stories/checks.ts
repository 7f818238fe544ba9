// (g) Every check, each with what it has to find planted once; and a quiet mesh, about which none has anything to say.
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { relayToApiServer } from '../look/wire.ts'
import { pairs } from '../pairs.ts'
import { runChecks } from '../program/checks.ts'
import type { Finding, Report } from '../program/checks.ts'
import { adopt } from '../program/mesh.ts'
import type { Stage, Story } from '../story.ts'
import { seconds, stopwatch } from '../time.ts'
import { plants } from './plants.ts'
import type { Ground, Plant } from './plants.ts'
import { setTimeout as delay } from 'node:timers/promises'

const pair = pairs.R

/** What is planted reaches the program by its watches, and what hangs on it by the cluster's controllers. */
const patience = 20_000

export const checksStory: Story = {
  name: 'checks',
  shows: 'a quiet mesh gives no finding; each check finds what it is for, by name, and nothing but that',
  pair: pair.name,
  within: 420_000,
  async tell(stage) {
    const { bed, claim, claimNone } = stage
    const wire = await relayToApiServer()
    const charts = join(bed.folder, 'charts')
    await cp(bed.installed.charts, charts, { recursive: true, dereference: true })
    const adopted = await adopt(stage, pair, { server: wire.server, charts })
    const ground: Ground = { bed, pair, adopted, wire, charts }

    const quiet = await runChecks(adopted, adopted.meshName, pair.to.version)
    claimNone(quiet.findings.map(inWords), 'a quiet mesh gives no finding')
    const planted = new Set(plants.map(({ check }) => check))
    const unplanted = quiet.checks.filter(({ id }) => !planted.has(id)).map(({ id, title }) => `${id}: ${title}`)
    claimNone(unplanted, `all ${quiet.checks.length} checks have something planted`)
    for (const plant of plants)
      await claimFound(stage, ground, plant).catch((error: unknown) => {
        bed.signal.throwIfAborted()
        claim(false, `${plant.check} finds: ${plant.what}`, error instanceof Error ? error.message : String(error))
      })
    await wire.close()
  },
}

/** Each look is also the proof that what was planted before is forgotten. */
async function claimFound({ bed, claim }: Stage, ground: Ground, plant: Plant): Promise<void> {
  const { check, also = [], what, names, weight } = plant
  const undo = await plant.plant(ground)
  const wanted = [check, ...also].toSorted().join(' ')
  const elapsed = stopwatch()
  let report: Report
  do {
    report = await runChecks(ground.adopted, plant.mesh ?? ground.adopted.meshName, plant.target ?? pair.to.version)
    if (idsIn(report) === wanted) break
    await delay(200, undefined, { signal: bed.signal })
  } while (elapsed() < patience)
  const own = report.findings.filter((finding) => finding.check === check)
  claim(idsIn(report) === wanted, `${check} finds: ${what} (${seconds(elapsed())})`, report.findings.map(inWords))
  claim(
    own.length > 0 && own.every((finding) => finding.weight === weight) && own.map(inWords).join().includes(names),
    `and ${weight}, naming ${names}`,
    own.map(inWords),
  )
  await undo()
}

const idsIn = ({ findings }: Report): string => [...new Set(findings.map(({ check }) => check))].toSorted().join(' ')

const inWords = ({ check, weight, about, text }: Finding): string => `${check} ${weight} ${about}: ${text}`
