import { expect, test } from 'vitest'
import { virtualClock } from './virtual-clock.ts'

test('jumps to whoever wakes first, in order', async () => {
  const clock = virtualClock(1000)
  const woken: string[] = []
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms)
    woken.push(`${name} at ${clock.now()}`)
  }
  await Promise.all([sleeper('late', 500), sleeper('early', 100), sleeper('late too', 500)])
  expect(woken).toEqual(['early at 1100', 'late at 1500', 'late too at 1500'])
})

test('what the first one starts comes before the second wakes', async () => {
  const clock = virtualClock(0)
  const order: string[] = []
  const first = clock.sleep(10).then(async () => {
    await clock.sleep(10)
    order.push(`first ${clock.now()}`)
  })
  const second = clock.sleep(100).then(() => order.push(`second ${clock.now()}`))
  await Promise.all([first, second])
  expect(order).toEqual(['first 20', 'second 100'])
})

test('an aborted sleep ends without time passing', async () => {
  const clock = virtualClock(0)
  const stop = new AbortController()
  const sleeping = clock.sleep(1000, stop.signal)
  stop.abort()
  await sleeping
  await clock.sleep(1000, stop.signal)
  expect(clock.now()).toBe(0)
})
