import { describe, expect, it } from 'vitest'
import { listenAddress, urlOf } from './listen.ts'

const plain = { encrypted: false, allowUnencrypted: false }
const further = [
  '0.0.0.0:8080',
  '[::]:8080',
  '10.0.0.1:80',
  '192.168.1.2:80',
  '[::ffff:10.0.0.1]:80',
  '[fe80::1]:80',
  '128.0.0.1:80',
]

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['127.1.2.3:0', '127.1.2.3', 0],
    ['localhost:65535', '127.0.0.1', 65_535],
    ['[::1]:8080', '::1', 8080],
    ['[::ffff:127.0.0.1]:80', '::ffff:127.0.0.1', 80],
  ])('%s is of this machine alone', (text, host, port) => {
    for (const encrypted of [true, false])
      for (const allowUnencrypted of [true, false])
        expect(listenAddress(text, { encrypted, allowUnencrypted })).toEqual({ host, port, beyond: false })
  })

  it.each(further)('%s reaches further and is refused in one sentence that says what to set', (text) => {
    expect(() => listenAddress(text, plain)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'http/listen-beyond-loopback',
        message: expect.stringMatching(
          /^Cannot listen on [^\n]+ without encryption: [^\n]*tlsCert and tlsKey[^\n]*\.$/,
        ),
      }),
    )
  })

  it.each(further)('%s is allowed with TLS, or when the risk was taken', (text) => {
    expect(listenAddress(text, { encrypted: true, allowUnencrypted: false }).beyond).toBe(true)
    expect(listenAddress(text, { encrypted: false, allowUnencrypted: true }).beyond).toBe(true)
  })

  it.each(['example.org:80', 'localhost.example.org:80', '127.0.0.1.example.org:80', '127.1:80', '2130706433:80'])(
    '%s is a name, and none is ever looked up',
    (text) => {
      expect(() => listenAddress(text, { encrypted: true, allowUnencrypted: true })).toThrow(
        expect.objectContaining({ kind: 'invalid', code: 'http/listen-name' }),
      )
    },
  )

  it.each([
    [''],
    ['8080'],
    [':8080'],
    ['127.0.0.1'],
    ['127.0.0.1:65536'],
    ['127.0.0.1:x'],
    ['::1:80'],
    ['127.0.0.1:-1'],
  ])('%j is none', (text) => {
    expect(() => listenAddress(text, plain)).toThrow(expect.objectContaining({ code: 'http/listen-address' }))
  })

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:80'],
    ['0.0.0.0', 'http://127.0.0.1:80'],
    ['::', 'http://[::1]:80'],
    ['0:0:0:0:0:0:0:0', 'http://[::1]:80'],
    ['::1', 'http://[::1]:80'],
    ['10.0.0.1', 'http://10.0.0.1:80'],
  ])('%s is reached at %s', (host, url) => {
    expect(urlOf('http', { host, port: 0, beyond: true }, 80)).toBe(url)
  })
})
