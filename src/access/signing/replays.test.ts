import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../lib/sqlite.ts'
import type { OpenDatabase } from '../../lib/sqlite.ts'
import { replays } from '../migrations/0003-replays.ts'
import { memoryReplays } from './replays-memory.ts'
import { sqliteReplays } from './replays-sqlite.ts'
import type { Replays } from './replays.ts'

const minute = 60_000
const start = 1_700_000_000_000
const tables = [{ name: 'access', migrations: { '0003-replays': replays } }]

let folder: string
let database: OpenDatabase | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replays-test-'))
})
afterEach(async () => {
  await database?.close()
  database = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function open(): Promise<Replays> {
  database = await openDatabase(join(folder, 'meshlift.db'), tables)
  return sqliteReplays(database.kysely)
}

const drivers: readonly (readonly [string, () => Promise<Replays>])[] = [
  ['memory', () => Promise.resolve(memoryReplays())],
  ['SQLite', open],
]

const answer = { status: 201, headers: { etag: '"1"' }, body: '{"kind":"MeshUpgrade"}' }

describe.each(drivers)('signed writes in %s', (_, make) => {
  it('are new once and answered as before afterwards', async () => {
    const kept = await make()
    expect(await kept.begin('k1', 'h1', start)).toEqual({ kind: 'new' })
    await kept.answered('k1', answer)
    expect(await kept.begin('k1', 'h1', start + 1)).toEqual({ kind: 'answered', answer })
    expect(await kept.begin('k2', 'h1', start + 1)).toEqual({ kind: 'new' })
  })

  it('keep no body where there is none to keep', async () => {
    const kept = await make()
    await kept.begin('k1', 'h1', start)
    const bare = { status: 204, headers: {} }
    await kept.answered('k1', bare)
    expect(await kept.begin('k1', 'h1', start)).toEqual({ kind: 'answered', answer: bare })
  })

  it('are unknown while they were not answered', async () => {
    const kept = await make()
    await kept.begin('k1', 'h1', start)
    expect(await kept.begin('k1', 'h1', start)).toEqual({ kind: 'unknown' })
  })

  it('are refused with another body, answered or not', async () => {
    const kept = await make()
    await kept.begin('k1', 'h1', start)
    expect(await kept.begin('k1', 'h2', start)).toEqual({ kind: 'other-body' })
    await kept.answered('k1', answer)
    expect(await kept.begin('k1', 'h2', start)).toEqual({ kind: 'other-body' })
    expect(await kept.begin('k1', 'h1', start)).toEqual({ kind: 'answered', answer })
  })

  it('may come again when they were not done', async () => {
    const kept = await make()
    await kept.begin('k1', 'h1', start)
    await kept.forget('k1')
    expect(await kept.begin('k1', 'h2', start)).toEqual({ kind: 'new' })
  })

  it('are forgotten after 31 minutes, when no signature of then is taken any more', async () => {
    const kept = await make()
    await kept.begin('k1', 'h1', start)
    await kept.answered('k1', answer)
    await kept.begin('k2', 'h2', start + minute)
    expect(await kept.begin('k1', 'h1', start + 31 * minute)).toEqual({ kind: 'answered', answer })
    expect(await kept.begin('k1', 'h1', start + 31 * minute + 1)).toEqual({ kind: 'new' })
    expect(await kept.begin('k2', 'h2', start + 31 * minute + 1)).toEqual({ kind: 'unknown' })
  })

  it('are new for one of many that come at once', async () => {
    const kept = await make()
    const begun = await Promise.all(Array.from({ length: 20 }, () => kept.begin('k1', 'h1', start)))
    expect(begun.filter(({ kind }) => kind === 'new')).toHaveLength(1)
    expect(begun.filter(({ kind }) => kind === 'unknown')).toHaveLength(19)
  })

  it('that nobody began are not answered', async () => {
    const kept = await make()
    await kept.answered('k1', answer)
    expect(await kept.begin('k1', 'h1', start)).toEqual({ kind: 'new' })
  })
})

it('outlive the program', async () => {
  const before = await open()
  await before.begin('k1', 'h1', start)
  await before.answered('k1', answer)
  await before.begin('k2', 'h2', start)
  await database?.close()
  const after = await open()
  expect(await after.begin('k1', 'h1', start)).toEqual({ kind: 'answered', answer })
  expect(await after.begin('k2', 'h2', start)).toEqual({ kind: 'unknown' })
})
