/** One line of the diary, as it is stored: written before acting, never one per wait. */

import { describeAction, type Action } from './actions.ts'
import { few } from './facts/few.ts'
import type { Step } from './record.ts'

export interface NoteBody {
  /** `command` for what a caller asked, else the verdict. */
  readonly kind: 'command' | 'done' | 'act' | 'wait' | 'hold' | 'fail'
  readonly step: Step
  /** Absent for commands. */
  readonly stage?: string
  readonly code: string
  readonly text: string
  /** What is done next, one line each; of a long list the first ones and how many more. */
  readonly actions?: readonly string[]
}

const mostLines = 50

export function actionLines(actions: readonly Action[]): readonly string[] {
  return few(actions.map(describeAction), mostLines)
}
