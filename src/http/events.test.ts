import { getEventListeners, once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Note } from '../contract/extensions.ts'
import { eventsOf } from './events.ts'

const note = (number: number, text = 'Looked.'): Note => ({
  number,
  at: '2026-11-22T10:00:00Z',
  kind: 'done',
  step: 'PreCheck',
  code: 'look/seen',
  text,
})

/** Notes that come when they are given, until they end or the reader goes. */
function given(): {
  readonly notes: (signal: AbortSignal) => AsyncIterable<Note>
  readonly give: (...more: readonly Note[]) => void
  readonly end: () => void
  readonly asked: () => number
  readonly open: () => boolean
  readonly listeners: () => number
} {
  const waiting: Note[] = []
  let over = false
  let asked = 0
  let open = false
  let wake = (): void => undefined
  let seen: AbortSignal | undefined
  return {
    async *notes(signal) {
      seen = signal
      open = true
      try {
        for (;;) {
          asked += 1
          const next = waiting.shift()
          if (next) {
            yield next
            continue
          }
          if (over || signal.aborted) return
          await new Promise<void>((resolve) => {
            wake = resolve
            signal.addEventListener('abort', wake, { once: true })
          })
          signal.removeEventListener('abort', wake)
        }
      } finally {
        open = false
      }
    },
    give: (...more) => {
      waiting.push(...more)
      wake()
    },
    end: () => {
      over = true
      wake()
    },
    asked: () => asked,
    open: () => open,
    listeners: () => (seen ? getEventListeners(seen, 'abort').length : 0),
  }
}

describe('notes as events', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const heard = async (stream: AsyncIterable<Buffer>): Promise<string> => {
    let all = ''
    for await (const part of stream) all += part.toString()
    return all
  }

  it('are told with their numbers, one line of data each, then the end', async () => {
    const { notes, give, end, open, listeners } = given()
    give(note(3), note(4, 'Two\nlines.'))
    end()
    const { stream } = eventsOf(notes, 15_000)
    expect(await heard(stream)).toBe(
      [
        ':\n\n',
        `id: 3\nevent: note\ndata: ${JSON.stringify(note(3))}\n\n`,
        `id: 4\nevent: note\ndata: ${JSON.stringify(note(4, 'Two\nlines.'))}\n\n`,
        'event: end\ndata: {}\n\n',
      ].join(''),
    )
    expect([open(), listeners(), vi.getTimerCount()]).toEqual([false, 0, 0])
  })

  it('give a sign of life while nothing happens, and none before its time', async () => {
    const { notes, give, end } = given()
    const { stream } = eventsOf(notes, 15_000)
    const all = heard(stream)
    await vi.advanceTimersByTimeAsync(14_999)
    give(note(1))
    await vi.advanceTimersByTimeAsync(30_001)
    end()
    expect((await all).replace(/data: .*/g, 'data')).toBe(
      ':\n\nid: 1\nevent: note\ndata\n\n:\n\n:\n\n:\n\nevent: end\ndata\n\n',
    )
  })

  it('end when the reader goes, in the middle of a wait', async () => {
    const { notes, open, listeners } = given()
    const { stream } = eventsOf(notes, 15_000)
    stream.resume()
    await vi.waitUntil(open)
    stream.destroy()
    await once(stream, 'close')
    await vi.waitUntil(() => !open())
    expect([listeners(), vi.getTimerCount()]).toEqual([0, 0])
  })

  it('end when the reader goes between two notes', async () => {
    const { notes, give, open, listeners } = given()
    give(note(1, 'x'.repeat(1_000_000)))
    const { stream } = eventsOf(notes, 15_000)
    stream.read(0)
    await vi.waitUntil(() => stream.readableLength > 1_000_000)
    expect(open()).toBe(true)
    stream.destroy()
    await once(stream, 'close')
    await vi.waitUntil(() => !open())
    expect([listeners(), vi.getTimerCount()]).toEqual([0, 0])
  })

  it('end without claiming an end when they are finished', async () => {
    const { notes, give, open } = given()
    give(note(1))
    const events = eventsOf(notes, 15_000)
    const all = heard(events.stream)
    await vi.waitUntil(open)
    events.finish()
    events.finish()
    expect(await all).not.toContain('event: end')
    await vi.waitUntil(() => !open())
  })

  it('wait for a slow reader instead of piling up', async () => {
    const { notes, give, end, asked } = given()
    const long = 'x'.repeat(10_000)
    give(...Array.from({ length: 1_000 }, (_one, index) => note(index + 1, long)))
    end()
    const { stream } = eventsOf(notes, 15_000)
    stream.read(0)
    await vi.waitUntil(() => stream.readableLength >= stream.readableHighWaterMark)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked()).toBeLessThan(20)
    expect(stream.readableLength).toBeLessThan(2 * stream.readableHighWaterMark)
    const ids = [...(await heard(stream)).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_one, index) => index + 1))
  })

  it('break when they cannot be read', async () => {
    const { stream } = eventsOf(async function* () {
      yield note(1)
      throw new Error('disk full')
    }, 15_000)
    await expect(heard(stream)).rejects.toThrow('disk full')
    expect(vi.getTimerCount()).toBe(0)
  })
})
