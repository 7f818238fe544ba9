import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aboutSetting, readConfig, settingNames } from './config.ts'
import type { Source } from './config.ts'
import { Problem } from './lib/problem.ts'

const read = (source: Partial<Source>) => readConfig({ flags: {}, environment: {}, ...source })

const mistakesOf = (source: Partial<Source>): readonly string[] => {
  try {
    read(source)
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.facts['mistakes'] as readonly string[]
    throw thrown
  }
  return []
}

const folderWith = (name: string, content: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'meshlift-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, name), content)
  return folder
}

describe('which source wins', () => {
  test.each([
    ['flag', 'speed', { speed: '4' }, 4],
    ['environment', 'speed', {}, 3],
    ['environment', 'settle', {}, 3000],
    ['file', 'simulated', {}, true],
    ['file', 'readyWithin', {}, 60_000],
    ['default', 'rolledWithin', {}, 600_000],
    ['default', 'logLevel', {}, 'warn'],
  ] as const)('%s gives %s', (origin, name, flags, value) => {
    const data = folderWith('config.yaml', 'speed: 2\nsettle: 2s\nsimulated: true\nreadyWithin: 1m\n')
    const variables = { MESHLIFT_DATA: data, MESHLIFT_SPEED: '3', MESHLIFT_SETTLE: '3s', MESHLIFT_LOG_LEVEL: '' }
    const loaded = read({ flags, environment: variables })
    expect([loaded.origin[name], loaded.config[name]]).toEqual([origin, value])
  })

  test('a command may have a default of its own, which everything else overrules', () => {
    expect(read({ defaults: { speed: 12 } }).config.speed).toBe(12)
    expect(read({ defaults: { speed: 12 }, environment: { MESHLIFT_SPEED: '1' } }).config.speed).toBe(1)
  })
})

describe('every mistake is named at once', () => {
  test('over all sources', () => {
    const data = folderWith('config.json', '{"settle": 5, "sped": 2}')
    expect(
      mistakesOf({ flags: { data, speed: '0', listen: '7480' }, environment: { MESHLIFT_OUTPUT: 'xml' } }),
    ).toEqual([
      `${join(data, 'config.json')} has no setting "sped"; there are ${settingNames.filter((one) => one !== 'data').join(', ')}`,
      '--listen must be HOST:PORT, such as 127.0.0.1:7480; port 0 takes any free one, and is "7480"',
      '--speed must be a number above 0 and at most 1000, and is "0"',
      `settle in ${join(data, 'config.json')} must be a time such as 500ms, 30s, 5m or 24h, and is 5`,
      'MESHLIFT_OUTPUT must be one of text, json, and is "xml"',
    ])
  })

  test('a file that holds something else', () => {
    const data = folderWith('config.yaml', '- a\n- list\n')
    expect(mistakesOf({ flags: { data } })).toEqual([
      `${join(data, 'config.yaml')} must hold settings, one "name: value" a line`,
    ])
  })

  test('a password is not repeated', () => {
    expect(JSON.stringify(mistakesOf({ flags: { password: ' \t' } }))).not.toContain('\\t')
  })
})

test.each([
  ['settle', '250ms', 250],
  ['settle', '1.5s', 1500],
  ['settle', '24h', 86_400_000],
  ['settle', '24', undefined],
  ['settle', '-1s', undefined],
  ['listen', '[::1]:0', '[::1]:0'],
  ['listen', 'localhost:65535', 'localhost:65535'],
  ['listen', 'localhost:65536', undefined],
  ['listen', '::1:80', undefined],
  ['server', 'http://127.0.0.1:7480/', 'http://127.0.0.1:7480'],
  ['server', 'ftp://127.0.0.1', undefined],
  ['server', 'http://me:secret@127.0.0.1', undefined],
  ['seed', '1.5', undefined],
  ['seed', '0', 0],
  ['speed', '0.5', 0.5],
  ['speed', '1001', undefined],
  ['simulated', 'yes', undefined],
] as const)('%s: %s', (name, given, value) => {
  const source = { flags: { [name]: given } }
  const mistakes = mistakesOf(source)
  expect([mistakes.length, mistakes.length > 0 ? undefined : read(source).config[name]]).toEqual([
    value === undefined ? 1 : 0,
    value,
  ])
})

test('NO_COLOR turns colours off whatever it says, and a flag or MESHLIFT_COLOR still decides', () => {
  expect(read({ environment: { NO_COLOR: '0' } }).config.color).toBe(false)
  expect(read({ environment: { NO_COLOR: '' } }).config.color).toBe(true)
  expect(read({ environment: { NO_COLOR: '1', MESHLIFT_COLOR: 'true' } }).config.color).toBe(true)
  expect(read({ flags: { color: false } }).config.color).toBe(false)
})

test('settings cannot be changed once they are read', () => {
  expect(Object.isFrozen(read({}).config)).toBe(true)
})

test('every setting says in one line what it is for', () => {
  for (const name of settingNames) {
    const about = aboutSetting(name)
    expect(about.help).toMatch(/^[^\n]{10,100}$/)
    expect(about.help.endsWith('.')).toBe(false)
  }
})

describe('trusted proxies', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1, 10.0.0.0/8 ,2001:db8::/32', '127.0.0.1,10.0.0.0/8,2001:db8::/32'],
  ])('%s are read', (given, expected) => {
    expect(read({ flags: { trustedProxies: given } }).config.trustedProxies).toBe(expected)
  })

  test.each([['proxy.example'], ['10.0.0.0/33'], ['10.0.0.0/8/8'], ['127.0.0.1,'], ['true'], ['loopback']])(
    '%s are refused',
    (given) => {
      expect(mistakesOf({ flags: { trustedProxies: given } })).toEqual([
        expect.stringContaining('addresses or networks with commas'),
      ])
    },
  )
})
