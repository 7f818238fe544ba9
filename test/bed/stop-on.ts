// Ctrl-c and its cousins as an AbortSignal, so that a bed is always taken down before the program ends.

export function stopOn(...signals: readonly NodeJS.Signals[]): AbortSignal {
  const stop = new AbortController()
  for (const name of signals) process.once(name, () => stop.abort(new Error(`stopped by ${name}`)))
  return stop.signal
}
