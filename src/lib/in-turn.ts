/** For rules that look at several stores before one is written: what is about one thing goes one after the other. */

export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>

/** Work waits for the work of the same key that was asked for before it, and is done whether that succeeded or not. Of this process alone. */
export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const done = (last.get(key) ?? Promise.resolve()).then(work, work)
    const quiet = done.then(
      () => undefined,
      () => undefined,
    )
    last.set(key, quiet)
    void quiet.then(() => {
      if (last.get(key) === quiet) last.delete(key)
    })
    return done
  }
}
