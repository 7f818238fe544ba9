import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Explanation } from '../../contract/iam.ts'
import { exitCodes } from '../exit-codes.ts'
import { scriptedPeople } from '../testing/scripted-people.ts'
import { Refusal, scriptedServer, who } from '../testing/scripted-server.ts'
import type { Script } from '../testing/scripted-server.ts'
import { run } from '../testing/test-world.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshlift-policy-'))
  return () => rmSync(folder, { recursive: true })
})

async function typed(argv: readonly string[], { input = '', script = {} }: { input?: string; script?: Script } = {}) {
  const { fetch, calls } = scriptedServer({ ...scriptedPeople(), ...script })
  const outcome = await run(argv, { fetch, environment: who, input })
  return { ...outcome, asked: calls.findLast(({ name }) => !name.startsWith('list')) }
}

const document = { Version: '5.0', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:get'] }] }

describe('a policy is read', () => {
  const yaml = 'Version: 5.0 # Policies of users\nStatement:\n  - Effect: Allow\n    Action: [asm:mesh:get]\n'

  test.each([
    ['JSON', JSON.stringify(document)],
    ['YAML, whose values are texts', yaml],
  ])('as %s, from a file and from standard input', async (_, text) => {
    const file = join(folder, 'policy')
    writeFileSync(file, text)
    for (const from of [file, '-']) {
      const { exitCode, out, asked } = await typed(['policy', 'add', 'planners', '--file', from], { input: text })
      expect(exitCode).toBe(exitCodes.done)
      expect(asked?.body).toEqual({ name: 'planners', document })
      expect(out).toBe('Policy planners, Version 5.0, is written.\n')
    }
  })

  test('and sent as it is: the server judges types', async () => {
    const text = '{"Version": 5.0, "Statement": []}'
    const { asked } = await typed(['policy', 'change', 'planners', '--file', '-'], { input: text })
    expect(asked).toEqual({ name: 'changePolicy', body: { document: { Version: 5, Statement: [] } } })
  })

  test.each([
    ['', 'Standard input holds no policy'],
    ['just words', 'Standard input holds no policy'],
    ['{"Version": "5.0", "Statement": [', 'Standard input is neither JSON nor YAML'],
    ['{"Effect": "Deny", "Effect": "Allow"}', 'Standard input is neither JSON nor YAML: Map keys must be unique'],
  ])('but not %j', async (input, text) => {
    const { exitCode, err, asked } = await typed(['policy', 'add', 'planners', '--file', '-'], { input })
    expect(exitCode).toBe(exitCodes.invalid)
    expect(err).toContain(text)
    expect(asked).toBeUndefined()
  })

  test('nor a file that is not there', async () => {
    const file = join(folder, 'none')
    const { exitCode, err } = await typed(['policy', 'add', 'planners', '--file', file])
    expect(exitCode).toBe(exitCodes.invalid)
    expect(err).toContain(`${file} cannot be read (ENOENT).`)
  })
})

test('what show prints, change reads', async () => {
  const { out, err } = await typed(['policy', 'show', 'planners'])
  expect(JSON.parse(out)).toEqual(document)
  expect(err).toBe('Policy planners, Version 5.0:\n')
  const { asked } = await typed(['policy', 'change', 'planners', '--file', '-'], { input: out })
  expect(asked?.body).toEqual({ document })
})

test('what the server has against it is said', async () => {
  const script: Script = {
    createPolicy: () => new Refusal(400, 'policy/invalid', 'Statement[0].Effect must be Allow or Deny.'),
  }
  const { exitCode, err } = await typed(['policy', 'add', 'x', '--file', '-'], { input: '{}', script })
  expect(exitCode).toBe(exitCodes.invalid)
  expect(err).toContain('Statement[0].Effect')
})

describe('policy explain', () => {
  const statement = {
    policy: 'planners',
    version: '5.0',
    through: 'user ada',
    statement: 0,
    sid: 'NoFinish',
    effect: 'Deny',
    applies: true,
    why: 'the action is meshlift:upgrade:finish',
  } as const
  const other = { ...statement, policy: 'readers', effect: 'Allow', applies: false, why: 'another action' } as const
  const explained = (allowed: boolean): Explanation => ({
    allowed,
    because: 'A statement says so.',
    by: 'statement',
    decided: { ...statement, effect: allowed ? 'Allow' : 'Deny' },
    considered: [statement, other],
  })
  const asking = (...more: readonly string[]) =>
    ['policy', 'explain', '--user', 'ada', '--action', 'meshlift:upgrade:finish'].concat(more)

  test.each([
    [true, exitCodes.done, 'User ada may meshlift:upgrade:finish on mesh shop.'],
    [false, exitCodes.denied, 'User ada may not meshlift:upgrade:finish on mesh shop.'],
  ])('allowed: %s', async (allowed, exitCode, text) => {
    const script: Script = { explain: () => explained(allowed) }
    const outcome = await typed(asking('--mesh', 'shop'), { script })
    expect(outcome.exitCode).toBe(exitCode)
    expect(outcome.out).toContain(`${text}\nA statement says so.\n`)
    expect(outcome.out).toContain(
      `${allowed ? 'Allow' : 'Deny'}  policy planners (5.0), statement 0 "NoFinish", through user ada: the action`,
    )
    expect(outcome.out).not.toContain('readers')
    expect(outcome.asked?.body).toEqual({
      user: 'u1',
      action: 'meshlift:upgrade:finish',
      project: who.MESHLIFT_PROJECT,
      mesh: 'm1',
    })
    const json = await typed(asking('--mesh', 'm1', '--output', 'json'), { script })
    expect(json.exitCode).toBe(exitCode)
    expect(JSON.parse(json.out)).toEqual(explained(allowed))
  })

  test('--verbose shows what else was looked at', async () => {
    const { out } = await typed(asking('--verbose'), { script: { explain: () => explained(true) } })
    expect(out).toContain('on every mesh.')
    expect(out).toContain('(Allow)  policy readers (5.0), statement 0 "NoFinish", through user ada: another action')
  })

  test('nothing decided says how many were looked at, and how to see them', async () => {
    const { decided: _, ...rest } = explained(false)
    const denied: Explanation = { ...rest, by: 'default' }
    const { out } = await typed(asking(), { script: { explain: () => denied } })
    expect(out).toContain('2 statements were looked at; --verbose says why none counted.')
    expect(out).not.toContain('readers')
  })

  test('nothing decided, nothing looked at', async () => {
    const nothing: Explanation = { allowed: false, because: 'No statement allows it.', by: 'default', considered: [] }
    const { exitCode, out } = await typed(asking('--verbose'), { script: { explain: () => nothing } })
    expect(exitCode).toBe(exitCodes.denied)
    expect(out).toContain('No statement allows it.\nLooked at:\n  nothing')
  })
})
