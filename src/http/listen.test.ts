import { describe, expect, it } from 'vitest'
import { loopbackAddress } from './listen.ts'

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['127.1.2.3:0', '127.1.2.3', 0],
    ['localhost:65535', '127.0.0.1', 65_535],
    ['[::1]:8080', '::1', 8080],
    ['[::ffff:127.0.0.1]:80', '::ffff:127.0.0.1', 80],
  ])('%s is of this machine alone', (text, host, port) => {
    expect(loopbackAddress(text)).toEqual({ host, port })
  })

  it.each([
    ['0.0.0.0:8080'],
    ['[::]:8080'],
    ['10.0.0.1:80'],
    ['192.168.1.2:80'],
    ['[::ffff:10.0.0.1]:80'],
    ['[fe80::1]:80'],
    ['example.org:80'],
    ['localhost.example.org:80'],
    ['128.0.0.1:80'],
    ['127.0.0.1.example.org:80'],
  ])('%s reaches further and is refused in one sentence', (text) => {
    expect(() => loopbackAddress(text)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'http/listen-beyond-loopback',
        message: expect.stringMatching(/^Cannot listen on [^\n]+: only addresses of this machine itself are allowed, /),
      }),
    )
  })

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
    expect(() => loopbackAddress(text)).toThrow(expect.objectContaining({ code: 'http/listen-address' }))
  })
})
