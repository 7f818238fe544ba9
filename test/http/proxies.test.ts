import { describe, expect, it } from 'vitest'
import { handOut, harness } from './harness.ts'
import type { Harness } from './harness.ts'

async function behind(trustedProxies?: string) {
  const at: Harness = await harness(undefined, undefined, trustedProxies === undefined ? {} : { trustedProxies })
  const login = async (password: string, forwarded: string, remoteAddress = '127.0.0.1') => {
    const user = { name: handOut.user, password, domain: { name: handOut.domain } }
    const { statusCode } = await at.app.inject({
      method: 'POST',
      url: '/v3/auth/tokens',
      remoteAddress,
      headers: { 'x-forwarded-for': forwarded },
      payload: { auth: { identity: { methods: ['password'], password: { user } } } },
    })
    return statusCode
  }
  const guess = async (forwarded: string, remoteAddress?: string) => {
    for (let time = 0; time < 6; time += 1) expect(await login('wrong', forwarded, remoteAddress)).toBe(401)
  }
  return { at, login, guess }
}

describe('behind a proxy that is trusted', () => {
  it('guesses from one address lock nobody out who comes from another', async () => {
    const { at, login, guess } = await behind('127.0.0.1')
    await guess('192.0.2.1')
    expect(await login(handOut.password, '192.0.2.1')).toBe(401)
    expect(await login(handOut.password, '192.0.2.2')).toBe(201)
    const entries = await at.parts.access.audit.read(0, 100)
    expect(new Set(entries.map(({ from }) => from))).toContain('192.0.2.2')
  })

  it('only what the proxy itself added is believed', async () => {
    const { login, guess } = await behind('127.0.0.1')
    await guess('192.0.2.9, 192.0.2.1')
    expect(await login(handOut.password, '192.0.2.8, 192.0.2.1')).toBe(401)
    expect(await login(handOut.password, '192.0.2.9')).toBe(201)
  })
})

describe('from anywhere else', () => {
  it.each([[undefined, '127.0.0.1'] as const, ['10.0.0.0/8', '192.0.2.7'] as const])(
    'with %s trusted, nobody at %s becomes somebody else by saying so',
    async (trusted, remote) => {
      const { login, guess } = await behind(trusted)
      await guess('192.0.2.1', remote)
      expect(await login(handOut.password, '192.0.2.2', remote)).toBe(401)
    },
  )
})
