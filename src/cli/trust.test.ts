import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { exitCodes } from './exit-codes.ts'
import { writeServerFile } from './server-file.ts'
import { scriptedServer, secret, who } from './testing/scripted-server.ts'
import { run } from './testing/test-world.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshlift-trust-'))
  return () => rmSync(folder, { recursive: true })
})

const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`
const { fetch } = scriptedServer({ listMeshes: () => ({ kind: 'MeshList', apiVersion: 'v1', items: [] }) })
const list = (argv: readonly string[], environment: Readonly<Record<string, string>> = who) =>
  run(['mesh', 'list', ...argv], { fetch, environment })

function written(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

test('every certificate of --ca-file is trusted, whatever stands between them', async () => {
  const file = written('ca.pem', `# two\n${pem('QUE=')}\nkept by ops\n${pem('QkI=')}\n`)
  for (const outcome of [await list(['--ca-file', file]), await list([], { ...who, MESHLIFT_CA_FILE: file })]) {
    expect(outcome.exitCode).toBe(exitCodes.done)
    expect(outcome.trusted).toEqual([pem('QUE='), pem('QkI=')])
  }
})

test('nothing is added when nothing is named', async () => {
  expect((await list([])).trusted).toEqual([])
})

test.each([
  ['none.pem', 'none.pem cannot be read (ENOENT)'],
  ['key.pem', 'key.pem holds no certificate in PEM form'],
])('a file that is no good is named before anything is asked: %s', async (name, text) => {
  written('key.pem', '-----BEGIN PRIVATE KEY-----\nQUE=\n-----END PRIVATE KEY-----')
  const outcome = await list(['--ca-file', join(folder, name)])
  expect(outcome.exitCode).toBe(exitCodes.invalid)
  expect(outcome.err).toContain(text)
})

test('whoever has the data folder trusts the server of it', async () => {
  const certificate = written('tls.crt', pem('Q0M='))
  const handOut = {
    user: who.MESHLIFT_USER,
    password: secret,
    domain: who.MESHLIFT_DOMAIN,
    projectName: 'default',
    projectId: who.MESHLIFT_PROJECT,
  }
  written('admin.json', JSON.stringify(handOut))
  await writeServerFile(folder, { url: 'https://running:1', pid: process.pid, certificate })
  const outcome = await list(['--data', folder], {})
  expect(outcome).toMatchObject({ exitCode: exitCodes.done, trusted: [pem('Q0M=')] })
})
