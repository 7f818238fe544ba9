import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const trees: string[] = []
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true })
})

// The launcher asks only for the version, so a Node that gives another one is old enough for it.
const pretendOld = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.19.0'}})`

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const start = (
  main: string,
  own: 'own node' | 'no own node',
  args: readonly string[] = [],
): { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<Ended> } => {
  const tree = mkdtempSync(join(tmpdir(), 'launcher-'))
  trees.push(tree)
  mkdirSync(join(tree, 'bin'))
  mkdirSync(join(tree, 'src/cli'), { recursive: true })
  mkdirSync(join(tree, 'node_modules/.bin'), { recursive: true })
  cpSync(resolve('bin/meshlift.js'), join(tree, 'bin/meshlift.js'))
  writeFileSync(join(tree, 'package.json'), '{"type":"module"}')
  writeFileSync(join(tree, 'src/cli/main.ts'), main)
  if (own === 'own node') symlinkSync(process.execPath, join(tree, 'node_modules/.bin/node'))
  const child = spawn(process.execPath, ['--import', pretendOld, join(tree, 'bin/meshlift.js'), ...args])
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, ...said }))
  })
  return { child, ended }
}

test('an old Node hands over to the one of the checkout: arguments and exit code pass through', async () => {
  const main = `export const main = async (args: readonly string[]): Promise<number> => {
    process.stdout.write(process.versions.node.split('.')[0] + ' ' + JSON.stringify(args))
    return 8
  }`
  const major = String(Number.parseInt(process.versions.node, 10))
  expect(await start(main, 'own node', ['status', '--output', 'a b']).ended).toEqual({
    code: 8,
    out: `${major} ["status","--output","a b"]`,
    err: '',
  })
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s reaches the program, which ends in its own way',
  async (signal) => {
    const main = `export const main = (): Promise<number> => new Promise((done) => {
    const open = setInterval(() => {}, 1000)
    process.once('${signal}', () => { clearInterval(open); done(7) })
    process.stdout.write('ready')
  })`
    const { child, ended } = start(main, 'own node')
    child.stdout.once('data', () => child.kill(signal))
    expect(await ended).toEqual({ code: 7, out: 'ready', err: '' })
  },
)

test('a program that is killed ends the launcher with the code shells use for it', async () => {
  const main = `export const main = async (): Promise<number> => { process.kill(process.pid, 'SIGKILL'); return 0 }`
  expect((await start(main, 'own node').ended).code).toBe(128 + 9)
})

test('without a Node of the checkout it says what to do', async () => {
  const { code, out, err } = await start('', 'no own node').ended
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^meshlift needs Node 24 or newer and this is v\d+\S+; run "npm ci" in the checkout/)
  expect(err.trimEnd().split('\n')).toHaveLength(1)
})
