import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exitCodes } from './exit-codes.ts'
import { Refusal, scriptedServer, secret, who } from './testing/scripted-server.ts'
import type { Script } from './testing/scripted-server.ts'
import { shop } from './testing/scripted-upgrade.ts'
import { run } from './testing/test-world.ts'

const typed = (argv: readonly string[], script: Script = {}, environment: Readonly<Record<string, string>> = who) =>
  run(argv, { fetch: scriptedServer(script).fetch, environment })

const commands = [
  'demo',
  'serve',
  'cluster add',
  'cluster list',
  'cluster test',
  'cluster remove',
  'mesh add',
  'mesh list',
  'mesh show',
  'mesh move',
  'mesh remove',
  'check',
  'upgrade',
  'next',
  'retry',
  'rollback',
  'abandon',
  'status',
  'job',
  'notes',
  'findings',
  'upgrades',
  'user add',
  'user list',
  'user show',
  'user password',
  'user enable',
  'user disable',
  'user remove',
  'group add',
  'group list',
  'group remove',
  'group join',
  'group leave',
  'project add',
  'project list',
  'project remove',
  'project enterprise add',
  'project enterprise list',
  'project enterprise remove',
  'key create',
  'key list',
  'key enable',
  'key disable',
  'key remove',
  'policy add',
  'policy change',
  'policy list',
  'policy show',
  'policy remove',
  'policy grant',
  'policy grants',
  'policy revoke',
  'policy explain',
  'audit show',
  'audit verify',
  'config print',
]

describe('help', () => {
  test.each(commands)('%s has an example that starts with its own words', async (command) => {
    const { exitCode, out } = await typed([...command.split(' '), '--help'])
    expect(exitCode).toBe(exitCodes.done)
    expect(out).toContain(`\n  meshlift ${command}`)
  })

  test('lists every command', async () => {
    const { out } = await typed(['--help'])
    for (const command of commands) expect(out).toMatch(new RegExp(`^ {2}${command.split(' ')[0]} `, 'm'))
  })

  test('a flag of a command stands before a setting of the same name', async () => {
    const { out } = await typed(['key', 'create', '--help'])
    expect(out.match(/--user /g)?.length).toBe(3)
    expect(out).toContain('--user <NAME>         name or id of the user that the key acts for')
    expect(out).toContain('--output <FORM>')
  })

  test.each([[[]], [['cluster']]])('%j says what there is, as an error', async (argv) => {
    const { exitCode, out, err } = await typed(argv)
    expect([exitCode, out]).toEqual([exitCodes.invalid, ''])
    expect(err).toContain('Commands:')
  })
})

describe('words that are wrong', () => {
  test.each([
    [['upgrad', 'shop'], "unknown command 'upgrad' (Did you mean upgrade?) See: meshlift --help"],
    [['upgrade', 'shop'], "required option '--to <VERSION>' not specified. See: meshlift upgrade --help"],
    [['status', '--xyz'], "unknown option '--xyz'. See: meshlift status --help"],
    [['mesh', 'show'], "missing required argument 'mesh'. See: meshlift mesh show --help"],
    [['status', 'a', 'b'], "too many arguments for 'status'. Expected 1 argument but got 2"],
    [['status', '--output', 'xml'], '--output must be one of text, json, and is "xml".'],
    [['serve', '--listen', '127.0.0.1:0'], 'Say where to keep data (--data DIR).'],
  ])('%j', async (argv, text) => {
    const { exitCode, out, err } = await typed(argv)
    expect(exitCode).toBe(exitCodes.invalid)
    expect(out).toBe('')
    expect(err).toContain(text)
  })

  test('as JSON when JSON was asked for, however that was said', async () => {
    for (const argv of [
      ['status', '--output', 'json', '--fast'],
      ['status', '--output=json', '--fast'],
    ]) {
      const { out, err } = await typed(argv)
      expect(out).toBe('')
      expect(JSON.parse(err)).toMatchObject({ error: { kind: 'invalid', code: 'cli/usage' } })
    }
    const { err } = await typed(['status', '--fast'], {}, { MESHLIFT_OUTPUT: 'json' })
    expect(JSON.parse(err)).toMatchObject({ error: { kind: 'invalid' } })
  })
})

const nothing: Script = {
  listMeshes: () => ({ kind: 'MeshList', apiVersion: 'v1', items: [] }),
  listUpgrades: () => ({ items: [] }),
  listClusters: () => ({ items: [] }),
}
const known: Script = { ...nothing, listMeshes: () => ({ kind: 'MeshList', apiVersion: 'v1', items: [shop] }) }

describe('objects that are not there', () => {
  test.each([
    ['mesh show shopp', known, 'There is no mesh "shopp"; there is shop.'],
    ['mesh show shop', nothing, 'There is no mesh "shop", and no other; "meshlift mesh add" registers one.'],
    ['check shopp --to 1.31', known, 'there is shop'],
    ['upgrade shopp --to 1.31', known, 'there is shop'],
    ['status shopp', known, 'There is no mesh "shopp"; there is shop.'],
    ['status shop', known, 'Mesh shop has no upgrade; "meshlift upgrade shop --to VERSION" starts one.'],
    ['status', known, 'There is no upgrade yet'],
    ['cluster test c', nothing, 'There is no cluster "c", and no other; "meshlift cluster add" registers one.'],
  ])('%s', async (words, script, text) => {
    const { exitCode, err } = await typed(words.split(' '), script)
    expect(exitCode).toBe(exitCodes.notFound)
    expect(err).toContain(text)
  })
})

