/** What happens in a story, as its callers and the world do it. */

import { steps } from '../../src/upgrade/record.ts'
import type { UpgradeRecord } from '../../src/upgrade/record.ts'
import { target } from './meshes.ts'
import type { Story } from './story.ts'

export type Play = (story: Story) => Promise<UpgradeRecord>

/** Step by step, until one does not succeed. */
export const forward: Play = async (story) => {
  let record = await story.begin(target)
  for (const step of steps.slice(1)) if (record.standing === 'succeeded') record = await story.ask(step, 'Execute')
  return record
}

/** As far as this step, done. */
export const until = async (story: Story, last: UpgradeRecord['step']): Promise<UpgradeRecord> => {
  let record = await story.begin(target)
  for (const step of steps.slice(1, steps.indexOf(last) + 1)) {
    if (record.standing !== 'succeeded') break
    record = await story.ask(step, 'Execute')
  }
  if (record.step !== last || record.standing !== 'succeeded') throw new Error(`not so far\n${story.diary()}`)
  return record
}

/** Back while the second namespace is at work. */
export const backFromTheMiddle: Play = async (story) => {
  await until(story, 'ControlPlaneUpgrade')
  await story.order('DataPlaneUpgrade', 'Execute')
  await story.until(({ reason }) => /^(payments|search)\//.test(String(reason.facts['object'])))
  return story.ask('DataPlaneUpgrade', 'Rollback')
}

/** Back when everything is moved: tags, default, validator, labels. */
export const backFromTheEnd: Play = async (story) => {
  await until(story, 'DataPlaneUpgrade')
  return story.ask('DataPlaneUpgrade', 'Rollback')
}
