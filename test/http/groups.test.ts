import { beforeEach, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { loggedIn, password, person } from './people.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const path = '/meshlift/v1/iam/groups'
const listed = async () => (await at.client.listGroups()).items

it('a group is made, joined, left and removed', async () => {
  const { id: user_id } = await at.client.createUser({ body: { name: 'ada', password } })
  const group = await at.client.createGroup({ body: { name: 'ops' } })
  const { id: group_id } = group
  expect(group).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'ops', members: [] })
  const joined = { ...group, members: [user_id] }
  expect(await at.client.joinGroup({ group_id, user_id })).toEqual(joined)
  expect(await at.client.joinGroup({ group_id, user_id })).toEqual(joined)
  expect(await listed()).toEqual([joined])
  expect(await at.client.leaveGroup({ group_id, user_id })).toEqual(group)
  await at.client.joinGroup({ group_id, user_id })
  expect(await at.client.removeGroup({ group_id })).toEqual(joined)
  expect(await listed()).toEqual([])
})

it('a group forgets a user that is removed', async () => {
  const { id: user_id } = await at.client.createUser({ body: { name: 'ada' } })
  const { id: group_id } = await at.client.createGroup({ body: { name: 'ops' } })
  await at.client.joinGroup({ group_id, user_id })
  await at.client.removeUser({ user_id })
  expect(await listed()).toEqual([{ id: group_id, name: 'ops', members: [] }])
})

it('what a group may do its members may do, as long as they are in it', async () => {
  const { id: user_id } = await at.client.createUser({ body: { name: 'ada', password } })
  const { id: group_id } = await at.client.createGroup({ body: { name: 'ops' } })
  await at.client.createGrant({ body: { policy: 'asm-read-only-access-1', group: group_id } })
  const status = async () => {
    const { token } = await loggedIn(at, 'ada')
    return (await at.ask('GET', '/v1/PROJECT/meshes', undefined, { 'x-auth-token': token })).status
  }
  expect(await status()).toBe(403)
  await at.client.joinGroup({ group_id, user_id })
  expect(await status()).toBe(200)
  await at.client.leaveGroup({ group_id, user_id })
  expect(await status()).toBe(403)
})

it('a group that is not accepted or not there is refused', async () => {
  const { id: group_id } = await at.client.createGroup({ body: { name: 'ops' } })
  const { id: user_id } = await at.client.createUser({ body: { name: 'ada' } })
  expect((await at.ask('POST', path, { name: 'ops' })).status).toBe(409)
  expect((await at.ask('POST', path, { name: ' ' })).status).toBe(400)
  expect((await at.ask('POST', path, {})).status).toBe(400)
  expect((await at.ask('DELETE', `${path}/nothing`)).status).toBe(404)
  expect((await at.ask('PUT', `${path}/nothing/members/${user_id}`)).status).toBe(404)
  expect((await at.ask('PUT', `${path}/${group_id}/members/nobody`)).status).toBe(404)
  expect((await at.ask('DELETE', `${path}/${group_id}/members/${user_id}`)).status).toBe(404)
  expect(await listed()).toEqual([{ id: group_id, name: 'ops', members: [] }])
})

it('groups are the administrators’ business', async () => {
  const { id } = await at.client.createGroup({ body: { name: 'ops' } })
  const ada = await person(at, 'ada')
  const members = `${path}/${id}/members/${ada.id}`
  for (const [method, where, body] of [
    ['GET', path],
    ['POST', path, { name: 'mine' }],
    ['PUT', members],
    ['DELETE', members],
    ['DELETE', `${path}/${id}`],
  ] as const)
    expect((await ada.ask(method, where, body)).status).toBe(403)
  expect(await listed()).toEqual([{ id, name: 'ops', members: [] }])
})
