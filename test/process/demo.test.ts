// The demo as a stranger meets it: it moves at once, it ends, and being killed does not stop it.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run, start, temporaryFolder } from './program.ts'

/** Seconds on a machine with nothing else to do. */
const patience = 120_000

interface Detail {
  readonly id: string
  readonly state: string
}

const detailOf = async (data: string): Promise<Detail> => {
  const { out } = await run('status', '--data', data, '--output', 'json')
  return JSON.parse(out) as Detail
}

test('goes through all four steps and ends with 0', { timeout: patience }, async () => {
  const { exitCode, out, err } = await run('demo', '--once', '--speed', '100')
  expect([exitCode, err]).toEqual([0, ''])
  for (const step of ['PreCheck', 'ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade'])
    expect(out).toContain(`Asked to execute ${step}.`)
  expect(out).toContain('Mesh demo runs on 1-31-1 (1.31.1); default is gone.')
})

test('JSON alone on standard output', { timeout: patience }, async () => {
  const { exitCode, out, err } = await run('demo', '--once', '--speed', '100', '--output', 'json')
  expect([exitCode, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({ state: 'Success', step: 'PostUpgrade' })
})

test('killed in the middle, it goes on with the same upgrade', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const first = start('demo', '--once', '--speed', '20', '--data', data)
  await first.printed(/Restarting shop\/cart/)
  first.kill('SIGKILL')
  expect(await first.ended).toMatchObject({ exitCode: undefined })
  const killed = await detailOf(data)
  expect(killed.state).toBe('Running')

  const { exitCode, out } = await run('demo', '--once', '--speed', '100', '--data', data)
  expect(exitCode).toBe(0)
  // What was done before was not done again, and was not told again.
  expect(out).not.toContain('Asked to execute DataPlaneUpgrade.')
  expect(out).toContain('Asked to execute PostUpgrade.')
  expect(await detailOf(data)).toMatchObject({ id: killed.id, state: 'Success' })
  expect(existsSync(join(data, 'server.json'))).toBe(false)
})

test('without --once it serves on, and ctrl-c ends it cleanly', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const demo = start('demo', '--speed', '100', '--data', data)
  await demo.printed(/Serving on until ctrl-c/)
  const { exitCode, out } = await run('upgrades', '--data', data)
  expect(exitCode).toBe(0)
  expect(out).toMatch(/demo +1\.30\.2 +1\.31\.1 +Success/)
  demo.kill('SIGINT')
  expect((await demo.ended).exitCode).toBe(0)
  expect(readdirSync(data)).not.toContain('server.json')
})

test('interrupted in the middle, it says how to go on', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const demo = start('demo', '--once', '--data', data)
  await demo.printed(/Asked to execute ControlPlaneUpgrade/)
  demo.kill('SIGINT')
  const { exitCode, err } = await demo.ended
  expect(exitCode).toBe(130)
  expect(err).toContain(`can go on from there: meshlift demo --data ${data}`)
})
