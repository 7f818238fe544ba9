import { describe, expect, it } from 'vitest'
import { rescued, whenThere } from './soon.ts'
import type { Soon } from './soon.ts'

const broken = new Error('It broke.')
const asText = (thrown: unknown): string => `refused: ${(thrown as Error).message}`
const fails = (): never => {
  throw broken
}

describe('what is there', () => {
  it('is used at once', () => {
    expect(whenThere(1, (value) => value + 1)).toBe(2)
    expect(rescued(() => 1, fails)).toBe(1)
  })

  it('is refused at once', () => {
    expect(() => whenThere(1, fails)).toThrow(broken)
    expect(rescued(fails, asText)).toBe('refused: It broke.')
    expect(rescued(() => whenThere(1, fails), asText)).toBe('refused: It broke.')
  })
})

describe('what is waited for', () => {
  const later = <T>(value: T): Soon<T> => Promise.resolve(value)

  it('is used when it comes', async () => {
    const soon = whenThere(later(1), (value) => value + 1)
    expect(soon).toBeInstanceOf(Promise)
    expect(await soon).toBe(2)
    expect(await whenThere(later(1), (value) => later(value + 1))).toBe(2)
  })

  it('is refused when it comes, once', async () => {
    const seen: unknown[] = []
    const failed = (thrown: unknown): string => {
      seen.push(thrown)
      return asText(thrown)
    }
    expect(await rescued(() => whenThere(later('1'), fails), failed)).toBe('refused: It broke.')
    expect(await rescued(() => Promise.reject<string>(broken), failed)).toBe('refused: It broke.')
    expect(seen).toEqual([broken, broken])
    await expect(whenThere(Promise.reject(broken), (value) => value)).rejects.toBe(broken)
  })
})
