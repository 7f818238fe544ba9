/** Waiting for something to happen to one task. */

import type { TaskDesk } from './store.ts'

export interface News {
  /** How often it was told of so far: read before looking, so that nothing that happens during the look is missed. */
  heard(): number
  /** Answers as soon as more was heard than that, or the signal is aborted. One wait at a time. */
  since(heard: number, signal: AbortSignal): Promise<void>
  stop(): void
}

export function newsOf(desk: Pick<TaskDesk, 'watch'>, task: string): News {
  let count = 0
  let ring = (): void => undefined
  const stop = desk.watch((changed) => {
    if (changed !== task) return
    count += 1
    ring()
  })
  return {
    heard: () => count,
    since: (heard, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          signal.removeEventListener('abort', done)
          ring = () => undefined
          resolve()
        }
        if (count > heard || signal.aborted) return done()
        signal.addEventListener('abort', done)
        ring = done
      }),
    stop,
  }
}
