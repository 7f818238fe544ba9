import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { taskListeners } from './listeners.ts'
import { newsOf } from './news.ts'

describe('news of one task', () => {
  const { watch, tell } = taskListeners()
  const signal = new AbortController().signal

  it('of which there was some since the look do not wait', async () => {
    const news = newsOf({ watch }, 'a')
    const heard = news.heard()
    tell('a')
    await news.since(heard, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    news.stop()
  })

  it('come with the next change of that task and of no other', async () => {
    const news = newsOf({ watch }, 'a')
    let come = false
    const waited = news.since(news.heard(), signal).then(() => (come = true))
    tell('b')
    await new Promise((resolve) => setImmediate(resolve))
    expect(come).toBe(false)
    tell('a')
    await waited
    expect(getEventListeners(signal, 'abort')).toEqual([])
    news.stop()
  })

  it('end with the signal, before or during the wait', async () => {
    const news = newsOf({ watch }, 'a')
    const leaving = new AbortController()
    const waited = news.since(news.heard(), leaving.signal)
    leaving.abort()
    await waited
    await news.since(news.heard(), leaving.signal)
    expect(getEventListeners(leaving.signal, 'abort')).toEqual([])
    news.stop()
  })

  it('are not heard any more after a stop', () => {
    const news = newsOf({ watch }, 'a')
    news.stop()
    tell('a')
    expect(news.heard()).toBe(0)
  })
})
