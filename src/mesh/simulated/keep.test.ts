import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { simulatedCluster } from './cluster.ts'
import { keptWorld } from './keep.ts'
import { kinds } from './kinds.ts'
import { start } from './trial.ts'
import { virtualClock } from './virtual-clock.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'world-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const signal = new AbortController().signal
const cart = { namespace: 'shop', name: 'cart' }

test('a world that is dropped in the middle of a rollout goes on, exactly as it would have', async () => {
  const file = join(folder, 'world.json')
  const clock = virtualClock(start)
  const world = keptWorld(file, { clock, mesh: 'demo' })
  const stamp = { op: 'add', path: '/spec/template/metadata/annotations', value: { stamp: '1' } } as const
  await simulatedCluster(world, 'alpha').patch(kinds.Deployment, cart, [stamp], signal)
  clock.advance(1000)
  world.catchUp()
  const again = keptWorld(file, { clock, mesh: 'demo' })
  clock.advance(10_000)
  world.catchUp()
  again.catchUp()
  const of = (each: typeof world) => each.api.all(kinds.Pod, { namespace: 'shop' })
  expect(of(again)).toEqual(of(world))
  expect(of(again).filter((each) => each.metadata.annotations?.['stamp'] === '1')).toHaveLength(2)
  expect(again.log).toEqual(world.log)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('time does not run back for a world whose clock had been fast', () => {
  const file = join(folder, 'world.json')
  const world = keptWorld(file, { clock: virtualClock(start + 600_000), mesh: 'demo' })
  const slow = virtualClock(start)
  const again = keptWorld(file, { clock: slow, mesh: 'demo' })
  expect(again.now()).toBe(world.now())
  slow.advance(1000)
  expect(again.now()).toBe(world.now() + 1000)
})

test('a file that is no world is left as it is', () => {
  const file = join(folder, 'world.json')
  writeFileSync(file, '{"format":0}')
  expect(() => keptWorld(file, { clock: virtualClock(start) })).toThrow(expect.objectContaining({ kind: 'invalid' }))
  expect(readFileSync(file, 'utf8')).toBe('{"format":0}')
})
