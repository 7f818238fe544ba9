/**
 * The diary of an upgrade as server-sent events (WHATWG HTML, section 9.2), as it is written:
 *
 *   id: 7                     the note's number: sent back as `Last-Event-ID`, the stream goes on behind it
 *   event: note
 *   data: {"number":7,...}
 *
 * A comment line every 15 s keeps connections open; `event: end` says that the upgrade is over and all was told. A stream
 * that ends without it goes on when it is asked for again: after a quarter of an hour, so that whoever may not read any
 * more is noticed, and when the server stops.
 */

import { finished, Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Note } from '../contract/extensions.ts'
import { Problem } from '../lib/problem.ts'
import { headerOf } from './gate/headers.ts'
import type { UpgradeDoor } from './parts.ts'

export interface NoteEvents {
  /**
   * For a request that was let in and whose upgrade is there. Throws invalid (`http/last-event-id`), unavailable
   * (`http/too-many`).
   */
  of(
    request: FastifyRequest,
    reply: FastifyReply,
  ): { readonly headers: Readonly<Record<string, string>>; readonly body: Readable }
  /** Ends all of them. */
  stop(): void
}

export interface EventLimits {
  /** Milliseconds between two signs of life. */
  readonly heartbeatMs: number
  /** Milliseconds. */
  readonly longestMs: number
  /** Milliseconds that are left to take what was told before the end. */
  readonly lingerMs: number
  /** Streams of one user at once. */
  readonly most: number
}

const usual: EventLimits = { heartbeatMs: 15_000, longestMs: 900_000, lingerMs: 1000, most: 16 }

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Known to nginx and those who followed it: what waits in a buffer is told too late.
  'x-accel-buffering': 'no',
  // A stream that ends while the server stops would leave a connection behind that is kept for a next request.
  connection: 'close',
}

/** @param failed told of a stream that broke; its reader just sees it end */
export function noteEvents(
  upgrades: Pick<UpgradeDoor, 'noteStream'>,
  failed: (thrown: unknown, requestId: string) => void,
  limits: Partial<EventLimits> = {},
): NoteEvents {
  const { heartbeatMs, longestMs, lingerMs, most } = { ...usual, ...limits }
  const open = new Map<string, number>()
  const stopping = new AbortController()
  const running = new Set<() => void>()

  return {
    of(request, reply) {
      const { project_id: project, mesh_upgrade_id: upgrade } = request.params as Readonly<Record<string, string>>
      const after = behind(request)
      const user = request.caller?.user.id ?? ''
      const others = open.get(user) ?? 0
      if (others >= most)
        throw new Problem({
          kind: 'unavailable',
          code: 'http/too-many',
          text: `The throttling threshold has been reached: ${most} streams of events at once. End one of them first.`,
          retryAfterMs: 60_000,
        })
      open.set(user, others + 1)
      const body = eventsOf((signal) => upgrades.noteStream(project ?? '', upgrade ?? '', after, signal), heartbeatMs)
      let left: NodeJS.Timeout | undefined
      const end = (): void => {
        body.finish()
        // Who does not read does not see the end either, and would keep the server from stopping.
        left ??= setTimeout(() => reply.raw.destroy(), lingerMs)
      }
      const timer = setTimeout(end, longestMs)
      running.add(end)
      body.stream.on('error', (thrown) => failed(thrown, request.id))
      // Not the end of the stream: what was told last may wait in the connection for as long as its reader does not read.
      finished(reply.raw, () => {
        clearTimeout(timer)
        clearTimeout(left)
        running.delete(end)
        const count = (open.get(user) ?? 1) - 1
        if (count === 0) open.delete(user)
        else open.set(user, count)
      })
      // The server began to stop while the request was judged.
      if (stopping.signal.aborted) end()
      return { headers, body: body.stream }
    },
    stop() {
      stopping.abort()
      for (const end of running) end()
    },
  }
}

/** Number of the last note that is known. `Last-Event-ID` is what the reader saw itself, so it wins over the query. */
function behind(request: FastifyRequest): number {
  const seen = headerOf(request, 'last-event-id')
  if (seen === undefined || seen === '') {
    const { after } = request.query as { readonly after?: string }
    return Number(after ?? 0)
  }
  if (/^\d{1,9}$/.test(seen)) return Number(seen)
  throw new Problem({
    kind: 'invalid',
    code: 'http/last-event-id',
    text: 'Last-Event-ID must be the number of a note, as the id of an event was.',
    facts: { field: 'Last-Event-ID' },
  })
}

export interface EventStream {
  readonly stream: Readable
  /** Nothing more is told, and no end is claimed. */
  finish(): void
}

/**
 * Asks for the next note only when the reader took what was there: one who is slow costs one buffer, however much there
 * is to tell.
 * @param notes ends early when its signal is aborted: when the reader goes, and with `finish`
 */
export function eventsOf(notes: (signal: AbortSignal) => AsyncIterable<Note>, heartbeatMs: number): EventStream {
  const gone = new AbortController()
  const told = notes(gone.signal)[Symbol.asyncIterator]()
  let wanted = false
  let asking = false

  const leave = (): void => {
    gone.abort()
    // Between two notes it waits for nobody, so only this ends it.
    told.return?.().catch(broken)
  }
  const finish = (): void => {
    if (gone.signal.aborted) return
    leave()
    stream.push(null)
  }
  const ask = async (): Promise<void> => {
    asking = true
    const next = await told.next()
    asking = false
    if (gone.signal.aborted) return
    if (next.done !== true) {
      wanted = stream.push(noteEvent(next.value))
      return
    }
    stream.push(endEvent)
    finish()
  }
  const broken = (thrown: unknown): void => {
    if (!gone.signal.aborted) stream.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)))
  }
  const stream = new Readable({
    read() {
      wanted = true
      if (!asking) ask().catch(broken)
    },
    destroy(error, done) {
      clearInterval(heartbeat)
      leave()
      done(error)
    },
  })
  const heartbeat = setInterval(() => {
    if (wanted && !gone.signal.aborted) wanted = stream.push(alive)
  }, heartbeatMs)
  // So that the reader sees at once that it is heard.
  stream.push(alive)
  return { stream, finish }
}

const alive = ':\n\n'
const endEvent = 'event: end\ndata: {}\n\n'

/** JSON has no line breaks, so the data is one line. */
function noteEvent(note: Note): string {
  return `id: ${note.number}\nevent: note\ndata: ${JSON.stringify(note)}\n\n`
}
