import { beforeEach, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { person } from './people.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const path = '/meshlift/v1/iam/keys'

it('a key shows its secret once, and is listed, disabled and removed without it', async () => {
  const ada = await at.client.createUser({ body: { name: 'ada' } })
  const eve = await at.client.createUser({ body: { name: 'eve' } })
  const { access, secret } = await at.client.createKey({ body: { user: ada.id, description: 'pipeline' } })
  expect(access).toMatch(/^[A-Z0-9]{20}$/)
  expect(secret).toMatch(/^[A-Za-z0-9]{40}$/)
  const other = await at.client.createKey({ body: { user: eve.id } })
  const key = { access, user: ada.id, enabled: true, description: 'pipeline', createdAt: expect.any(String) }
  expect((await at.client.listKeys()).items.map((one) => one.access)).toEqual([access, other.access])
  expect((await at.client.listKeys({ query: { user: ada.id } })).items).toEqual([key])
  expect((await at.client.listKeys({ query: { user: 'nobody' } })).items).toEqual([])
  expect(await at.client.changeKey({ access, body: { enabled: false } })).toEqual({ ...key, enabled: false })
  expect(await at.client.changeKey({ access, body: { enabled: true } })).toEqual(key)
  expect(await at.client.removeKey({ access })).toEqual(key)
  expect((await at.client.listKeys()).items.map((one) => one.access)).toEqual([other.access])
  for (const said of [await at.ask('GET', path), await at.ask('GET', '/meshlift/v1/iam/audit')]) {
    expect(JSON.stringify(said.body)).not.toContain(secret)
    expect(JSON.stringify(said.body)).not.toMatch(/sealed/)
  }
})

it('a key goes with its user', async () => {
  const { id } = await at.client.createUser({ body: { name: 'ada' } })
  await at.client.createKey({ body: { user: id } })
  await at.client.removeUser({ user_id: id })
  expect((await at.client.listKeys()).items).toEqual([])
})

it('a key that is not accepted or not there is refused', async () => {
  expect(await at.ask('POST', path, { user: 'nobody' })).toMatchObject({
    status: 400,
    body: { errorMsg: expect.stringMatching(/^user /) },
  })
  expect((await at.ask('POST', path, {})).status).toBe(400)
  expect((await at.ask('PUT', `${path}/NOSUCHKEY`, { enabled: false })).status).toBe(404)
  expect((await at.ask('PUT', `${path}/NOSUCHKEY`, { enabled: 'no' })).status).toBe(400)
  expect((await at.ask('DELETE', `${path}/NOSUCHKEY`)).status).toBe(404)
  expect((await at.client.listKeys()).items).toEqual([])
})

it('keys are the administrators’ business, one’s own too', async () => {
  const ada = await person(at, 'ada')
  const { access } = await at.client.createKey({ body: { user: ada.id } })
  for (const [method, where, body] of [
    ['GET', path],
    ['POST', path, { user: ada.id }],
    ['PUT', `${path}/${access}`, { enabled: false }],
    ['DELETE', `${path}/${access}`],
  ] as const)
    expect((await ada.ask(method, where, body)).status).toBe(403)
  expect((await at.client.listKeys()).items).toHaveLength(1)
})
