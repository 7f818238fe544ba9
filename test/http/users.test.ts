import { beforeEach, describe, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { loggedIn, password, person } from './people.ts'
import { bent } from './samples.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const path = '/meshlift/v1/iam/users'
const names = async () => (await at.client.listUsers()).items.map(({ name }) => name)

describe('a user', () => {
  it('is made, listed, changed and removed, and nobody is ever shown what is kept of a password', async () => {
    const made = await at.client.createUser({ body: { name: 'ada', password } })
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'ada',
      enabled: true,
      administrator: false,
      password: true,
      createdAt: expect.any(String),
    })
    expect((await at.client.listUsers()).items).toContainEqual(made)
    const changed = await at.client.changeUser({ user_id: made.id, body: { enabled: false } })
    expect(changed).toEqual({ ...made, enabled: false })
    expect(await at.client.removeUser({ user_id: made.id })).toEqual(changed)
    expect(await names()).not.toContain('ada')
    for (const answer of [await at.ask('GET', path), await at.ask('PUT', `${path}/${made.id}`, { enabled: true })])
      expect(JSON.stringify(answer.body)).not.toMatch(/argon2|Hash|generation/)
  })

  it('without a password cannot log in', async () => {
    const { password: has } = await at.client.createUser({ body: { name: 'robot' } })
    expect(has).toBe(false)
    await expect(loggedIn(at, 'robot')).rejects.toMatchObject({ status: 401 })
  })

  it('that is disabled is logged out at once', async () => {
    const ada = await person(at, 'ada')
    expect((await ada.ask('GET', '/v1/PROJECT/meshes')).status).toBe(403)
    await at.client.changeUser({ user_id: ada.id, body: { enabled: false } })
    expect((await ada.ask('GET', '/v1/PROJECT/meshes')).status).toBe(401)
    await expect(loggedIn(at, 'ada')).rejects.toMatchObject({ status: 401 })
  })

  it.each([
    ['name', '', 400, 'name must be 1 to 64'],
    ['name', 'admin ', 400, 'name must be 1 to 64'],
    ['name', undefined, 400, 'name is missing'],
    ['name', 'admin', 409, 'admin'],
    ['password', 'short', 400, 'password must be a text of 8 to 256 characters'],
    ['administrator', 'yes', 400, 'administrator must be true or false'],
  ])('with %s = %j is refused by name, and nothing is stored', async (field, value, status, message) => {
    const before = await names()
    const answer = await at.ask('POST', path, bent({ name: 'ada', password }, field, value))
    expect(answer).toMatchObject({ status, body: { errorMsg: expect.stringContaining(message) } })
    expect(JSON.stringify(answer.body)).not.toContain('short')
    expect(await names()).toEqual(before)
  })

  it('that nobody knows is 404, and the last administrator stays', async () => {
    expect((await at.ask('PUT', `${path}/nobody`, {})).status).toBe(404)
    expect((await at.ask('DELETE', `${path}/nobody`)).status).toBe(404)
    const [admin] = (await at.client.listUsers()).items
    for (const [method, body] of [
      ['PUT', { enabled: false }],
      ['PUT', { administrator: false }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await at.ask(method, `${path}/${admin?.id}`, body)
      expect(answer).toMatchObject({ status: 409, body: { problem: 'access/last-administrator' } })
    }
    expect((await at.client.listUsers()).items).toEqual([admin])
  })
})

it('users are the administrators’ business, and one that is made an administrator may see to them', async () => {
  const ada = await person(at, 'ada')
  const asked = [
    ['GET', path],
    ['POST', path, { name: 'eve', administrator: true }],
    ['PUT', `${path}/${ada.id}`, { administrator: true }],
    ['DELETE', `${path}/${ada.id}`],
  ] as const
  for (const [method, where, body] of asked)
    expect(await ada.ask(method, where, body)).toMatchObject({
      status: 403,
      body: { problem: 'access/administrators-only' },
    })
  expect(await names()).toEqual(['admin', 'ada'])
  await at.client.changeUser({ user_id: ada.id, body: { administrator: true } })
  const { token } = await loggedIn(at, 'ada')
  expect((await at.ask('GET', path, undefined, { 'x-auth-token': token })).status).toBe(200)
})
