import { describe, expect, test } from 'vitest'
import type { StepView, UpgradeDetail } from '../contract/extensions.ts'
import { plain } from './print.ts'
import { row, stage } from './testing/scripted-upgrade.ts'
import { spoken, treeLines } from './tree.ts'

const step = (name: StepView['name'], phase: StepView['phase'], stages: StepView['stages'] = []): StepView => ({
  name,
  phase,
  stages,
  ...(phase === 'Success' ? { startTime: '2026-11-22T10:00:00Z', completionTime: '2026-11-22T10:02:05Z' } : {}),
})

const upgrade = (change: Partial<UpgradeDetail> = {}): UpgradeDetail => ({
  id: 'u1',
  name: 'upgrade-to-1-31',
  mesh: { id: 'm1', name: 'shop' },
  from: { revision: 'default', version: '1.30.2' },
  to: { revision: '1-31-1', version: '1.31.1' },
  state: 'Running',
  step: 'DataPlaneUpgrade',
  phase: 'Running',
  direction: 'forward',
  reason: { code: 'move/waits', text: 'shop/cart: 1 of 2 pods are new.' },
  since: '2026-11-22T10:03:00Z',
  createdAt: '2026-11-22T10:00:00Z',
  updatedAt: '2026-11-22T10:03:00Z',
  steps: [
    step('PreCheck', 'Success', [stage('look', 'Success')]),
    step('ControlPlaneUpgrade', 'Success', [stage('install', 'Success')]),
    step('DataPlaneUpgrade', 'Running', [
      stage('namespaces', 'Success', [row('c1', 'Success'), row('c1/a', 'Success')]),
      stage('workloads', 'Running', [
        row('c1', 'Running'),
        row('c1/shop', 'Running'),
        row('c1/shop/cart', 'Running', '1 of 2 pods are new'),
        row('c1/shop/web', 'Success', '2 of 2 pods are new'),
        row('c1/shop/pay', 'Initializing'),
      ]),
      stage('tags', 'Initializing'),
    ]),
    step('PostUpgrade', 'Init', [stage('remove', 'Initializing')]),
  ],
  accepts: [],
  mayAbandon: true,
  mayDelete: false,
  closing: [],
  ...change,
})

const drawn = (of: UpgradeDetail, columns = 80, rows = 40) =>
  treeLines(of, { paint: plain, columns, rows, spin: '*' }).join('\n')

describe('the tree', () => {
  test('opens where it stands, and folds what is over or not begun', () => {
    expect(drawn(upgrade())).toMatchInlineSnapshot(`
      "shop: default (1.30.2) to 1-31-1 (1.31.1)
      upgrade-to-1-31  Running
      ✔ PreCheck  2 min 5 s
      ✔ ControlPlaneUpgrade  2 min 5 s
      * DataPlaneUpgrade
        ✔ Stage namespaces
        * Stage workloads  1 of 3
          * shop/cart  1 of 2 pods are new
        · Stage tags
      · PostUpgrade
      shop/cart: 1 of 2 pods are new."
    `)
  })

  test('held: says since when and why, unshortened', () => {
    const text = 'PodDisruptionBudget shop/cart leaves no room for a restart. Raise its replicas, or give it room.'
    const held = upgrade({ state: 'Pending', phase: 'Pause', reason: { code: 'x/y', text } })
    const last = drawn(held, 60).split('\n').slice(-3)
    expect(last.join(' ')).toBe(`held since 2026-11-22T10:03:00Z: ${text}`)
  })

  test('rolling back: its own stages, below the steps that were done', () => {
    const back = upgrade({
      state: 'RollingBack',
      direction: 'back',
      rollback: { phase: 'Running', stages: [stage('labels', 'Running')] },
    })
    expect(drawn(back)).toMatchInlineSnapshot(`
      "shop: default (1.30.2) to 1-31-1 (1.31.1)
      upgrade-to-1-31  RollingBack
      ✔ PreCheck  2 min 5 s
      ✔ ControlPlaneUpgrade  2 min 5 s
      * DataPlaneUpgrade
      · PostUpgrade
      * Rollback
        * Stage labels
      shop/cart: 1 of 2 pods are new."
    `)
  })

  test('names the cluster where there are several', () => {
    const rows = [row('east/shop/cart', 'Running'), row('west/shop/cart', 'Running')]
    const two = upgrade({ steps: [step('DataPlaneUpgrade', 'Running', [stage('workloads', 'Running', rows)])] })
    expect(drawn(two)).toContain('* west/shop/cart')
    expect(drawn(upgrade())).toContain('* shop/cart')
  })

  test('does not know what is there before the first look', () => {
    expect(drawn(upgrade({ from: { revision: '', version: '' } }))).toContain('shop: what is there to 1-31-1 (1.31.1)')
  })
})

describe('any terminal', () => {
  const many = upgrade({
    steps: [
      step('PreCheck', 'Success'),
      step('DataPlaneUpgrade', 'Running', [
        ...['a', 'b', 'c'].map((id) => stage(id, 'Success')),
        stage(
          'workloads',
          'Running',
          Array.from({ length: 30 }, (_, n) => row(`c1/shop/w${n}`, 'Running', 'x'.repeat(90))),
        ),
      ]),
    ],
  })

  test.each([
    [200, 60],
    [80, 24],
    [80, 12],
    [60, 9],
    [40, 6],
    [25, 6],
  ])('%i columns, %i rows: no line breaks, nothing scrolls', (columns, rows) => {
    const lines = drawn(many, columns, rows).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns)
    expect(lines.length).toBeLessThanOrEqual(rows)
    expect(lines.some((line) => line.includes('DataPlaneUpgrade'))).toBe(true)
  })

  test('says how many are not shown', () => {
    expect(drawn(many, 80, 16)).toContain('and 27 more')
  })
})

test.each([
  [400, '0 s'],
  [59_000, '59 s'],
  [125_000, '2 min 5 s'],
  [12_000_000, '3 h 20 min'],
])('%i ms are %s', (ms, words) => {
  expect(spoken(ms)).toBe(words)
})
