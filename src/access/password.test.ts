import { expect, it } from 'vitest'
import { hashPassword, passwordFits } from './password.ts'

it('accepts the password it was made from and no other', async () => {
  const hash = await hashPassword('correct horse')
  expect(await passwordFits('correct horse', hash)).toBe(true)
  expect(await passwordFits('correct horsf', hash)).toBe(false)
  expect(await passwordFits('', hash)).toBe(false)
})

it('salts: the same password gives another hash, and none of them holds it', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
  expect(one).not.toBe(two)
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(one).not.toContain('horse')
})

it('reads the settings off the hash, so that old ones go on fitting when they are raised', async () => {
  const known = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$'
  const hash = await hashPassword('x')
  const cheap = hash.replace('m=19456', 'm=64')
  expect(cheap).not.toBe(hash)
  expect(await passwordFits('x', cheap)).toBe(false)
  await expect(passwordFits('x', known)).rejects.toThrow(/not one of argon2id/)
})

it('never fits an account that does not exist', async () => {
  expect(await passwordFits('', undefined)).toBe(false)
  expect(await passwordFits('anything', undefined)).toBe(false)
})
