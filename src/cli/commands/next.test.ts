import { describe, expect, test } from 'vitest'
import { exitCodes } from '../exit-codes.ts'
import { scriptedServer, who } from '../testing/scripted-server.ts'
import { scriptedUpgrade } from '../testing/scripted-upgrade.ts'
import type { ScriptedUpgrade } from '../testing/scripted-upgrade.ts'
import { run } from '../testing/test-world.ts'

type Now = ScriptedUpgrade['now']

const at = (now: Partial<Now>): ScriptedUpgrade => {
  const scripted = scriptedUpgrade()
  scripted.exists = true
  scripted.now = {
    ...scripted.now,
    step: 'DataPlaneUpgrade',
    phase: 'Success',
    state: 'Pending',
    text: 'All moved.',
    ...now,
  }
  return scripted
}

const typed = async (scripted: ScriptedUpgrade, argv: readonly string[], answer?: boolean) => {
  const { fetch, calls } = scriptedServer(scripted.script)
  const outcome = await run(argv, { fetch, environment: who, ...(answer === undefined ? {} : { answer }) })
  return { ...outcome, calls, changed: calls.some(({ name }) => name === 'updateUpgrade' || name === 'abandonUpgrade') }
}

const held = { phase: 'Pause', text: 'Held: no room.' } as const
const running = { phase: 'Running', state: 'Running' } as const

describe('exit codes of what was asked', () => {
  test.each([
    ['next', {}, {}, exitCodes.done],
    ['next', {}, { PostUpgrade: { phase: 'Failed', text: 'No.' } }, exitCodes.failed],
    ['next', {}, { PostUpgrade: held }, exitCodes.held],
    ['retry', held, {}, exitCodes.done],
    ['retry', held, { DataPlaneUpgrade: held }, exitCodes.held],
    ['rollback --yes', {}, {}, exitCodes.done],
    ['rollback --yes', held, { Rollback: { phase: 'Failed', text: 'No.' } }, exitCodes.failed],
    ['rollback --yes', held, { Rollback: held }, exitCodes.held],
    ['abandon shop', held, {}, exitCodes.done],
    ['status', held, {}, exitCodes.done],
    ['status --wait', running, {}, exitCodes.done],
    ['status --wait', running, { DataPlaneUpgrade: held }, exitCodes.held],
  ] as const)('%s, at %j, leading to %j', async (command, now, leads, exitCode) => {
    const scripted = at(now)
    Object.assign(scripted.leads, leads)
    expect((await typed(scripted, command.split(' '))).exitCode).toBe(exitCode)
  })
})

describe('what cannot be asked now', () => {
  test.each([
    ['next', running],
    ['next', held],
    ['retry', {}],
    ['rollback --yes', { step: 'PostUpgrade', state: 'Success' }],
  ] as const)('%s at %j is a conflict, and nothing is sent', async (command, now) => {
    const outcome = await typed(at(now), command.split(' '))
    expect(outcome.exitCode).toBe(exitCodes.conflict)
    expect(outcome.changed).toBe(false)
    expect(outcome.err).toContain(now === running ? 'meshlift rollback shop' : 'cannot')
  })
})

describe('rollback', () => {
  test('asks, and no means no', async () => {
    const outcome = await typed(at({}), ['rollback', 'shop'], false)
    expect(outcome.questions[0]).toContain('back with mesh shop to default (1.30.2)')
    expect(outcome.changed).toBe(false)
    expect(outcome.exitCode).toBe(exitCodes.held)
  })

  test('wants --yes where nobody can be asked', async () => {
    const outcome = await typed(at({}), ['rollback', 'shop'])
    expect(outcome.exitCode).toBe(exitCodes.invalid)
    expect(outcome.err).toContain('meshlift rollback shop --yes')
    expect(outcome.changed).toBe(false)
  })

  test('that is under way is only waited for', async () => {
    const outcome = await typed(at({ ...running, state: 'RollingBack', direction: 'back' }), ['rollback'])
    expect(outcome.exitCode).toBe(exitCodes.done)
    expect(outcome.changed).toBe(false)
    expect(outcome.out).toContain('Mesh shop is back on default (1.30.2).')
  })
})

test('status --wait starts nothing, even when the step ends meanwhile', async () => {
  expect((await typed(at(running), ['status', 'shop', '--wait'])).changed).toBe(false)
})

test('notes --follow ends when the upgrade is over and prints each note once', async () => {
  const scripted = at({ ...running, step: 'PostUpgrade' })
  const outcome = await typed(scripted, ['notes', 'shop', '--follow'])
  expect(outcome.exitCode).toBe(exitCodes.done)
  expect(outcome.out).toBe('2026-11-22T10:00:00Z  done     PostUpgrade/look  PostUpgrade is done.\n')
})
