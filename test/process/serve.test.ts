// The server as an operator meets it: started, used from another process, ended, killed, started again.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run, start, temporaryFolder } from './program.ts'
import type { Program } from './program.ts'

/** Seconds on a machine with nothing else to do. */
const patience = 120_000

async function serving(data: string, ...argv: readonly string[]): Promise<Program> {
  const server = start('serve', '--data', data, '--listen', '127.0.0.1:0', ...argv)
  await server.printed(/Listening on http:\/\/127\.0\.0\.1:\d+\./)
  return server
}

test('an upgrade from another process, step by step', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const server = await serving(data, '--simulated', '--speed', '100')
  const on = ['--data', data]

  expect(JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'))).toMatchObject({ pid: server.pid })
  expect(statSync(join(data, 'admin.json')).mode & 0o777).toBe(0o600)

  expect((await run('mesh', 'list', ...on)).out).toMatch(/demo +1\.30\.2 +Running/)
  expect((await run('cluster', 'test', 'demo', ...on)).exitCode).toBe(0)
  expect((await run('check', 'demo', '--to', '1.31', ...on)).exitCode).toBe(0)
  const refused = await run('upgrade', 'demo', '--to', '1.12', ...on)
  expect(refused.exitCode).toBe(2)
  expect(refused.err).toContain('1.31')

  const asked = await run('upgrade', 'demo', '--to', '1.31', ...on)
  expect(asked.exitCode).toBe(8)
  expect((await run('upgrade', 'demo', '--to', '1.31', '--yes', ...on)).exitCode).toBe(0)
  expect((await run('retry', 'demo', ...on)).exitCode).toBe(5)
  expect((await run('next', 'demo', ...on)).exitCode).toBe(0)
  expect((await run('rollback', 'demo', '--yes', ...on)).exitCode).toBe(5)

  const job = await run('job', 'demo', ...on)
  expect(job.out).toContain('MeshUpgradePost')
  const notes = await run('notes', 'demo', '--follow', ...on)
  expect(notes.out).toContain('Asked to execute PostUpgrade.')

  server.kill('SIGTERM')
  expect((await server.ended).exitCode).toBe(0)
  expect(existsSync(join(data, 'server.json'))).toBe(false)
})

test(
  'killed in the middle of a step, it goes on by itself when it is started again',
  { timeout: patience },
  async () => {
    const data = temporaryFolder()
    const first = await serving(data, '--simulated', '--speed', '20')
    const client = start('upgrade', 'demo', '--to', '1.31', '--yes', '--data', data)
    await client.printed(/Restarting billing\/ledger/)
    first.kill('SIGKILL')
    await first.ended
    client.kill('SIGINT')
    expect((await client.ended).exitCode).toBe(130)

    await serving(data, '--simulated', '--speed', '100')
    const waited = await run('status', 'demo', '--wait', '--data', data, '--output', 'json')
    expect(waited.exitCode).toBe(0)
    expect(JSON.parse(waited.out)).toMatchObject({ step: 'DataPlaneUpgrade', phase: 'Success', state: 'Pending' })
  },
)

test('rolled back without a server, in the process of the command', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const server = await serving(data, '--simulated', '--speed', '100')
  expect((await run('upgrade', 'demo', '--to', '1.31', '--yes', '--data', data)).exitCode).toBe(0)
  server.kill('SIGTERM')
  await server.ended
  writeFileSync(join(data, 'config.yaml'), 'speed: 100\n')
  const back = await run('rollback', 'demo', '--yes', '--data', data)
  expect([back.exitCode, back.err]).toEqual([0, ''])
  expect(back.out).toContain('Mesh demo is back on default (1.30.2).')
})

describe('refusals, before anything is opened', () => {
  test.each([
    ['beyond this machine', ['--listen', '0.0.0.0:0'], 2, 'only addresses of this machine itself'],
    ['two mistakes, both named', ['--listen', 'here', '--speed', 'fast'], 2, /--listen must be .*--speed must be /],
    ['an unknown flag', ['--fast'], 2, "unknown option '--fast'"],
  ] as const)('%s', async (_, argv, exitCode, text) => {
    const data = join(temporaryFolder(), 'data')
    const ended = await run('serve', '--data', data, ...argv)
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.err).toMatch(text)
    expect(existsSync(data)).toBe(false)
  })
})

test('a data folder has one server', { timeout: patience }, async () => {
  const data = temporaryFolder()
  await serving(data)
  const second = await run('serve', '--data', data, '--listen', '127.0.0.1:0')
  expect(second.exitCode).toBe(5)
  expect(second.err).toContain('in use by another process')
  // The first one is still found: the second did not take its place.
  expect((await run('mesh', 'list', '--data', data)).exitCode).toBe(0)
})

test('a database that is damaged is refused in one sentence and keeps every byte', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const file = join(data, 'meshlift.db')
  writeFileSync(file, 'not a database at all'.repeat(100))
  const before = readFileSync(file)
  const ended = await run('serve', '--data', data, '--listen', '127.0.0.1:0')
  expect(ended.exitCode).toBe(1)
  expect(ended.err.trim().split('\n')).toHaveLength(1)
  expect(readFileSync(file).equals(before)).toBe(true)
})

test('the password stands in admin.json and nowhere else', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const server = await serving(data, '--simulated', '--speed', '100', '--log-level', 'debug')
  const { password } = JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as { password: string }
  const used = await run('upgrade', 'demo', '--to', '1.31', '--yes', '--data', data)
  server.kill('SIGTERM')
  const { out, err } = await server.ended
  const world = readFileSync(join(data, 'simulation', 'world.json'), 'utf8')
  const database = readFileSync(join(data, 'meshlift.db'), 'latin1')
  for (const text of [used.out, used.err, out, err, world, database]) expect(text).not.toContain(password)
})
