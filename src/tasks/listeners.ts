/** Who wants to know, in this process, that a task changed. */

export interface Listeners {
  readonly watch: (listener: (task: string) => void) => () => void
  readonly tell: (task: string) => void
}

export function taskListeners(): Listeners {
  const all = new Set<(task: string) => void>()
  return {
    watch: (listener) => {
      // Wrapped: the same function given twice is two listeners, each stopped on its own.
      const own = (task: string): void => listener(task)
      all.add(own)
      return () => void all.delete(own)
    },
    tell: (task) => {
      for (const listener of all) listener(task)
    },
  }
}
