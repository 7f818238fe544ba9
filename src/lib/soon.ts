/**
 * What is often there at once, because it was remembered: then nobody waits for it. Awaiting a value that is there costs
 * more than all else that happens to it on its way to an answer. Whoever does not mind awaits it as any promise.
 *
 * A refusal is thrown or comes as a rejection: `await` and `rescued` take both.
 */
export type Soon<T> = T | Promise<T>

/** `return use(await soon)`. */
export function whenThere<T, U>(soon: Soon<T>, use: (value: T) => Soon<U>): Soon<U> {
  return soon instanceof Promise ? soon.then(use) : use(soon)
}

/** `try { return await work() } catch (thrown) { return failed(thrown) }`. */
export function rescued<T>(work: () => Soon<T>, failed: (thrown: unknown) => Soon<T>): Soon<T> {
  try {
    const soon = work()
    return soon instanceof Promise ? soon.catch(failed) : soon
  } catch (thrown) {
    return failed(thrown)
  }
}
