import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { HandOut } from '../contract/hand-out.ts'
import { admitAtFirstStart } from './administrator.ts'
import { memoryAccessStore } from './memory.ts'
import { passwordFits } from './password.ts'
import type { AccessStore } from './store.ts'

let folder: string
let file: string
let store: AccessStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'administrator-test-'))
  file = join(folder, 'data', 'admin.json')
  store = memoryAccessStore()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (): HandOut => JSON.parse(readFileSync(file, 'utf8')) as HandOut
const opens = async (handOut: HandOut): Promise<boolean> => {
  const account = await store.findAccount(handOut.domain, handOut.user)
  return passwordFits(handOut.password, account?.passwordHash)
}

it('hands out a file that only its owner can read, and keeps a hash that fits', async () => {
  await admitAtFirstStart(store, file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const made = read()
  expect(Object.keys(made).toSorted()).toEqual(['domain', 'password', 'projectId', 'projectName', 'user'])
  expect(made.projectId).toMatch(/^[0-9a-f]{32}$/)
  expect(made.password.length).toBeGreaterThanOrEqual(32)
  expect(await opens(made)).toBe(true)
  const account = await store.findAccount(made.domain, made.user)
  expect(JSON.stringify(account)).not.toContain(made.password)
  expect(account?.project).toEqual({ id: made.projectId, name: made.projectName })
})

it('makes it once: a later start changes nothing, and does not bring back a file that was put away', async () => {
  await admitAtFirstStart(store, file)
  const made = read()
  await admitAtFirstStart(store, file)
  expect(read()).toEqual(made)
  rmSync(file)
  await admitAtFirstStart(store, file)
  expect(existsSync(file)).toBe(false)
  expect(await opens(made)).toBe(true)
})

it('takes the file over when the account is missing: killed in between, or the database was lost', async () => {
  await admitAtFirstStart(memoryAccessStore(), file)
  const made = read()
  await admitAtFirstStart(store, file)
  expect(read()).toEqual(made)
  expect(await opens(made)).toBe(true)
})

it.each(['{"user": "admin", "password": "topsecret"', '{"user": "admin", "password": "topsecret"}', '[]'])(
  'refuses a file that is not one of ours, without quoting it: %s',
  async (text) => {
    await admitAtFirstStart(memoryAccessStore(), file)
    writeFileSync(file, text)
    const refusal: unknown = await admitAtFirstStart(store, file).catch((thrown: unknown) => thrown)
    expect(refusal).toMatchObject({ kind: 'invalid', code: 'access/hand-out-unreadable' })
    expect(String(refusal)).toContain(file)
    expect(String((refusal as Error).stack) + String((refusal as Error).cause)).not.toContain('topsecret')
    expect(await store.isEmpty()).toBe(true)
  },
)
