/** What the command line gets from the machine it runs on; tests hand in another one. */

import { createInterface } from 'node:readline/promises'
import { addAbortSignal, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { environment } from '../config.ts'
import type { Config } from '../config.ts'
import type { Fetch } from '../client/transport.ts'
import type { HandOut } from '../contract/hand-out.ts'
import { systemClock } from '../lib/clock.ts'
import type { Clock } from '../lib/clock.ts'
import type { Stream } from './print.ts'

/** A server in this very process. */
export interface OpenServer {
  /** Where it listens; absent when it was not asked to. */
  readonly url: string | undefined
  /** Where it says how it is; absent when it was not asked to. */
  readonly healthUrl: string | undefined
  /** Asks it without a network. */
  readonly fetch: Fetch
  readonly credentials: HandOut
  /** Without a log-in, for whoever has the folder. `user`: name or id. Throws not-found, invalid. */
  setLostPassword(user: string, password: string): Promise<{ readonly id: string; readonly name: string }>
  close(): Promise<void>
}

export interface World {
  readonly out: Stream
  readonly err: Stream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly fetch: Fetch
  readonly openServer: (config: Config) => Promise<OpenServer>
  /** Aborted by ctrl-c and by a polite request to end. */
  readonly interrupted: AbortSignal
  /** True for yes. Undefined when there is nobody to ask. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<boolean | undefined>
  /** What is typed is not shown. Undefined when there is nobody to ask. */
  readonly askSecret: (question: string, signal: AbortSignal) => Promise<string | undefined>
  /** All of standard input. */
  readonly readInput: (signal: AbortSignal) => Promise<string>
  /** From now on `fetch` trusts these beside the usual ones; PEM, one a text. */
  readonly trust: (certificates: readonly string[]) => void
  readonly pid: number
}

/** `end` gives up the signals again, so that nothing of it keeps the process. */
export function thisMachine(): { readonly world: World; readonly end: () => void } {
  const interruption = new AbortController()
  const stop = (): void => {
    // Somebody who asks twice does not want to wait for a clean end.
    if (interruption.signal.aborted) process.exit(130)
    interruption.abort()
  }
  // A reader that has seen enough, such as `head`, ends the command as ctrl-c does.
  const readerLeft = (thrown: NodeJS.ErrnoException): void => {
    if (thrown.code !== 'EPIPE') throw thrown
    interruption.abort()
  }
  process.stdout.on('error', readerLeft)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  return {
    world: {
      out: process.stdout,
      err: process.stderr,
      environment: environment(),
      clock: systemClock(),
      fetch,
      openServer: async (config) => (await import('../main.ts')).openServer(config),
      interrupted: interruption.signal,
      ask,
      askSecret,
      readInput: (signal) => text(addAbortSignal(signal, process.stdin)),
      trust: (certificates) => setDefaultCACertificates([...getCACertificates('default'), ...certificates]),
      pid: process.pid,
    },
    end: () => {
      // The listener for readers stays: the failure of a last write comes after the end.
      for (const signal of signals) process.off(signal, stop)
      // A call that hears no signal must not keep a process that was told to end: it is left behind.
      setTimeout(() => process.exit(), 1000).unref()
    },
  }
}

async function ask(question: string, signal: AbortSignal): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined
  const reader = createInterface({ input: process.stdin, output: process.stdout })
  // The terminal is in raw mode while it is read, so ctrl-c comes here and not as a signal.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `, { signal })).trim())
  } finally {
    reader.close()
  }
}

async function askSecret(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  // On standard error, so that a result that goes into a file holds nothing but the result.
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const left = new AbortController()
  // Ctrl-d: nobody answers any more.
  reader.on('close', () => left.abort())
  try {
    return await reader.question('', { signal: AbortSignal.any([signal, left.signal]) })
  } catch (thrown) {
    if (signal.aborted || !left.signal.aborted) throw thrown
    return ''
  } finally {
    reader.close()
    process.stderr.write('\n')
  }
}
