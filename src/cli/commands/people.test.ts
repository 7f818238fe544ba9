import { describe, expect, test } from 'vitest'
import { exitCodes } from '../exit-codes.ts'
import { scriptedPeople, secretKey } from '../testing/scripted-people.ts'
import { Refusal, scriptedServer, who } from '../testing/scripted-server.ts'
import type { Script } from '../testing/scripted-server.ts'
import { run } from '../testing/test-world.ts'
import type { TestWorldOptions } from '../testing/test-world.ts'

async function typed(words: string, options: Partial<TestWorldOptions> = {}, script: Script = scriptedPeople()) {
  const { fetch, calls } = scriptedServer(script)
  const outcome = await run(words.split(' '), { fetch, environment: who, ...options })
  return { ...outcome, asked: calls.findLast(({ name }) => !name.startsWith('list')) }
}

describe('what is said, and what is asked of the server', () => {
  test.each([
    ['user add ada', 'User ada is made; it has no password.', 'createUser', { name: 'ada' }],
    [
      'user add eve --administrator',
      'User eve is made, an administrator; it has no password.',
      'createUser',
      { name: 'eve', administrator: true },
    ],
    ['user disable ada', 'User ada is shut out.', 'changeUser', { enabled: false }],
    ['user enable u2', 'User grace may log in and sign again.', 'changeUser', { enabled: true }],
    ['user promote ada', 'User ada may do everything now.', 'changeUser', { administrator: true }],
    ['user demote ada', 'User ada is no administrator any more', 'changeUser', { administrator: false }],
    ['user remove ada', 'User ada is removed, with its keys and tokens.', 'removeUser', undefined],
    ['group add night', 'Group night is made.', 'createGroup', { name: 'night' }],
    ['group remove ops', 'Group ops is removed.', 'removeGroup', undefined],
    ['group join ops grace', 'User grace is in group ops.', 'joinGroup', undefined],
    ['group leave g1 u1', 'User ada is no longer in group ops.', 'leaveGroup', undefined],
    ['project add pay', 'The project pay is made, with id p9.', 'createProject', { name: 'pay' }],
    ['project remove default', 'The project default is removed.', 'removeProject', undefined],
    [
      'project enterprise add bank',
      'The enterprise project bank is made, with id e9.',
      'createEnterpriseProject',
      { name: 'bank' },
    ],
    [
      'project enterprise remove retail',
      'The enterprise project retail is removed.',
      'removeEnterpriseProject',
      undefined,
    ],
    ['key disable QTWAOYTTINDUT2QVKYUC', 'no longer signs', 'changeKey', { enabled: false }],
    ['key enable QTWAOYTTINDUT2QVKYUC', 'signs again', 'changeKey', { enabled: true }],
    ['key remove QTWAOYTTINDUT2QVKYUC', 'is removed', 'removeKey', undefined],
    ['policy remove planners', 'Policy planners is removed.', 'removePolicy', undefined],
    [
      'policy grant planners --user ada',
      'Policy planners is granted to user ada.',
      'createGrant',
      { policy: 'y1', user: 'u1' },
    ],
    [
      'policy grant everything --group ops --in-project default',
      'Policy everything is granted to group ops in project default.',
      'createGrant',
      { policy: 'y0', group: 'g1', project: 'p1' },
    ],
    [
      'policy grant everything --group ops --in-enterprise-project retail',
      'in enterprise project retail.',
      'createGrant',
      { policy: 'y0', group: 'g1', enterpriseProject: 'e1' },
    ],
    ['policy revoke r2', 'Policy planners is taken back from user grace.', 'removeGrant', undefined],
  ])('%s', async (words, text, name, body) => {
    const { exitCode, out, asked } = await typed(words)
    expect(exitCode).toBe(exitCodes.done)
    expect(out).toContain(text)
    expect(asked).toMatchObject({ name })
    expect(asked?.body).toEqual(body)
    const json = await typed(`${words} --output json`)
    expect([json.exitCode, json.err]).toEqual([exitCodes.done, ''])
    expect(JSON.parse(json.out)).toBeTypeOf('object')
  })

  test.each([
    ['user list', /^grace\s+disabled\s+no /m],
    ['user list', /^admin\s+enabled\s+administrator\s+yes /m],
    ['group list', /^ops\s+ada\s+g1$/m],
    ['project list', /^default\s+p1$/m],
    ['project enterprise list', /^retail\s+e1$/m],
    ['key list', /^QTWAOYTTINDUT2QVKYUC\s+ada\s+enabled\s+\S+\s+nightly$/m],
    ['policy list', /^everything\s+1\.1\s+program /m],
    ['policy grants', /^everything\s+1\.1\s+group ops\s+project default\s+r1$/m],
    ['policy grants', /^planners\s+5\.0\s+user grace\s+everywhere\s+r2$/m],
  ])('%s', async (words, line) => {
    const { exitCode, out } = await typed(words)
    expect(exitCode).toBe(exitCodes.done)
    expect(out).toMatch(line)
    expect(JSON.parse((await typed(`${words} --output json`)).out)).toMatchObject({ items: expect.any(Array) })
  })

  test('a user is shown with its groups, its keys and the policies that reach it', async () => {
    const { out } = await typed('user show ada')
    expect(out).toMatch(/ {2}groups\s+ops\n/)
    expect(out).toMatch(/ {2}keys\s+QTWAOYTTINDUT2QVKYUC\n/)
    expect(out).toContain('everything  1.1      group ops  project default  r1')
    expect(out).not.toContain('grace')
    const shown: unknown = JSON.parse((await typed('user show ada --output json')).out)
    expect(shown).toMatchObject({ name: 'ada', groups: [{ id: 'g1', name: 'ops' }], grants: [{ id: 'r1' }] })
  })

  test('keys of one user', async () => {
    expect((await typed('key list --user grace')).out).toBe('No access key yet.\n')
  })
})

