/** A machine for tests: what is printed is kept, nobody waits, and ctrl-c is a call. */

import type { Fetch } from '../../client/transport.ts'
import type { Clock } from '../../lib/clock.ts'
import { runCommand } from '../main.ts'
import type { Stream } from '../print.ts'
import type { World } from '../world.ts'

export interface TestWorldOptions {
  readonly fetch: Fetch
  readonly environment?: Readonly<Record<string, string>>
  /** What a person answers; nobody is there when it is left out. */
  readonly answer?: boolean
  /** What a person types when asked for secrets, in order; nobody is there when it is left out. */
  readonly secrets?: readonly string[]
  /** What stands on standard input. */
  readonly input?: string
  /** A terminal of this size. */
  readonly terminal?: { readonly columns: number; readonly rows: number }
  readonly openServer?: World['openServer']
  /** One that nobody waits for when it is left out. */
  readonly clock?: Clock
  /** Called with each text on standard output. */
  readonly onOut?: (text: string, interrupt: () => void) => void
  /** Called before each wait, with its number from 1. */
  readonly beforeWait?: (wait: number, interrupt: () => void) => void
}

export interface Outcome {
  readonly exitCode: number
  readonly out: string
  readonly err: string
  readonly questions: readonly string[]
  /** Certificates that were trusted, in order. */
  readonly trusted: readonly string[]
}

export async function run(argv: readonly string[], options: TestWorldOptions): Promise<Outcome> {
  const interruption = new AbortController()
  const printed = { out: '', err: '' }
  const questions: string[] = []
  const trusted: string[] = []
  const secrets = options.secrets?.values()
  const stream = (name: 'out' | 'err'): Stream => ({
    write: (text) => {
      printed[name] += text
      if (name === 'out') options.onOut?.(text, () => interruption.abort())
    },
    isTTY: options.terminal !== undefined,
    ...options.terminal,
  })
  let [now, waits] = [0, 0]
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      options.beforeWait?.(++waits, () => interruption.abort())
      if (waits > 1000) throw new Error('Waited a thousand times.')
      now += ms
    },
  }
  const world: World = {
    out: stream('out'),
    err: stream('err'),
    environment: options.environment ?? {},
    clock: options.clock ?? clock,
    fetch: options.fetch,
    openServer: options.openServer ?? (() => Promise.reject(new Error('No server is started in this test.'))),
    interrupted: interruption.signal,
    ask: async (question) => {
      questions.push(question)
      return options.answer
    },
    askSecret: async (question) => {
      if (secrets === undefined) return undefined
      questions.push(question)
      return secrets.next().value ?? ''
    },
    readInput: async () => options.input ?? '',
    trust: (certificates) => void trusted.push(...certificates),
    pid: process.pid,
  }
  const exitCode = await runCommand(argv, world)
  return { exitCode, ...printed, questions, trusted }
}
