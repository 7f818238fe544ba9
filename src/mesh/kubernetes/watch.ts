/**
 * A reflector: one collection of the API server, kept in memory by a watch.
 *
 * A dropped watch is taken up where it ended; when the server no longer knows that place (410) everything is listed anew.
 * Bookmarks (about one a minute) move the place along on quiet collections; a watch without event and bookmark for longer
 * is taken for a dead connection and opened anew. What is here is handed out only while something was heard within the
 * last few seconds; else the server is asked, and the answer is kept (see `read`).
 */

import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../lib/clock.ts'
import { isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { KubeObject, Resource } from '../cluster.ts'
import type { Calls } from './calls.ts'
import { problemOfConnection, problemOfNonsense, problemOfReply } from './errors.ts'
import type { Doing } from './errors.ts'
import { linesOf } from './lines.ts'
import { listAll, withKind } from './listing.ts'
import { collectionPath, query } from './paths.ts'
import { emptyShelf, isVersion } from './shelf.ts'
import { unlessStopped } from './stop.ts'

export interface WatchTimes {
  /** What was heard within this time counts as now. */
  readonly freshMs: number
  /** A watch without event and bookmark for this long is opened anew. */
  readonly silenceMs: number
  /** First and longest pause before a watch is opened anew after a failure. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

export interface ReflectorParts {
  readonly cluster: string
  readonly calls: Calls
  readonly clock: Clock
  readonly resource: Resource
  /** Absent: of the whole cluster. */
  readonly namespace: string | undefined
  readonly trim: (object: KubeObject) => KubeObject
  readonly times: WatchTimes
  /** 0 up to 1, for the jitter of pauses. */
  readonly random: () => number
  readonly onChange: () => void
  readonly log: { debug(facts: object, text: string): void }
  /** Ends everything. */
  readonly signal: AbortSignal
}

export interface Reflector {
  /** What stands on the server, at most `freshMs` old and never older than an own write. @throws Problem */
  read(signal: AbortSignal): Promise<readonly KubeObject[]>
  /** An own write was answered with this object. */
  wrote(object: KubeObject): void
  /** The next `read` asks the server. */
  doubt(): void
  /** The end of its loop, after the signal. */
  readonly ended: Promise<void>
}

export function reflector(parts: ReflectorParts): Reflector {
  const { cluster, calls, clock, resource, namespace, times, signal } = parts
  const doing: Doing = { cluster, verb: 'watch', resource, ...(namespace === undefined ? {} : { namespace }) }
  const shelf = emptyShelf()
  /** Where the watch goes on; undefined: list first. */
  let place: string | undefined
  /** When the server last said something, as of when it was asked. */
  let heardAt: number | undefined
  /** Counts doubts, so that an answer asked for before one is not taken as the answer to it. */
  let doubts = 0
  let asking: { readonly answer: Promise<readonly KubeObject[]>; readonly doubts: number } | undefined

  async function ask(): Promise<readonly KubeObject[]> {
    const before = { at: clock.now(), doubts }
    const listing = await listAll(calls, cluster, resource, namespace === undefined ? {} : { namespace }, signal)
    const objects = listing.objects.map(parts.trim)
    if (listing.resourceVersion === undefined) return objects // the server does not know the resource: nothing to keep
    if (!isVersion(listing.resourceVersion)) throw problemOfNonsense(doing)
    shelf.fill(objects, listing.resourceVersion, place === undefined)
    place ??= listing.resourceVersion
    if (before.doubts === doubts) heardAt = Math.max(before.at, heardAt ?? 0)
    return shelf.objects()
  }

  /** Callers at the same time share one question, unless something was written in between. */
  function askOnce(): Promise<readonly KubeObject[]> {
    if (asking?.doubts === doubts) return asking.answer
    const mine = { answer: ask(), doubts }
    asking = mine
    void mine.answer
      .catch(() => undefined)
      .finally(() => {
        if (asking === mine) asking = undefined
      })
    return mine.answer
  }

  function take(line: unknown): void {
    if (!isRecord(line) || !isRecord(line['object'])) throw problemOfNonsense(doing)
    const { type, object } = line
    if (type === 'ERROR') {
      const code = typeof object['code'] === 'number' ? object['code'] : 500
      if (code === 410) place = undefined
      throw problemOfReply(doing, { status: code, body: object, retryAfterMs: undefined })
    }
    const event = object as KubeObject
    const version = event.metadata?.resourceVersion
    if (!isVersion(version)) throw problemOfNonsense(doing)
    if (type !== 'BOOKMARK') {
      const changed = type === 'DELETED' ? shelf.take(event) : shelf.put(parts.trim(withKind(resource, event)))
      if (changed) parts.onChange()
    }
    shelf.seen(version)
    place = version
    heardAt = clock.now()
  }

  /** @returns when the server ended the watch in good order. */
  async function follow(from: string): Promise<void> {
    // Servers end watches after this; spread, so that not all collections come back at once.
    const timeoutSeconds = String(240 + Math.floor(parts.random() * 240))
    const path = `${collectionPath(resource, namespace)}${query({ watch: '1', allowWatchBookmarks: 'true', resourceVersion: from, timeoutSeconds })}`
    let incoming: IncomingMessage
    try {
      incoming = (await calls.open(doing, path, signal)).incoming
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'kubernetes/expired') place = undefined
      throw thrown
    }
    const silence = setTimeout(
      () => incoming.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })),
      times.silenceMs,
    )
    try {
      for await (const line of linesOf(incoming)) {
        silence.refresh()
        take(parse(line))
      }
    } catch (thrown) {
      throw thrown instanceof Problem ? thrown : problemOfConnection(doing, thrown)
    } finally {
      clearTimeout(silence)
      incoming.destroy()
    }
  }

  function parse(line: string): unknown {
    try {
      return JSON.parse(line)
    } catch {
      throw problemOfNonsense(doing)
    }
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      const start = clock.now()
      try {
        if (place === undefined) {
          await askOnce()
          parts.onChange()
        }
        if (place === undefined) throw problemOfNonsense(doing) // a collection that the server does not know cannot be watched
        await follow(place)
      } catch (thrown) {
        if (signal.aborted) return
        failures = clock.now() - start > times.longestPauseMs ? 1 : failures + 1
        // A place that never works is given up, whatever the server calls it (an etcd put back from a backup knows none of our versions).
        if (failures >= 3) place = undefined
        const asked = thrown instanceof Problem ? thrown.retryAfterMs : undefined
        const pause =
          Math.min(times.longestPauseMs, times.firstPauseMs * 2 ** (failures - 1)) * (0.5 + parts.random() / 2)
        parts.log.debug(
          {
            cluster,
            resource: resource.plural,
            problem: thrown instanceof Error ? thrown.message : String(thrown),
            pauseMs: pause,
          },
          'watch broke',
        )
        await clock.sleep(Math.max(asked ?? 0, pause), signal)
        continue
      }
      failures = 0
      // A server that ends every watch at once must not be asked in a tight loop.
      if (clock.now() - start < 1_000) await clock.sleep(times.firstPauseMs, signal)
    }
  }

  return {
    async read(caller) {
      if (heardAt !== undefined && clock.now() - heardAt <= times.freshMs) return shelf.objects()
      return unlessStopped(askOnce(), caller)
    },
    wrote(object) {
      shelf.put(parts.trim(object))
    },
    doubt() {
      doubts++
      heardAt = undefined
    },
    ended: run(),
  }
}