describe('names', () => {
  test('of nobody are answered with who there is', async () => {
    const { exitCode, err, asked } = await typed('user remove eda')
    expect(exitCode).toBe(exitCodes.notFound)
    expect(err).toContain('There is no user "eda"; there are admin, ada, grace, twin, twin.')
    expect(asked).toBeUndefined()
  })

  test('of several are refused, with their ids', async () => {
    const { exitCode, err, asked } = await typed('user remove twin')
    expect(exitCode).toBe(exitCodes.conflict)
    expect(err).toContain('"twin" means more than one user; say which by its id: u3, u4.')
    expect(asked).toBeUndefined()
    expect((await typed('user remove u4')).exitCode).toBe(exitCodes.done)
  })

  test('a --user after the command is whom it is about; before it, who asks', async () => {
    const wrong = await typed('--user somebody key list --user ada')
    expect(wrong.exitCode).toBe(exitCodes.done)
    const logins: string[] = []
    const { fetch } = scriptedServer(scriptedPeople())
    await run(['--user', 'root', 'key', 'create', '--user', 'ada'], {
      environment: who,
      fetch: (url, init) => {
        if (url.endsWith('/v3/auth/tokens') && typeof init.body === 'string')
          logins.push(/"user":\{"name":"(\w+)"/.exec(init.body)?.[1] ?? '')
        return fetch(url, init)
      },
    })
    expect(logins).toEqual(['root'])
  })
})

describe('passwords', () => {
  const password = 'correct horse battery'

  test('come from standard input, whole but for the end of the line', async () => {
    for (const words of ['user add eve --password-stdin', 'user password ada --password-stdin']) {
      const { exitCode, out, err, asked } = await typed(words, { input: `${password}\n` })
      expect(exitCode).toBe(exitCodes.done)
      expect(asked?.body).toMatchObject({ password })
      expect(out + err).not.toContain(password)
    }
  })

  test('are asked for twice', async () => {
    const { exitCode, out, err, asked, questions } = await typed('user password ada', { secrets: [password, password] })
    expect(exitCode).toBe(exitCodes.done)
    expect(questions).toEqual(['New password of ada: ', 'Once more: '])
    expect(asked?.body).toEqual({ password })
    expect(out + err + questions.join('')).not.toContain(password)
  })

  test.each([
    ['user password ada', { secrets: [password, 'something else'] }, 'The two passwords differ; nothing was changed.'],
    ['user password ada', { secrets: [''] }, 'No password was given.'],
    ['user password ada', {}, 'pipe it: meshlift user password ada --password-stdin'],
    ['user password ada --output json', { secrets: [password, password] }, 'No password was given.'],
    ['user add eve --password-stdin', { input: '\n' }, 'Nothing came on standard input'],
    ['user add eve', { secrets: [password, ''] }, 'The two passwords differ'],
  ])('%s with %j is refused', async (words, options, text) => {
    const { exitCode, out, err, asked } = await typed(words, options)
    expect(exitCode).toBe(exitCodes.invalid)
    expect(err).toContain(text)
    expect(out + err).not.toContain(password)
    expect(asked).toBeUndefined()
  })

  test('nothing typed makes a user without one', async () => {
    const { out, asked } = await typed('user add eve', { secrets: [''] })
    expect(asked?.body).toEqual({ name: 'eve' })
    expect(out).toContain('it has no password')
  })

  test('are no word of a command', async () => {
    const { exitCode, err } = await typed('user password ada secret')
    expect(exitCode).toBe(exitCodes.invalid)
    expect(err).toContain('too many arguments')
  })
})

describe('the secret of a key', () => {
  test('is shown by key create, and is all that is there as JSON', async () => {
    const { out, asked } = await typed('key create --user ada --description nightly --output json')
    expect(JSON.parse(out)).toEqual({ access: 'QTWAOYTTINDUT2QVKYUC', secret: secretKey })
    expect(asked?.body).toEqual({ user: 'u1', description: 'nightly' })
    expect((await typed('key create --user ada')).out).toBe(`access  QTWAOYTTINDUT2QVKYUC\nsecret  ${secretKey}\n`)
  })

  test('needs a user', async () => {
    expect((await typed('key create')).err).toContain("required option '--user <NAME>' not specified")
  })
})

describe('what a policy can be granted to', () => {
  test.each([
    ['policy grant planners', 'either --user USER or --group GROUP'],
    ['policy grant planners --user ada --group ops', 'either --user USER or --group GROUP'],
    [
      'policy grant planners --group ops --in-project default --in-enterprise-project retail',
      'either --in-project PROJECT or --in-enterprise-project PROJECT',
    ],
  ])('%s', async (words, text) => {
    const { exitCode, err, asked } = await typed(words)
    expect(exitCode).toBe(exitCodes.invalid)
    expect(err).toContain(text)
    expect(asked).toBeUndefined()
  })
})

test('whoever is no administrator is told so, with the code of that', async () => {
  const script: Script = {
    listUsers: () => new Refusal(403, 'access/administrators-only', 'Only administrators may list users.'),
  }
  const { exitCode, err } = await typed('user list', {}, script)
  expect(exitCode).toBe(exitCodes.unauthenticated)
  expect(err).toContain('Only administrators may list users.')
})
