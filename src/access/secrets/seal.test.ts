import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSeal } from './seal.ts'
import { sealWith } from './sealing.ts'

describe('a seal', () => {
  const seal = sealWith(Buffer.alloc(32, 1))

  it.each(['secret', 'grün ☂', 'x'.repeat(5000)])('opens what it sealed and does not show it', (text) => {
    const sealed = seal.seal(text, 'AK1')
    expect(seal.open(sealed, 'AK1')).toBe(text)
    expect(sealed + Buffer.from(sealed.slice(3), 'base64').toString('utf8')).not.toContain(text)
  })

  it('never seals the same text the same way twice', () => {
    expect(new Set(Array.from({ length: 50 }, () => seal.seal('secret', 'AK1'))).size).toBe(50)
  })

  it('does not open what is about something else, was sealed with another key, or is of no known form', () => {
    const sealed = seal.seal('secret', 'AK1')
    const refusal = { kind: 'unavailable', code: 'access/sealed' }
    expect(() => seal.open(sealed, 'AK2')).toThrow(expect.objectContaining(refusal))
    expect(() => sealWith(Buffer.alloc(32, 2)).open(sealed, 'AK1')).toThrow(expect.objectContaining(refusal))
    expect(() => seal.open('', 'AK1')).toThrow(expect.objectContaining(refusal))
    expect(() => seal.open('v1.', 'AK1')).toThrow(expect.objectContaining(refusal))
    expect(() => seal.open(sealed.replace('v1.', 'v2.'), 'AK1')).toThrow(expect.objectContaining(refusal))
  })

  it('does not open with any one byte changed, nor cut short', () => {
    const bytes = Buffer.from(seal.seal('secret', 'AK1').slice(3), 'base64')
    const opens = (changed: Buffer): string => seal.open(`v1.${changed.toString('base64')}`, 'AK1')
    expect(opens(bytes)).toBe('secret')
    for (const at of bytes.keys()) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(() => opens(changed)).toThrow('A stored secret does not open')
      expect(() => opens(bytes.subarray(0, at))).toThrow('A stored secret does not open')
    }
  })

  it('derives one key for each purpose, none of them its own', () => {
    expect(seal.derive('audit')).toEqual(sealWith(Buffer.alloc(32, 1)).derive('audit'))
    expect(seal.derive('audit')).toHaveLength(32)
    const keys = [seal.derive('audit'), seal.derive('other'), seal.derive('seal'), Buffer.alloc(32, 1)]
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(4)
  })
})

describe('the key file', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'seal-test-'))
    file = join(folder, 'data', 'secret.key')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is made once, for its owner alone, and opens at the next start what was sealed before', async () => {
    const sealed = (await openSeal(file)).seal('secret', 'AK1')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/)
    expect(readdirSync(join(folder, 'data'))).toEqual(['secret.key'])
    const again = await openSeal(file, ['the secrets of 1 access key'])
    expect(again.open(sealed, 'AK1')).toBe('secret')
  })

  it('is not made anew where something was sealed with it: the refusal names both', async () => {
    await expect(openSeal(file, ['the secrets of 2 access keys', 'the audit log'])).rejects.toMatchObject({
      kind: 'invalid',
      code: 'access/key-file-missing',
      message: expect.stringContaining(
        `${file} is missing, and without it nobody can read the secrets of 2 access keys`,
      ),
    })
    expect(existsSync(file)).toBe(false)
  })

  it.each([0o604, 0o606, 0o644, 0o666, 0o602])('is refused when others may use it: %o', async (mode) => {
    await openSeal(file)
    chmodSync(file, mode)
    await expect(openSeal(file)).rejects.toMatchObject({ code: 'access/key-file-open' })
    expect(statSync(file).mode & 0o777).toBe(mode)
  })

  it.each([0o400, 0o440, 0o640])('may be mounted, for its group too: %o', async (mode) => {
    const sealed = (await openSeal(file)).seal('secret', 'AK1')
    chmodSync(file, mode)
    expect((await openSeal(file)).open(sealed, 'AK1')).toBe('secret')
  })

  it.each(['', 'topsecret', 'dG9vIHNob3J0', `${Buffer.alloc(33).toString('base64')}\n`])(
    'is refused and left alone when it is no key, without quoting it: %j',
    async (text) => {
      await openSeal(file)
      writeFileSync(file, text)
      const refusal: unknown = await openSeal(file).catch((thrown: unknown) => thrown)
      expect(refusal).toMatchObject({ kind: 'invalid', code: 'access/key-file-unreadable' })
      expect(String(refusal)).toContain(file)
      expect(String((refusal as Error).stack)).not.toContain('topsecret')
      expect(readFileSync(file, 'utf8')).toBe(text)
    },
  )

  it('has one winner when two start at once, and both have the same key or one is refused', async () => {
    const starts = await Promise.allSettled([openSeal(file), openSeal(file)])
    const seals = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
    const kept = await openSeal(file)
    expect(seals.length).toBeGreaterThan(0)
    for (const seal of seals) expect(kept.open(seal.seal('secret', 'AK1'), 'AK1')).toBe('secret')
  })

  it('says what is wrong with a folder that cannot be used', async () => {
    writeFileSync(join(folder, 'flat'), '')
    await expect(openSeal(join(folder, 'flat', 'secret.key'))).rejects.toMatchObject({
      code: 'access/key-file-unreadable',
      message: expect.stringContaining('ENOTDIR'),
    })
  })
})
