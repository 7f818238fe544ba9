/** One request to the API server, tried again where that is harmless; every failure is a Problem. */

import type { Clock } from '../../lib/clock.ts'
import { Problem } from '../../lib/problem.ts'
import {
  problemOfConnection,
  problemOfLogin,
  problemOfNonsense,
  problemOfReply,
  problemOfTimeout,
  stopped,
} from './errors.ts'
import type { Doing, FailedReply } from './errors.ts'
import type { Call, Http, Reply, Stream } from './http.ts'
import type { Access } from './kubeconfig.ts'

export interface Limits {
  /** For one answer to a read. */
  readonly readMs: number
  /** For one answer to a write; admission webhooks may take 30 s of it. */
  readonly writeMs: number
  /** The longest wait that a `Retry-After` is obeyed within one call; longer ones are left to the caller. */
  readonly longestRetryMs: number
}

export interface Calls {
  /** The body of a 2xx. @throws Problem */
  send(doing: Doing, call: Call, signal: AbortSignal): Promise<Reply>
  /** An opened stream with status 200. @throws Problem */
  open(doing: Doing, path: string, signal: AbortSignal): Promise<Stream>
}

const tries = 3

export function callsOver(http: Http, access: Access, clock: Clock, limits: Limits): Calls {
  async function once<T>(
    doing: Doing,
    ms: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (signal.aborted) throw stopped()
    const limited = AbortSignal.any([signal, AbortSignal.timeout(ms)])
    try {
      return await work(limited)
    } catch (thrown) {
      if (signal.aborted) throw stopped()
      if (limited.aborted) throw problemOfTimeout(doing, ms)
      if (thrown instanceof Problem) throw thrown
      throw problemOfConnection(doing, thrown)
    }
  }

  async function refused(doing: Doing, reply: FailedReply): Promise<Problem> {
    if (reply.status !== 401) return problemOfReply(doing, reply)
    access.forget()
    return problemOfLogin(doing, http.certificateExpired())
  }

  return {
    async send(doing, call, signal) {
      const ms = call.method === 'GET' ? limits.readMs : limits.writeMs
      for (let tried = 1; ; tried++) {
        let problem: Problem
        let again: number | undefined
        try {
          const reply = await once(doing, ms, signal, (limited) => http.call(call, limited))
          if (reply.status >= 200 && reply.status < 300) {
            if (!reply.isJson) throw problemOfNonsense(doing)
            return reply
          }
          problem = await refused(doing, reply)
          again = waitBefore(call, reply, tried)
        } catch (thrown) {
          if (!(thrown instanceof Problem)) throw thrown
          problem = thrown
          // Nothing is known about what a broken write did; a read may simply be asked again (a kept connection was closed under it).
          again =
            call.method === 'GET' && problem.code === 'kubernetes/unreachable' && isBroken(problem)
              ? 100 * tried
              : undefined
        }
        if (again === undefined || again > limits.longestRetryMs || tried >= tries) throw problem
        await clock.sleep(again, signal)
      }
    },

    async open(doing, path, signal) {
      // The limit is for the headers alone: a watch is meant to last.
      const headers = new AbortController()
      const stream = await once(doing, limits.readMs, signal, (limited) => {
        const stop = (): void => headers.abort()
        limited.addEventListener('abort', stop, { once: true })
        return http
          .open(path, AbortSignal.any([signal, headers.signal]))
          .finally(() => limited.removeEventListener('abort', stop))
      })
      if (stream.status === 200) return stream
      stream.incoming.destroy()
      throw await refused(doing, { status: stream.status, body: undefined, retryAfterMs: stream.retryAfterMs })
    },
  }
}

/** Milliseconds until the same request may be sent again; undefined: not at all. */
function waitBefore(call: Call, reply: FailedReply, tried: number): number | undefined {
  if (reply.status === 429) return reply.retryAfterMs ?? 500 * tried // refused before anything was done
  if (reply.status === 401) return tried === 1 ? 0 : undefined // logged in anew, once
  if (call.method === 'GET' && reply.status >= 500) return reply.retryAfterMs ?? 200 * tried
  return undefined
}

/** The connection ended under the request or in the middle of the answer (also seen as a compressed answer without its end). */
function isBroken({ facts }: Problem): boolean {
  return ['ECONNRESET', 'EPIPE', 'Z_BUF_ERROR', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(facts['error']))
}
