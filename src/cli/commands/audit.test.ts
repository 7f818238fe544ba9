import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../contract/iam.ts'
import { exitCodes } from '../exit-codes.ts'
import { scriptedServer, who } from '../testing/scripted-server.ts'
import type { Script } from '../testing/scripted-server.ts'
import { run } from '../testing/test-world.ts'

const entry = (
  number: number,
  kind: AuditEntry['kind'],
  requestId: string,
  more: Partial<AuditEntry> = {},
): AuditEntry => ({
  number,
  at: '2026-11-22T10:00:00Z',
  requestId,
  kind,
  // Nobody is known while somebody logs in.
  ...(more.operation === 'createToken' ? {} : { user: { id: 'u1', name: 'ada' }, with: 'token' }),
  from: '127.0.0.1',
  operation: 'updateUpgrade',
  about: '/v1/p1/mesh-upgrade/x',
  previous: `h${number - 1}`,
  hash: `h${number}`,
  ...more,
})

function typed(words: string, entries: readonly AuditEntry[], script: Script = {}) {
  const { fetch, calls } = scriptedServer({
    listAudit: ({ query }) => ({
      items: entries.filter(({ number }) => number > Number(query['after'] ?? 0)).slice(0, Number(query['limit'])),
      last: entries.at(-1)?.number ?? 0,
    }),
    ...script,
  })
  return run(words.split(' '), { fetch, environment: who }).then((outcome) => ({ ...outcome, calls }))
}

describe('audit show', () => {
  const entries = [
    entry(1, 'asked', 'a', { operation: 'createToken' }),
    entry(2, 'asked', 'b'),
    entry(3, 'answered', 'a', {
      operation: 'createToken',
      status: 201,
      user: { id: 'u2', name: 'grace' },
    }),
    entry(4, 'refused', 'c', { status: 403, operation: 'deleteMesh' }),
    entry(5, 'answered', 'z', { status: 200 }),
  ]

  test('one line a request: what was asked and what became of it', async () => {
    const { exitCode, out } = await typed('audit show', entries)
    expect(exitCode).toBe(exitCodes.done)
    const lines = out.trimEnd().split('\n').slice(1)
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/^1 .* grace +- .* createToken +201 /)
    expect(lines[1]).toMatch(/^2 .* updateUpgrade +no answer /)
    expect(lines[2]).toMatch(/^4 .* deleteMesh +refused 403 /)
    expect(lines[3]).toMatch(/^5 .* updateUpgrade +200 /)
  })

  test('every entry as JSON', async () => {
    const { out } = await typed('audit show --output json', entries)
    expect(JSON.parse(out)).toEqual({ items: entries })
  })

  test('a part of it, and how to go on', async () => {
    const { out, err } = await typed('audit show --after 1 --limit 2', entries)
    expect(
      out
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line[0]),
    ).toEqual(['2', '3'])
    expect(err).toBe('There may be more: meshlift audit show --after 3 --limit 2\n')
  })

  test('page by page, however long it is', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => entry(index + 1, 'answered', `r${index}`, { status: 200 }))
    const { out, calls } = await typed('audit show --output json', many)
    expect((JSON.parse(out) as { items: unknown[] }).items).toHaveLength(2500)
    expect(calls).toHaveLength(3)
  })

  test.each([
    ['audit show', 2401, 'There are older ones: meshlift audit show --limit 100\n'],
    ['audit show --last 3', 2498, 'There are older ones: meshlift audit show --limit 100\n'],
    ['audit show --last 1200', 1301, 'There are older ones: meshlift audit show --limit 100\n'],
    ['audit show --last 9000', 1, ''],
    ['audit show --after 0', 1, ''],
  ])('%s is from entry %d to the newest', async (words, first, aside) => {
    const many = Array.from({ length: 2500 }, (_, index) => entry(index + 1, 'answered', `r${index}`, { status: 200 }))
    const { out, err } = await typed(words, many)
    const lines = out.trimEnd().split('\n').slice(1)
    expect([lines[0]?.split(' ')[0], lines.length]).toEqual([String(first), 2501 - first])
    expect(err).toBe(aside)
  })

  test('the newest of a part is not asked for', async () => {
    expect((await typed('audit show --last 5 --after 3', entries)).exitCode).toBe(exitCodes.invalid)
  })

  test.each(['--after x', '--limit -1', '--limit 1.5'])('%s is no number', async (words) => {
    const { exitCode, err } = await typed(`audit show ${words}`, entries)
    expect(exitCode).toBe(exitCodes.invalid)
    expect(err).toContain('It must be a whole number.')
  })

  test('nothing', async () => {
    expect((await typed('audit show', [])).out).toBe('Nothing was written down yet.\n')
  })
})

describe('audit verify', () => {
  const entries = [entry(1, 'asked', 'a'), entry(2, 'answered', 'a', { status: 200 })]
  const intact: Script = { verifyAudit: () => ({ intact: true, entries: 2, head: 'h2' }) }
  const broken: Script = { verifyAudit: () => ({ intact: false, entries: 1, head: 'h1', brokenAt: 2 }) }

  test.each([
    ['audit verify', intact, exitCodes.done, 'The record is intact: 2 entries.\nhead  h2\n'],
    ['audit verify --head h2', intact, exitCodes.done, 'The record is intact'],
    ['audit verify --head h1', intact, exitCodes.done, 'The record is intact'],
    ['audit verify --head h7', intact, exitCodes.other, 'The head that was kept is not in it'],
    ['audit verify', broken, exitCodes.other, 'The record is not as it was written: entry 2 does not fit.\nhead  h1\n'],
  ])('%s', async (words, script, exitCode, text) => {
    const outcome = await typed(words, entries, script)
    expect(outcome.exitCode).toBe(exitCode)
    expect(outcome.out).toContain(text)
  })

  test('as JSON', async () => {
    const { out } = await typed('audit verify --head h7 --output json', entries, intact)
    expect(JSON.parse(out)).toEqual({ intact: true, entries: 2, head: 'h2', keptHeadFound: false })
  })
})
