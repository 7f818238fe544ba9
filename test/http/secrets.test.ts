import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { admitAtFirstStart } from '../../src/access/administrator.ts'
import { openAccess } from '../../src/access/door.ts'
import { openSeal } from '../../src/access/secrets/seal.ts'
import { accessTables, sqliteAccessStores } from '../../src/access/sqlite.ts'
import type { HandOut } from '../../src/contract/hand-out.ts'
import type { TokenRequest } from '../../src/contract/tokens.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/lib/sqlite.ts'
import { openServer } from '../../src/main.ts'
import { handOut, harness } from './harness.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const credentials = (user: object, scope: object = { project: { name: 'default' } }) => ({
  auth: { identity: { methods: ['password'], password: { user } }, scope },
})
const right = { name: 'admin', password: handOut.password, domain: { name: 'meshlift' } }

it('are in no answer and no log line, however a request fails', async () => {
  const at = await harness((made) => ({
    access: {
      ...made.access,
      login: (request, from) =>
        request.auth.scope?.project?.name === 'fail'
          ? Promise.reject(new Error('the store is broken'))
          : made.access.login(request, from),
    },
  }))
  const said: string[] = []
  const ask = async (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => {
    const answer = await at.ask(method, path, body, headers)
    const rest = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'x-subject-token'))
    said.push(JSON.stringify({ ...answer, headers: rest }))
    return answer
  }
  const token = '/v3/auth/tokens'
  await ask('POST', token, credentials(right))
  await ask('POST', token, credentials({ ...right, name: 'root' }))
  await ask('POST', token, credentials({ ...right, name: 5 }))
  await ask('POST', token, credentials({ ...right, domain: undefined }))
  await ask('POST', token, credentials(right, { project: { name: 'other' } }))
  await ask('POST', token, credentials(right, { project: { name: 'fail' } }))
  await ask('POST', token, `{"password": "${handOut.password}"`)
  await ask('POST', token, credentials(right), { 'content-type': 'text/plain' })
  await ask('POST', `${token}?nocatalog=1&password=${handOut.password}`, {})
  await ask('GET', '/v1/PROJECT/meshes')
  await ask('GET', '/v1/PROJECT/meshes', undefined, { 'x-auth-token': `${at.session.token}x` })
  await ask('POST', '/v1/PROJECT/mesh-upgrade', { kind: at.session.token, spec: handOut.password })
  expect(said).toHaveLength(12)
  const everything = said.join('\n') + at.logged()
  expect(everything).toContain('the store is broken')
  expect(everything).not.toContain(handOut.password)
  expect(everything).not.toContain(at.session.token)
})

it('are not told of a file that was handed out and has been damaged', async () => {
  const { config } = readConfig({ flags: { data: folder, logLevel: 'silent' }, environment: {} })
  const file = join(folder, 'admin.json')
  const first = await openServer(config)
  const { password } = first.credentials
  await first.close()
  for (const text of [readFileSync(file, 'utf8').replace('"user":', 'user:'), JSON.stringify({ password })]) {
    writeFileSync(file, text)
    const failed: unknown = await openServer(config).catch((thrown: unknown) => thrown)
    expect(failed).toMatchObject({ kind: 'invalid', code: 'access/hand-out-unreadable' })
    expect(inspect(failed, { depth: 9 })).not.toContain(password)
  }
})

it('are in no file but the one that is handed out', async () => {
  const database = await openDatabase(join(folder, 'meshlift.db'), [accessTables])
  const seal = await openSeal(join(folder, 'secret.key'))
  const stores = sqliteAccessStores(database.kysely, { chainKey: seal.derive('audit') })
  const now = 1_700_000_000_000
  await admitAtFirstStart(stores.directory, join(folder, 'admin.json'), now)
  const made = JSON.parse(readFileSync(join(folder, 'admin.json'), 'utf8')) as HandOut
  const { user, password, domain, projectName } = made
  const access = await openAccess({
    stores,
    seal,
    clock: { now: () => now },
    settings: { region: 'local', lockAfter: 5, lockForMs: 1000 },
    warn: () => undefined,
  })
  const request = credentials({ name: user, password, domain: { name: domain } }, { project: { name: projectName } })
  const { token, given } = await access.login(request as TokenRequest, '127.0.0.1')
  const key = await access.office.createKey({ user: given.caller.user.id })
  const again = await access.login(request as TokenRequest, '127.0.0.1')
  const caller = await access.whoIs(again.token)
  const temporary = await access.temporaryKey({ auth: { identity: { methods: ['token'] } } }, caller)
  // While it is open, so that the log beside it is read too.
  const names = readdirSync(folder).filter((name) => name !== 'admin.json')
  const bytes = names.map((name) => readFileSync(join(folder, name), 'latin1')).join('')
  await database.close()
  expect(bytes).toContain('argon2id')
  expect(bytes).toContain(key.access)
  const secrets = [password, token, again.token, key.secret, temporary.secret, temporary.securityToken]
  for (const secret of secrets) expect(bytes).not.toContain(secret)
})
