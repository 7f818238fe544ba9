// The only administrator forgot the password: the data folder itself is the way back in.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { run } from '../../src/cli/testing/test-world.ts'
import { readConfig } from '../../src/config.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openServer } from '../../src/main.ts'

let data: string
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'meshlift-lost-'))
})
afterAll(() => rmSync(data, { recursive: true }))

const serve = () =>
  openServer(readConfig({ flags: { data, listen: '127.0.0.1:0', logLevel: 'error' }, environment: {} }).config)

const typed = (words: string, environment: Readonly<Record<string, string>> = {}, input = '') =>
  run([...words.split(' '), '--data', data], { fetch, openServer, environment, input, clock: systemClock() })

test('is set anew in the folder, by nobody else, and is written down', { timeout: 60_000 }, async () => {
  const lost = 'user password admin --lost --password-stdin'
  const server = await serve()
  const beside = await typed(lost, {}, 'a password of a thief')
  expect([beside.exitCode, beside.out]).toEqual([exitCodes.conflict, ''])
  const { password: first, projectId } = server.credentials
  await server.close()

  rmSync(join(data, 'admin.json'))
  expect((await typed('audit show')).exitCode).toBe(exitCodes.unauthenticated)
  const login = (password: string) => ({
    MESHLIFT_USER: 'admin',
    MESHLIFT_PASSWORD: password,
    MESHLIFT_DOMAIN: 'meshlift',
    MESHLIFT_PROJECT: projectId,
  })
  expect((await typed('user password nobody --lost --password-stdin', {}, 'found again')).exitCode).toBe(
    exitCodes.notFound,
  )
  expect((await typed(lost, {}, 'seven77')).err).toContain('8 to 256 characters')
  expect((await typed('user list', login(first))).exitCode).toBe(exitCodes.done)

  const set = await typed(lost, {}, 'found again\n')
  expect([set.exitCode, set.out]).toEqual([
    exitCodes.done,
    'User admin has another password; its tokens are no longer good.\n',
  ])
  expect((await typed('user list', login(first))).exitCode).toBe(exitCodes.unauthenticated)
  expect((await typed('user list', login('found again'))).exitCode).toBe(exitCodes.done)
  const log = (await typed('audit show', login('found again'))).out
  expect(log.match(/^.* data folder .*$/gm)).toEqual([expect.stringMatching(/ - +- +data folder +changeUser +200 /)])
  expect((await typed('audit verify', login('found again'))).exitCode).toBe(exitCodes.done)
  const kept = ['meshlift.db', 'meshlift.db-wal'].map((name) => {
    try {
      return readFileSync(join(data, name), 'latin1')
    } catch {
      return ''
    }
  })
  expect(kept.join('') + set.out + set.err + log).not.toContain('found again')
})

test('needs a folder that is there', async () => {
  const environment = { MESHLIFT_SERVER: 'http://127.0.0.1:1' }
  const nowhere = await run('user password admin --lost --password-stdin'.split(' '), {
    fetch,
    environment,
    input: 'x',
  })
  expect([nowhere.exitCode, nowhere.err]).toEqual([exitCodes.invalid, expect.stringContaining('--data DIR')])
  const missing = ['--data', join(data, 'missing')]
  const asked = await run(['user', 'password', 'admin', '--lost', ...missing], { fetch, openServer })
  expect(asked.exitCode).toBe(exitCodes.notFound)
})
