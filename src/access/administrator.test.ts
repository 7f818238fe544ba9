import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { HandOut } from '../contract/hand-out.ts'
import { admitAtFirstStart } from './administrator.ts'
import { memoryDirectoryStore } from './directory/memory.ts'
import type { DirectoryStore } from './directory/store.ts'
import { passwordFits } from './password.ts'

let folder: string
let file: string
let store: DirectoryStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'administrator-test-'))
  file = join(folder, 'data', 'admin.json')
  store = memoryDirectoryStore()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (): HandOut => JSON.parse(readFileSync(file, 'utf8')) as HandOut
const opens = async (handOut: HandOut): Promise<boolean> => {
  const directory = await store.read()
  const user = [...(directory?.users.values() ?? [])].find(({ name }) => name === handOut.user)
  return directory?.domain.name === handOut.domain && passwordFits(handOut.password, user?.passwordHash)
}

it('hands out a file that only its owner can read, and keeps a hash that fits', async () => {
  await admitAtFirstStart(store, file, 7)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const made = read()
  expect(Object.keys(made).toSorted()).toEqual(['domain', 'password', 'projectId', 'projectName', 'user'])
  expect(made.projectId).toMatch(/^[0-9a-f]{32}$/)
  expect(made.password.length).toBeGreaterThanOrEqual(32)
  expect(await opens(made)).toBe(true)
  const directory = await store.read()
  const users = [...(directory?.users.values() ?? [])]
  expect(users).toMatchObject([{ name: made.user, enabled: true, administrator: true, createdAt: 7 }])
  expect(JSON.stringify(users)).not.toContain(made.password)
  expect([...(directory?.projects.values() ?? [])]).toEqual([{ id: made.projectId, name: made.projectName }])
})

it('makes it once: a later start changes nothing, and does not bring back a file that was put away', async () => {
  await admitAtFirstStart(store, file, 7)
  const made = read()
  await admitAtFirstStart(store, file, 7)
  expect(read()).toEqual(made)
  rmSync(file)
  await admitAtFirstStart(store, file, 7)
  expect(existsSync(file)).toBe(false)
  expect(await opens(made)).toBe(true)
})

it('takes the file over when the directory is missing: killed in between, or the database was lost', async () => {
  await admitAtFirstStart(memoryDirectoryStore(), file, 7)
  const made = read()
  await admitAtFirstStart(store, file, 7)
  expect(read()).toEqual(made)
  expect(await opens(made)).toBe(true)
})

it.each(['{"user": "admin", "password": "topsecret"', '{"user": "admin", "password": "topsecret"}', '[]'])(
  'refuses a file that is not one of ours, without quoting it: %s',
  async (text) => {
    await admitAtFirstStart(memoryDirectoryStore(), file, 7)
    writeFileSync(file, text)
    const refusal: unknown = await admitAtFirstStart(store, file, 7).catch((thrown: unknown) => thrown)
    expect(refusal).toMatchObject({ kind: 'invalid', code: 'access/hand-out-unreadable' })
    expect(String(refusal)).toContain(file)
    expect(String((refusal as Error).stack) + String((refusal as Error).cause)).not.toContain('topsecret')
    expect(await store.read()).toBeUndefined()
  },
)
