import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { closingLine } from './closing-line.ts'

const trees: string[] = []
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true })
})

/** A run of vitest of its own: what is promised is what the whole program prints and answers. */
const run = (
  tests: Readonly<Record<string, string>>,
): Promise<{ readonly last: string; readonly code: number | null }> => {
  const tree = mkdtempSync(join(tmpdir(), 'closing-'))
  trees.push(tree)
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'))
  writeFileSync(join(tree, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(tree, 'vitest.config.ts'),
    `import { closingLineReporter } from ${JSON.stringify(resolve('scripts/closing-line.ts'))}
     export default { test: { include: ['*.test.ts'], reporters: [closingLineReporter((line) => process.stdout.write(line))] } }`,
  )
  for (const [file, text] of Object.entries(tests)) writeFileSync(join(tree, file), text)
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [resolve('node_modules/vitest/vitest.mjs'), 'run'], { cwd: tree })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.on('error', fail)
    child.on('close', (code) => done({ last: out.trimEnd().split('\n').at(-1) ?? '', code }))
  })
}

const head = "import { expect, test } from 'vitest'\n"

test('skips are said only where there are some', () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
  expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped')
})

test('passes, failures and skips are counted, and a failure is told to the caller', async () => {
  const text = `${head}test('a', () => {})\ntest('b', () => expect(1).toBe(2))\ntest.skip('c', () => {})\n`
  expect(await run({ 'a.test.ts': text })).toEqual({ last: '1 passed, 1 failed, 1 skipped', code: 1 })
})

test('all passed', async () => {
  expect(await run({ 'a.test.ts': `${head}test('a', () => {})\n` })).toEqual({ last: '1 passed, 0 failed', code: 0 })
})

test('a file that does not load is a failure, though none of its tests ran', async () => {
  const both = { 'a.test.ts': `${head}test('a', () => {})\n`, 'b.test.ts': "throw new Error('no')\n" }
  expect(await run(both)).toEqual({ last: '1 passed, 1 failed', code: 1 })
})

test('an error outside of any test is a failure', async () => {
  const text = `${head}test('a', () => { void Promise.reject(new Error('lost')) })\n`
  expect(await run({ 'a.test.ts': text })).toEqual({ last: '1 passed, 1 failed', code: 1 })
})

test('a run in which nothing ran fails', async () => {
  expect(await run({ 'a.test.ts': `${head}test.skip('a', () => {})\n` })).toEqual({
    last: '0 passed, 0 failed, 1 skipped',
    code: 1,
  })
  expect((await run({})).code).toBe(1)
})
