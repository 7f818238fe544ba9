import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const trees: string[] = []
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true })
})

interface Run {
  readonly install?: string
  readonly tests?: string
  readonly verify?: string
  readonly bed?: string
}

/** The real script with another `npm` and `dpkg` before it; each part is a line of shell. */
const run = ({
  install = ':',
  tests = 'echo 3 passed, 0 failed',
  verify = ':',
  bed = 'echo 2 passed, 0 failed',
}: Run) => {
  const tree = mkdtempSync(join(tmpdir(), 'ci-'))
  trees.push(tree)
  mkdirSync(join(tree, '.ci'))
  mkdirSync(join(tree, 'bin'))
  cpSync(resolve('.ci/run'), join(tree, '.ci/run'))
  const write = (name: string, text: string): void => {
    writeFileSync(join(tree, 'bin', name), `#!/bin/bash\n${text}\n`)
    chmodSync(join(tree, 'bin', name), 0o755)
  }
  write('dpkg', "echo 'Status: install ok installed'")
  write('npm', `case "$*" in ci) ${install};; test) ${tests};; 'run verify') ${verify};; 'run test:bed') ${bed};; esac`)
  const { status, stdout } = spawnSync(join(tree, '.ci/run'), {
    env: { PATH: `${join(tree, 'bin')}:/usr/bin:/bin` },
    encoding: 'utf8',
  })
  return { status, last: stdout.trimEnd().split('\n').at(-1), stdout }
}

test('the suites are summed, and the time of each part is told', () => {
  const { status, last, stdout } = run({})
  expect({ status, last }).toEqual({ status: 0, last: '5 passed, 0 failed' })
  for (const part of ['packages', 'install', 'tests', 'verify', 'bed']) {
    expect(stdout).toMatch(new RegExp(`^${part} +\\d+ s  exit 0$`, 'm'))
  }
})

test.each<readonly [string, Run, string]>([
  ['a failed test', { tests: 'echo 2 passed, 1 failed; exit 1' }, '4 passed, 1 failed'],
  [
    'a suite that fails after saying that all passed',
    { tests: 'echo 3 passed, 0 failed; exit 1' },
    '5 passed, 1 failed',
  ],
  ['a suite without a closing line', { tests: 'echo dead' }, '2 passed, 1 failed'],
  ['a skip on the bed', { bed: 'echo 1 passed, 0 failed, 1 skipped' }, '4 passed, 1 failed'],
  ['verify', { verify: 'exit 2' }, '5 passed, 1 failed'],
  ['an install', { install: 'exit 1' }, '5 passed, 1 failed'],
])('%s fails the whole', (_, parts, last) => {
  expect(run(parts)).toMatchObject({ status: 1, last })
})

test('a skip in the tests is allowed, and a coloured closing line is read', () => {
  expect(run({ tests: String.raw`printf '\033[1m3 passed, 0 failed, 1 skipped\033[0m\n'` })).toMatchObject({
    status: 0,
    last: '5 passed, 0 failed',
  })
})

test('nothing run is not green', () => {
  expect(run({ tests: 'echo 0 passed, 0 failed', bed: 'echo 0 passed, 0 failed' })).toMatchObject({ status: 1 })
})
