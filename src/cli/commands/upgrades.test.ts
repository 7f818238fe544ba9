import { describe, expect, test } from 'vitest'
import type { UpgradeSummary } from '../../contract/extensions.ts'
import { exitCodes } from '../exit-codes.ts'
import { scriptedServer, who } from '../testing/scripted-server.ts'
import type { Script } from '../testing/scripted-server.ts'
import { shop } from '../testing/scripted-upgrade.ts'
import { run } from '../testing/test-world.ts'

const at = '2026-11-22T10:00:00Z'
const upgrade = (number: number, state: UpgradeSummary['state'], mesh = 'shop'): UpgradeSummary => ({
  id: `u${number}`,
  name: 'upgrade-to-1-31',
  mesh: { id: mesh === 'shop' ? 'm1' : mesh, name: mesh },
  from: { revision: 'default', version: '1.30.2' },
  to: { revision: '1-31-1', version: '1.31.1' },
  state,
  step: 'PreCheck',
  phase: 'Success',
  direction: 'forward',
  reason: { code: 'test/said', text: 'Said.' },
  since: at,
  createdAt: at,
  updatedAt: at,
})

/** Pages of two, whatever is asked for. */
const paged = (all: readonly UpgradeSummary[]): Script => ({
  listMeshes: () => ({ kind: 'MeshList', apiVersion: 'v1', items: [shop] }),
  listUpgrades: ({ query }) => {
    const found = all.filter(
      ({ state, mesh }) => (query['state'] ?? state) === state && (query['mesh'] ?? mesh.id) === mesh.id,
    )
    const from = query['after'] === undefined ? 0 : found.findIndex(({ id }) => id === query['after']) + 1
    const items = found.slice(from, from + 2)
    const last = items.at(-1)
    return { items, ...(last !== undefined && from + 2 < found.length ? { next: last.id } : {}) }
  },
  listFindings: () => ({
    items: [
      { check: 'single-replica', weight: 'warns', about: 'shop/web', code: 'replica/single', text: 'Run two.' },
      { check: 'budget', weight: 'blocks', about: 'shop/cart', code: 'budget/no-room', text: 'Give it room.' },
    ],
  }),
})

const five = [1, 2, 3, 4, 5].map((number) => upgrade(number, number === 3 ? 'Pending' : 'Success'))

const typed = (words: string, script: Script) =>
  run(words.split(' '), { fetch: scriptedServer(script).fetch, environment: who })

describe('upgrades', () => {
  test('of every page, in order', async () => {
    const { exitCode, out } = await typed('upgrades --output json', paged(five))
    expect(exitCode).toBe(exitCodes.done)
    expect(JSON.parse(out)).toEqual({ items: five })
    expect((await typed('upgrades', paged(five))).out.trimEnd().split('\n')).toHaveLength(6)
  })

  test('in one state, of one mesh', async () => {
    const { out } = await typed('upgrades --state Pending --mesh shop', paged(five))
    expect(out).toMatch(/^ID.*\nu3 .*Pending.*\n$/)
    expect((await typed('upgrades --state Failed', paged(five))).out).toBe('No upgrade is Failed.\n')
  })

  test('in a state that there is not', async () => {
    const { exitCode, err } = await typed('upgrades --state Done', paged(five))
    expect(exitCode).toBe(exitCodes.invalid)
    expect(err).toContain('Allowed choices are Init, Running, Pending')
  })
})

describe('findings', () => {
  test('blocking ones first, of an upgrade that stands on a later page', async () => {
    const { exitCode, out } = await typed('findings u5', paged(five))
    expect(exitCode).toBe(exitCodes.done)
    expect(out).toBe(
      '  blocks  shop/cart  Give it room. [budget/no-room]\n  warns   shop/web  Run two. [replica/single]\n',
    )
    expect(JSON.parse((await typed('findings u5 --output json', paged(five))).out)).toMatchObject({
      items: [{ check: 'single-replica' }, { check: 'budget' }],
    })
  })

  test('none', async () => {
    const { out } = await typed('findings u3', { ...paged(five), listFindings: () => ({ items: [] }) })
    expect(out).toBe('The checks found nothing on mesh shop for 1.31.1, or have not run yet.\n')
  })

  test('a name that upgrades of several meshes have is refused', async () => {
    const { exitCode, err } = await typed(
      'findings upgrade-to-1-31',
      paged([upgrade(1, 'Success'), upgrade(2, 'Success', 'other')]),
    )
    expect(exitCode).toBe(exitCodes.conflict)
    expect(err).toContain('"upgrade-to-1-31" means more than one upgrade; say which by its id: u1, u2.')
  })
})
