/** The whole world as one text, and back. */

import { isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { WorldState } from './state.ts'

const format = 1

export function saveState(state: WorldState): string {
  return JSON.stringify({
    format,
    ...state,
    objects: [...state.objects].map(([name, shelf]) => [name, [...shelf]]),
    labelsBefore: [...state.labelsBefore],
    refusals: [...state.refusals],
  })
}

/** @throws Problem `invalid` when the text is no saved world of this format. */
export function loadState(text: string): WorldState {
  const saved = parsed(text)
  if (!isRecord(saved) || saved['format'] !== format)
    throw new Problem({
      kind: 'invalid',
      code: 'simulated/unreadable',
      text: 'The saved simulated mesh cannot be read; remove its file to begin with a new one.',
    })
  const {
    format: _,
    objects,
    labelsBefore,
    refusals,
    ...rest
  } = saved as unknown as Record<'format' | 'objects' | 'labelsBefore' | 'refusals', [string, never][]> &
    Omit<WorldState, 'objects' | 'labelsBefore' | 'refusals'>
  return {
    ...rest,
    objects: new Map(objects.map(([name, shelf]) => [name, new Map(shelf)])),
    labelsBefore: new Map(labelsBefore),
    refusals: new Map(refusals),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