test('settings are taken before the words of a command, among them and after them', async () => {
  for (const argv of ['--output json mesh list', 'mesh --output json list', 'mesh list --output json']) {
    const { exitCode, out } = await typed(argv.split(' '), known)
    expect(exitCode).toBe(exitCodes.done)
    expect(JSON.parse(out)).toMatchObject({ kind: 'MeshList' })
  }
})

describe('what the server refuses', () => {
  test.each([
    [400, exitCodes.invalid],
    [401, exitCodes.unauthenticated],
    [403, exitCodes.unauthenticated],
    [404, exitCodes.notFound],
    [409, exitCodes.conflict],
    [422, exitCodes.blocked],
    [502, exitCodes.other],
    [503, exitCodes.unavailable],
    [504, exitCodes.unavailable],
  ])('%i', async (status, exitCode) => {
    const script: Script = { listMeshes: () => new Refusal(status, 'test/refused', 'The sentence of the server.') }
    const outcome = await typed(['mesh', 'list'], script)
    expect(outcome.exitCode).toBe(exitCode)
    expect(outcome.err).toContain('The sentence of the server.')
  })

  test.each([
    ['Cluster real cannot be reached.', exitCodes.unavailable],
    ['Internal error. The log has it as 1-2-3.', exitCodes.other],
  ])('500: %s', async (text, exitCode) => {
    const script: Script = { listMeshes: () => new Refusal(500, 'test/refused', text) }
    expect((await typed(['mesh', 'list'], script)).exitCode).toBe(exitCode)
  })

  test('a wrong password', async () => {
    const outcome = await typed(['mesh', 'list'], known, { ...who, MESHLIFT_PASSWORD: 'another-secret' })
    expect(outcome.exitCode).toBe(exitCodes.unauthenticated)
    expect(outcome.err).toBe('meshlift: The username or password is wrong.\n')
  })

  test('no server at all', async () => {
    const outcome = await run(['mesh', 'list'], {
      environment: who,
      fetch: () => Promise.reject(new TypeError('fetch failed')),
    })
    expect(outcome.exitCode).toBe(exitCodes.unavailable)
    expect(outcome.err).toContain('No answer from http://scripted')
  })

  test('a token that ended is replaced without a word', async () => {
    let asked = 0
    const script: Script = {
      listMeshes: () => {
        asked += 1
        return asked === 1
          ? new Refusal(401, 'access/expired-token', 'token expires')
          : { kind: 'MeshList', apiVersion: 'v1', items: [shop] }
      },
    }
    const { exitCode, out, err } = await typed(['mesh', 'list'], script)
    expect([exitCode, err]).toEqual([exitCodes.done, ''])
    expect(out).toContain('shop  1.30.2  Running')
  })
})

describe('check', () => {
  const report = (weight: 'blocks' | 'warns') => ({
    mesh: { id: 'm1', name: 'shop' },
    from: { revision: 'default', version: '1.30.2' },
    to: { revision: '1-31-1', version: '1.31.1' },
    findings: [{ check: 'budget', weight, about: 'shop/cart', code: 'budget/no-room', text: 'Give it room.' }],
    checks: [{ id: 'budget', title: 'Budgets leave room', findings: 1 }],
  })

  test.each([
    ['blocks', exitCodes.blocked],
    ['warns', exitCodes.done],
  ] as const)('a finding that %s', async (weight, exitCode) => {
    const outcome = await typed(['check', 'shop', '--to', '1.31'], { ...known, checkMesh: () => report(weight) })
    expect(outcome.exitCode).toBe(exitCode)
    expect(outcome.out).toContain(`${weight.padEnd(6)}  shop/cart  Give it room. [budget/no-room]`)
  })
})

describe('config print', () => {
  test('masks secrets and says where each value comes from', async () => {
    for (const form of ['text', 'json']) {
      const { out } = await typed(['config', 'print', '--speed', '3', '--output', form])
      expect(out).not.toContain(secret)
      expect(out).toContain('********')
    }
    const { out } = await typed(['config', 'print', '--speed', '3', '--output', 'json'])
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ name: 'speed', value: '3', from: 'flag' }))
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ name: 'readyWithin', value: '300000 ms', from: 'default' }),
    )
  })
})

test('cluster add sends paths that mean the same from anywhere', async () => {
  const { fetch, calls } = scriptedServer({
    addCluster: ({ body }) => ({ ...body, id: 'c1', createdAt: '2026-11-22T10:00:00Z' }),
  })
  const argv = [
    'cluster',
    'add',
    'prod',
    '--kubeconfig',
    'kube/config',
    '--charts',
    'oci://charts/istio',
    '--helm',
    './helm',
  ]
  const { exitCode, err } = await run(argv, { fetch, environment: who })
  expect([exitCode, err]).toEqual([exitCodes.done, 'Try it: meshlift cluster test prod\n'])
  expect(calls[0]?.body).toEqual({
    name: 'prod',
    kubeconfig: resolve('kube/config'),
    charts: 'oci://charts/istio',
    helm: resolve('helm'),
  })
})
