import { describe, expect, test } from 'vitest'
import { exitCodes } from '../exit-codes.ts'
import { scriptedServer, who } from '../testing/scripted-server.ts'
import { row, scriptedUpgrade } from '../testing/scripted-upgrade.ts'
import type { ScriptedUpgrade } from '../testing/scripted-upgrade.ts'
import { run } from '../testing/test-world.ts'
import type { TestWorldOptions } from '../testing/test-world.ts'

const upgrade = async (
  scripted: ScriptedUpgrade,
  flags: readonly string[] = [],
  options: Partial<TestWorldOptions> = {},
) => {
  const { fetch, calls } = scriptedServer(scripted.script)
  const outcome = await run(['upgrade', 'shop', '--to', '1.31', ...flags], { fetch, environment: who, ...options })
  const asked = calls.flatMap(({ name, body }) => {
    if (name !== 'createUpgrade' && name !== 'updateUpgrade') return []
    const { spec } = body as { spec: { currentStep: { name: string; action: string } } }
    return [`${spec.currentStep.action} ${spec.currentStep.name}`]
  })
  return { ...outcome, asked }
}

const [precheck, control, data, post] = [
  'Execute PreCheck',
  'Execute ControlPlaneUpgrade',
  'Execute DataPlaneUpgrade',
  'Execute PostUpgrade',
]

describe('how far it goes', () => {
  test.each([
    ['--yes stops before the finish', ['--yes'], undefined, [precheck, control, data], exitCodes.done, 0],
    [
      '--yes --finish goes to the end',
      ['--yes', '--finish'],
      undefined,
      [precheck, control, data, post],
      exitCodes.done,
      0,
    ],
    ['yes is as good as --yes', [], true, [precheck, control, data], exitCodes.done, 1],
    ['no stops after PreCheck', [], false, [precheck], exitCodes.held, 1],
    ['nobody to ask stops after PreCheck', [], undefined, [precheck], exitCodes.held, 1],
    ['--finish alone asks', ['--finish'], true, [precheck, control, data, post], exitCodes.done, 1],
  ] as const)('%s', async (_, flags, answer, asked, exitCode, questions) => {
    const outcome = await upgrade(scriptedUpgrade(), flags, answer === undefined ? {} : { answer })
    expect(outcome.asked).toEqual(asked)
    expect(outcome.exitCode).toBe(exitCode)
    expect(outcome.questions).toHaveLength(questions)
  })

  test('what is asked about is only what would be done', async () => {
    const stays = await upgrade(scriptedUpgrade(), [], { answer: false })
    expect(stays.out).toContain('install-revision 1-31-1')
    expect(stays.out).not.toContain('delete-object')
    const finishes = await upgrade(scriptedUpgrade(), ['--finish'], { answer: false })
    expect(finishes.out).toContain('delete-object istiod')
    expect(finishes.questions[0]).toContain('no way back')
  })

  test('who is not asked learns how to go on', async () => {
    const { err } = await upgrade(scriptedUpgrade())
    expect(err).toContain('--yes goes on without a question')
    expect(err).toContain('meshlift next shop  (starts ControlPlaneUpgrade)')
  })
})

describe('where it stops', () => {
  test.each([
    ['PreCheck', 'Failed', exitCodes.blocked, [precheck]],
    ['ControlPlaneUpgrade', 'Pause', exitCodes.held, [precheck, control]],
    ['DataPlaneUpgrade', 'Failed', exitCodes.failed, [precheck, control, data]],
  ] as const)('%s %s', async (step, phase, exitCode, asked) => {
    const scripted = scriptedUpgrade()
    scripted.leads[step] = { phase, text: 'Because of something.' }
    const outcome = await upgrade(scripted, ['--yes', '--finish'])
    expect(outcome.exitCode).toBe(exitCode)
    expect(outcome.asked).toEqual(asked)
    expect(outcome.out).toContain('Because of something.')
    expect(outcome.err).toContain('meshlift retry shop')
  })

  test('findings of PreCheck are shown with their objects, warnings too', async () => {
    const scripted = scriptedUpgrade()
    scripted.precheckRows.push(
      row('c1/budget-without-room', 'Success'),
      row('c1/budget-without-room/shop:cart', 'Success', 'warning: PDB cart leaves no room.'),
    )
    const { out } = await upgrade(scripted)
    expect(out).toMatch(/warns +shop:cart {2}PDB cart leaves no room\./)
    expect(out).not.toContain('warning:')
  })
})

