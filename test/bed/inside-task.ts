// What the bed's main process is asked to do; passed as one JSON argument.
import type { Installed } from './build.ts'
import type { PairName } from './pairs.ts'
import type { Who } from './story.ts'

export type InsideTask = {
  readonly installed: Installed
  /** Folder of this bed; exists and is empty. */
  readonly folder: string
} & (
  | { readonly do: 'stay'; readonly pair?: PairName }
  | { readonly do: 'tell'; readonly story: string; readonly as: Who }
)

/** Appears in the bed's folder when it is ready to be used. */
export const readyFile = 'ready'

/** Appears in the bed's folder when its story is told: one `Told`. */
export const toldFile = 'told.json'
