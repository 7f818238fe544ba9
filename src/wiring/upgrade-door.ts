/** The heart as requests see it: commands go into the task, everything shown is a view of the record. */

import type { UpgradeDoor } from '../http/parts.ts'
import { upgradeLooking } from './upgrade-looking.ts'
import type { LookingParts } from './upgrade-looking.ts'
import { upgradeReading } from './upgrade-reading.ts'
import type { ReadingParts } from './upgrade-reading.ts'
import { upgradeSteering } from './upgrade-steering.ts'
import type { SteeringParts } from './upgrade-steering.ts'

export type UpgradeDoorParts = ReadingParts & SteeringParts & LookingParts

export const upgradeDoor = (parts: UpgradeDoorParts): UpgradeDoor => ({
  ...upgradeReading(parts),
  ...upgradeSteering(parts),
  ...upgradeLooking(parts),
})
