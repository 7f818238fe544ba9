/** A signed write that comes twice is answered as before and done once. The port; drivers: memory, SQLite. */

/** The answer as it was sent. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Absent where it must not be kept (it shows a secret). */
  readonly body?: string
}

export interface Replays {
  /**
   * `new`: it was noted as begun and is to be done now. `answered`: this was the answer. `unknown`: it was begun and
   * the program ended before it was answered. `other-body`: the body was not signed, and it is another one.
   */
  begin(
    key: string,
    bodyHash: string,
    now: number,
  ): Promise<
    { readonly kind: 'new' | 'unknown' | 'other-body' } | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  >
  answered(key: string, answer: KeptAnswer): Promise<void>
  /** It was not done after all (the server was busy): it may come again. */
  forget(key: string): Promise<void>
}

/** A signature is good from 15 minutes before the moment that it names to 15 minutes after it; and one minute more. */
export const forgottenAfterMs = 31 * 60_000
