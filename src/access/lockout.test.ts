import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeEach, describe, expect, it } from 'vitest'
import { lockout } from './lockout.ts'
import type { Lockout } from './lockout.ts'

const minute = 60_000
let now: number
beforeEach(() => {
  now = 1_700_000_000_000
})

const lock = (after = 5): Lockout => lockout({ after, forMs: 5 * minute, now: () => now })
const fail = (lockedOut: Lockout, times: number, who = 'AK1', from = '10.0.0.1'): void => {
  for (let time = 0; time < times; time++) lockedOut.failed(who, from)
}
const locked = { kind: 'unauthenticated', code: 'access/locked' }

describe('failures in a row', () => {
  it('lock above the limit and not before', () => {
    const door = lock()
    fail(door, 5)
    expect(() => door.check('AK1', '10.0.0.1')).not.toThrow()
    fail(door, 1)
    expect(() => door.check('AK1', '10.0.0.1')).toThrow(
      expect.objectContaining({ ...locked, message: 'AK access failed to reach the limit,forbidden' }),
    )
  })

  it('lock neither the same name elsewhere nor another name from there', () => {
    const door = lock()
    fail(door, 6)
    expect(() => door.check('AK1', '10.0.0.2')).not.toThrow()
    expect(() => door.check('AK2', '10.0.0.1')).not.toThrow()
  })

  it.each([
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff'],
    ['2001:db8:0:1::1', '2001:0db8:0000:0001::'],
    ['2001:db8::1', '2001:db8:0:0:5::'],
    ['fe80::1%eth0', 'fe80::2'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['64:ff9b::10.0.0.1', '64:ff9b::10.0.0.2'],
  ])('from %s lock it from %s too, which is the same network', (from, other) => {
    const door = lock()
    fail(door, 6, 'AK1', from)
    expect(() => door.check('AK1', other)).toThrow(expect.objectContaining(locked))
  })

  it.each([
    ['2001:db8:0:1::1', '2001:db8:0:2::1'],
    ['::1', '2001:db8::1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2'],
  ])('from %s do not lock it from %s', (from, other) => {
    const door = lock()
    fail(door, 6, 'AK1', from)
    expect(() => door.check('AK1', other)).not.toThrow()
  })

  it('are forgotten when it is over, and say when that is', () => {
    const door = lock()
    fail(door, 6)
    now += 2 * minute
    expect(() => door.check('AK1', '10.0.0.1')).toThrow(expect.objectContaining({ retryAfterMs: 3 * minute }))
    now += 3 * minute
    expect(() => door.check('AK1', '10.0.0.1')).not.toThrow()
    fail(door, 5)
    expect(() => door.check('AK1', '10.0.0.1')).not.toThrow()
  })

  it('do not count when they are older than a lock lasts', () => {
    const door = lock()
    fail(door, 5)
    now += 5 * minute
    fail(door, 5)
    expect(() => door.check('AK1', '10.0.0.1')).not.toThrow()
  })

  it('begin anew after a success', () => {
    const door = lock()
    fail(door, 5)
    door.succeeded('AK1', '10.0.0.1')
    fail(door, 5)
    expect(() => door.check('AK1', '10.0.0.1')).not.toThrow()
  })

  it('never lock when the limit is 0', () => {
    const door = lock(0)
    fail(door, 1000)
    expect(() => door.check('AK1', '10.0.0.1')).not.toThrow()
  })
})

it('remembers a bounded number, what failed longest ago forgotten first', () => {
  const door = lock(1)
  for (const name of ['first', 'second', 'first']) door.failed(name, '10.0.0.1')
  for (let other = 0; other < 19_999; other++) door.failed(`other-${other}`, '10.0.0.2')
  expect(() => door.check('second', '10.0.0.1')).not.toThrow()
  expect(() => door.check('first', '10.0.0.1')).toThrow(expect.objectContaining(locked))
})

it('keeps little of a name, however long whoever guesses makes it', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const door = lock()
  const before = used()
  const length = 8192
  for (let name = 0; name < 4000; name++) fail(door, 1, `${name}${'\u4e00'.repeat(length)}`)
  // As they came these are 64 MiB.
  expect((used() - before) / 1_048_576).toBeLessThan(16)
  fail(door, 5, `7${'\u4e00'.repeat(length)}`)
  expect(() => door.check(`7${'\u4e00'.repeat(length)}`, '10.0.0.1')).toThrow(expect.objectContaining(locked))
})