describe('an upgrade that was begun', () => {
  const begun = (now: Partial<ScriptedUpgrade['now']>): ScriptedUpgrade => {
    const scripted = scriptedUpgrade()
    scripted.exists = true
    scripted.now = { ...scripted.now, step: 'ControlPlaneUpgrade', phase: 'Running', state: 'Running', ...now }
    return scripted
  }

  test('is gone on with, without a question: that was answered', async () => {
    const outcome = await upgrade(begun({}))
    expect(outcome.asked).toEqual([data])
    expect(outcome.exitCode).toBe(exitCodes.done)
  })

  test('is checked again when the check had failed', async () => {
    const outcome = await upgrade(begun({ step: 'PreCheck', phase: 'Failed', state: 'Pending' }), ['--yes'])
    expect(outcome.asked).toEqual(['Retry PreCheck', control, data])
  })

  test('is not repeated where it is held', async () => {
    const outcome = await upgrade(begun({ phase: 'Pause', state: 'Pending', text: 'No room.' }), ['--yes'])
    expect(outcome.asked).toEqual([])
    expect(outcome.exitCode).toBe(exitCodes.held)
  })

  test('to another version is a conflict that names it', async () => {
    const { fetch, calls } = scriptedServer(begun({}).script)
    const outcome = await run(['upgrade', 'shop', '--to', '1.3'], { fetch, environment: who })
    expect(outcome.exitCode).toBe(exitCodes.conflict)
    expect(outcome.err).toContain('on its way to 1.31.1')
    expect(calls.map(({ name }) => name)).not.toContain('createUpgrade')
  })

  test.each(['1.31', 'v1.31.1', '1.31.1'])('%s is the same version', async (target) => {
    const { fetch } = scriptedServer(begun({}).script)
    const outcome = await run(['upgrade', 'shop', '--to', target], { fetch, environment: who })
    expect(outcome.exitCode).toBe(exitCodes.done)
  })
})

describe('what is printed', () => {
  test('JSON: one document on standard output, and nobody is asked', async () => {
    const { out, err, questions } = await upgrade(scriptedUpgrade(), ['--output', 'json'], { answer: true })
    expect(JSON.parse(out)).toMatchObject({ id: 'u1', step: 'PreCheck', phase: 'Success' })
    expect(err).toBe('')
    expect(questions).toEqual([])
  })

  test('a pipe gets the diary, each note once', async () => {
    const { out } = await upgrade(scriptedUpgrade(), ['--yes'])
    const commands = out.split('\n').filter((line) => line.includes('command'))
    expect(commands).toEqual([
      '2026-11-22T10:00:00Z  command  PreCheck  Asked to execute PreCheck.',
      '2026-11-22T10:00:00Z  command  PreCheck  Asked to Execute ControlPlaneUpgrade.',
      '2026-11-22T10:00:00Z  command  ControlPlaneUpgrade  Asked to Execute DataPlaneUpgrade.',
    ])
    expect(out).not.toContain('\u001b')
  })

  test('a terminal gets a picture, and no colours with --no-color', async () => {
    const terminal = { columns: 80, rows: 24 }
    const colored = await upgrade(scriptedUpgrade(), ['--yes'], { terminal })
    expect(colored.out).toContain('\u001b[32m✔')
    const bare = await upgrade(scriptedUpgrade(), ['--yes', '--no-color'], { terminal })
    expect(bare.out).not.toContain('\u001b[32m')
    expect(bare.out).toContain('✔ PreCheck')
  })

  test('ctrl-c says who goes on and how to look again', async () => {
    const { exitCode, err } = await upgrade(scriptedUpgrade(), ['--yes'], {
      beforeWait: (wait, interrupt) => wait === 2 && interrupt(),
    })
    expect(exitCode).toBe(exitCodes.interrupted)
    expect(err).toContain('the server goes on with the step. See: meshlift status shop --wait')
  })

  test('a server that stays away for a while is waited for', async () => {
    const scripted = scriptedUpgrade()
    const { fetch } = scriptedServer(scripted.script)
    let asked = 0
    const outcome = await run(['upgrade', 'shop', '--to', '1.31', '--yes'], {
      environment: who,
      fetch: async (url, init) => {
        // Started anew between its tenth and thirtieth answer.
        asked += 1
        if (asked > 10 && asked < 30) throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
        return fetch(url, init)
      },
    })
    expect(outcome.exitCode).toBe(exitCodes.done)
    expect(outcome.err.match(/No answer from/g)).toHaveLength(1)
  })
})
