import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareVersions, covers, isFamily, parseVersion } from './version.ts'
import type { Version } from './version.ts'

const version = (text: string): Version => {
  const parsed = parseVersion(text)
  if (parsed === undefined) throw new Error(`${text} does not parse`)
  return parsed
}

describe('version texts', () => {
  it.each([
    ['1.30.2', { text: '1.30.2', major: 1, minor: 30, patch: 2 }],
    ['v1.30', { text: '1.30', major: 1, minor: 30, patch: undefined }],
    ['1.15.7-r12', { text: '1.15.7-r12', patch: 7, rebuild: 12, pre: undefined }],
    ['1.31.0-rc.0', { text: '1.31.0-rc.0', rebuild: undefined, pre: 'rc.0' }],
    ['v1.33.1-eks-a1b2', { text: '1.33.1-eks-a1b2', minor: 33, pre: 'eks-a1b2' }],
    ['v1.35.4+k3s1', { text: '1.35.4', minor: 35 }],
  ])('%s', (text, expected) => {
    expect(version(text)).toMatchObject(expected)
  })

  it.each([
    '',
    '1',
    'latest',
    'v',
    '1.x',
    '1.30.',
    '1.30.2.1',
    '1.30.2-',
    'vv1.30',
    '1.30 2',
    '1,30',
    ' 1.30',
    '01.30',
  ])('refuses %j', (text) => {
    expect(parseVersion(text)).toBeUndefined()
  })

  it('orders by number, not by letter, and pre-releases before their release', () => {
    const ordered = [
      '1.8.6-r4',
      '1.13.9-r2',
      '1.13.9-r10',
      '1.30.0',
      '1.31.0-alpha.2',
      '1.31.0-rc.2',
      '1.31.0-rc.10',
      '1.31.0',
      '1.31.0-r1',
      '1.31.2',
      '2.0.0',
    ]
    const shuffled = fc.shuffledSubarray(ordered, { minLength: ordered.length })
    fc.assert(
      fc.property(shuffled, (texts) => {
        const sorted = texts.map(version).toSorted(compareVersions)
        expect(sorted.map(({ text }) => text)).toEqual(ordered)
      }),
    )
  })

  it.each([
    ['1.15.x', '1.15.7-r4', true],
    ['1.15.x', '1.15.7', true],
    ['1.15.x', '1.16.0', false],
    ['1.15.x', '1.1.5', false],
    ['1.15.x-rx', '1.15.5-r4', true],
    ['1.15', '1.15.0', true],
    ['1.8.6-rx', '1.8.6-r3', true],
    ['1.8.6-rx', '1.8.4-r3', false],
    ['1.15.5-r4', '1.15.5-r4', true],
    ['1.15.5-r4', '1.15.5-r5', false],
    ['1.31.x', '1.31.0-rc.0', true],
    ['1.30.2', '1.30.2', true],
    ['1.30.2', '1.30.20', false],
  ])('pattern %s and %s: %s', (pattern, text, expected) => {
    expect(covers(pattern, version(text))).toBe(expected)
  })

  it.each([
    ['1.15.x', true],
    ['1.15.x-rx', true],
    ['1.15', true],
    ['1.8.6-rx', true],
    ['1.15.0', false],
    ['1.15.5-r4', false],
  ])('%s is a family: %s', (pattern, expected) => {
    expect(isFamily(pattern)).toBe(expected)
  })
})
