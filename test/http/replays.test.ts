import { describe, expect, it } from 'vitest'
import { signatureHeaders } from '../../src/client/signed.ts'
import { Problem } from '../../src/lib/problem.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { meshBody, statuses, upgradeBody, withMesh } from './samples.ts'

const groups = '/meshlift/v1/iam/groups'
const keys = '/meshlift/v1/iam/keys'

/** The same request, as often as it is called. */
async function signed(at: Harness, method: string, path: string, body: unknown) {
  const text = body === undefined ? '' : JSON.stringify(body)
  const headers = signatureHeaders(await at.key(), { method, target: path, body: text })
  return () => at.ask(method, path, text === '' ? undefined : text, { ...headers, 'x-auth-token': undefined })
}

describe('a signed write that comes again', () => {
  it('gets the first answer and does nothing', async () => {
    const at = await harness()
    const create = await signed(at, 'POST', groups, { name: 'ops' })
    const first = await create()
    expect(first).toMatchObject({ status: 201, body: { name: 'ops' } })
    await at.ask('DELETE', `${groups}/${first.body.id}`)
    const written = (await at.parts.access.audit.read(0, 100)).length
    const again = await create()
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(again.headers.get('x-meshlift-replayed')).toBe('true')
    expect(first.headers.get('x-meshlift-replayed')).toBeNull()
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'))
    expect(at.parts.access.office.directory.groups.size).toBe(0)
    expect(await at.parts.access.audit.read(written, 100)).toEqual([])
  })

  it('gets a refusal again as well', async () => {
    const at = await harness()
    const remove = await signed(at, 'DELETE', `${groups}/nobody`, undefined)
    const first = await remove()
    expect(first.status).toBe(404)
    expect((await remove()).body).toEqual(first.body)
  })

  it('looks again where it only looks', async () => {
    const at = await harness()
    const [admin] = [...at.parts.access.office.directory.users.values()]
    const asked = { user: admin?.id, action: 'asm:mesh:get', project: at.session.projectId }
    const explain = await signed(at, 'POST', '/meshlift/v1/iam/explanations', asked)
    for (const answer of [await explain(), await explain()]) {
      expect(answer.status).toBe(200)
      expect(answer.headers.get('x-meshlift-replayed')).toBeNull()
    }
  })

  it('waits for the first one when that is still being done', async () => {
    const gate = Promise.withResolvers<void>()
    let begun = 0
    const at = await harness(({ upgrades }) => ({
      upgrades: {
        ...upgrades,
        create: async (...asked) => {
          begun += 1
          await gate.promise
          return upgrades.create(...asked)
        },
      },
    }))
    const mesh = await withMesh(at)
    const path = `/v1/${at.session.projectId}/mesh-upgrade`
    const create = await signed(at, 'POST', path, upgradeBody(mesh.metadata.uid))
    const answers = Promise.all([create(), create(), create()])
    gate.resolve()
    const [one, ...others] = await answers
    expect(statuses(await answers)).toEqual([201, 201, 201])
    for (const { body } of others) expect(body).toEqual(one.body)
    expect(begun).toBe(1)
  })

  it('is done when the first one was not, for no fault of the caller', async () => {
    let busy = true
    const at = await harness(({ clusters }) => ({
      clusters: {
        ...clusters,
        adopt: async (...asked) => {
          if (!busy) return clusters.adopt(...asked)
          throw new Problem({ kind: 'unavailable', code: 'test/busy', text: 'Nobody is there.' })
        },
      },
    }))
    const { id } = await at.client.addCluster({ body: { name: 'prod', kubeconfig: '/etc/prod.yaml' } })
    const create = await signed(at, 'POST', `/v1/${at.session.projectId}/meshes`, meshBody(id))
    expect((await create()).status).toBe(500)
    busy = false
    const second = await create()
    expect([second.status, second.headers.get('x-meshlift-replayed')]).toEqual([201, null])
  })

  it('does not show a secret twice', async () => {
    const at = await harness()
    const [user = ''] = at.parts.access.office.directory.users.keys()
    const create = await signed(at, 'POST', keys, { user })
    const first = await create()
    expect(first.body.secret).toMatch(/^\w{40}$/)
    const before = at.parts.access.office.directory.keys.size
    const again = await create()
    expect(again).toMatchObject({ status: 409, body: { problem: 'access/shown-once' } })
    expect(JSON.stringify(again.body)).not.toContain(first.body.secret)
    expect(at.parts.access.office.directory.keys.size).toBe(before)
  })

  it('is not done when the program ended before it was answered', async () => {
    const at = await harness()
    const create = await signed(at, 'POST', groups, { name: 'ops' })
    const { replays } = at.parts.access
    Object.assign(replays, { begin: async () => ({ kind: 'unknown' }) })
    expect(await create()).toMatchObject({ status: 409, body: { problem: 'access/replay-unknown' } })
    expect(at.parts.access.office.directory.groups.size).toBe(0)
  })
})

it('a read is done each time', async () => {
  const at = await harness()
  const list = await signed(at, 'GET', groups, undefined)
  expect((await list()).body).toEqual({ items: [] })
  await at.ask('POST', groups, { name: 'ops' })
  expect((await list()).body.items).toHaveLength(1)
})
