import { beforeEach, describe, expect, it } from 'vitest'
import type { TokenRequest } from '../contract/tokens.ts'
import { access } from './access.ts'
import type { Access } from './access.ts'
import { admit } from './administrator.ts'
import { memoryAccessStore } from './memory.ts'

const handOut = {
  user: 'admin',
  password: 'open sesame',
  domain: 'works',
  projectName: 'north',
  projectId: '0123456789abcdef0123456789abcdef',
}
const project = { id: handOut.projectId, name: 'north' }
const now = 1_700_000_000_000
const day = 86_400_000

let door: Access
beforeEach(async () => {
  const store = memoryAccessStore()
  await admit(store, handOut)
  door = access(store)
})

function request(
  scope?: { readonly id?: string; readonly name?: string },
  user: { readonly name?: string; readonly password?: string; readonly domain?: string } = {},
): TokenRequest {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: {
          user: {
            name: user.name ?? 'admin',
            password: user.password ?? 'open sesame',
            domain: { name: user.domain ?? 'works' },
          },
        },
      },
      ...(scope ? { scope: { project: scope } } : {}),
    },
  }
}

describe('logging in', () => {
  it.each([
    ['the id', { id: project.id }, project],
    ['the name', { name: 'north' }, project],
    ['both, where the id decides', { id: project.id, name: 'south' }, project],
    ['no scope', undefined, undefined],
  ])('gives a token for 24 hours, with the project by %s', async (_, scope, expected) => {
    const login = await door.login(request(scope), now)
    expect(login.expiresAt - login.issuedAt).toBe(day)
    expect(login.caller.project).toEqual(expected)
    expect(await door.whoIs(login.token, now + day - 1)).toEqual(login.caller)
  })

  it.each([
    ['password', { password: 'open sesam' }],
    ['user', { name: 'root' }],
    ['domain', { domain: 'elsewhere' }],
  ])('says the same whether the %s or something else is wrong', async (_, user) => {
    await expect(door.login(request({ name: 'north' }, user), now)).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'access/wrong-credentials',
      message: 'The username or password is wrong.',
    })
  })

  it.each([[{ id: 'f'.repeat(32) }], [{ name: 'south' }], [{ id: 'f'.repeat(32), name: 'north' }], [{}]])(
    'names the project there is when %o is asked for',
    async (scope) => {
      await expect(door.login(request(scope), now)).rejects.toMatchObject({
        kind: 'not-found',
        code: 'access/unknown-project',
        message: expect.stringContaining('has north'),
      })
    },
  )

  it('does not tell an intruder which projects there are', async () => {
    await expect(door.login(request({ name: 'south' }, { password: 'x' }), now)).rejects.toMatchObject({
      code: 'access/wrong-credentials',
    })
  })
})

describe('a token', () => {
  it('does not end because another one was given', async () => {
    const one = await door.login(request(project), now)
    const two = await door.login(request(project), now + 1)
    expect(one.token).not.toBe(two.token)
    await expect(door.whoIs(one.token, now + 2)).resolves.toEqual(one.caller)
  })

  it('expires, is called expired for a day, and then unknown', async () => {
    const { token } = await door.login(request(project), now)
    await expect(door.whoIs(token, now + day)).rejects.toMatchObject({ code: 'access/expired-token' })
    await door.login(request(project), now + 2 * day)
    await expect(door.whoIs(token, now + 2 * day)).rejects.toMatchObject({ code: 'access/expired-token' })
    await door.login(request(project), now + 2 * day + 1)
    await expect(door.whoIs(token, now + 2 * day + 1)).rejects.toMatchObject({ code: 'access/unknown-token' })
  })

  it('must be there and be one of ours', async () => {
    await expect(door.whoIs(undefined, now)).rejects.toMatchObject({ code: 'access/no-token' })
    await expect(door.whoIs('', now)).rejects.toMatchObject({ code: 'access/no-token' })
    await expect(door.whoIs('guess', now)).rejects.toMatchObject({ code: 'access/unknown-token' })
  })

  it('is kept only as a hash', async () => {
    const store = memoryAccessStore()
    await admit(store, handOut)
    const given: unknown[] = []
    const watched = access({ ...store, addToken: (token) => (given.push(token), store.addToken(token)) })
    const { token } = await watched.login(request(project), now)
    expect(given).toHaveLength(1)
    expect(JSON.stringify(given)).not.toContain(token)
  })
})
