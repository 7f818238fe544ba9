import { beforeEach, expect, it } from 'vitest'
import type { ActionName } from '../../src/contract/actions.ts'
import { actions } from '../../src/contract/actions.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { allow, deny, person, where } from './people.ts'
import { withMesh } from './samples.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const explain = (user: string, action: ActionName, mesh?: string) =>
  at.client.explain({ body: { user, action, project: at.session.projectId, ...(mesh === undefined ? {} : { mesh }) } })

it('the statement that decides is named, and the server answers as it was explained', async () => {
  const { uid: mesh } = (await withMesh(at)).metadata
  const ada = await person(at, 'ada', allow('asm:mesh:*'), deny('asm:mesh:delete'))
  const allowed = await explain(ada.id, 'asm:mesh:get', mesh)
  expect(allowed).toMatchObject({ allowed: true, by: 'statement', decided: { policy: 'of ada', statement: 0 } })
  expect(allowed.because).toBe('Statement 0 of policy of ada, held through user ada, allows it.')
  expect((await ada.ask('GET', `/v1/PROJECT/meshes/${mesh}`)).status).toBe(200)
  const denied = await explain(ada.id, 'asm:mesh:delete', mesh)
  expect(denied).toMatchObject({ allowed: false, by: 'statement', decided: { statement: 1, effect: 'Deny' } })
  expect(denied.considered.map(({ applies }) => applies)).toContain(true)
  expect((await ada.ask('DELETE', `/v1/PROJECT/meshes/${mesh}`)).status).toBe(403)
  const nothing = await explain(ada.id, 'meshlift:cluster:list')
  expect(nothing).toMatchObject({ allowed: false, by: 'default', because: expect.stringContaining('ada') })
  expect(nothing).not.toHaveProperty('decided')
  expect((await ada.ask('GET', '/meshlift/v1/PROJECT/clusters')).status).toBe(403)
})

it('a mesh is looked at as it is now: its tags and its enterprise project', async () => {
  const { uid: mesh } = (await withMesh(at)).metadata
  const { id } = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
  const ada = await person(
    at,
    'ada',
    where(allow('asm:mesh:get'), 'g:EnterpriseProjectId', id),
    where(allow('asm:mesh:delete'), 'g:ResourceTag/cost centre', ''),
  )
  expect((await explain(ada.id, 'asm:mesh:delete', mesh)).allowed).toBe(true)
  expect((await explain(ada.id, 'asm:mesh:get', mesh)).allowed).toBe(false)
  await at.client.moveMesh({ mesh_id: mesh, body: { enterpriseProject: id } })
  expect((await explain(ada.id, 'asm:mesh:get', mesh)).allowed).toBe(true)
  expect((await explain(ada.id, 'asm:mesh:get')).allowed).toBe(false)
})

it('the time is the one that permissions go by, however fast a simulation runs', async () => {
  at = await harness(() => ({ now: () => Date.parse('2030-01-01T00:00:00Z') }))
  const { uid: mesh } = (await withMesh(at)).metadata
  const today = { DateLessThan: { 'g:CurrentTime': ['2026-11-23T00:00:00Z'] } }
  const ada = await person(at, 'ada', { ...allow('asm:mesh:get'), Condition: today })
  expect((await ada.ask('GET', `/v1/PROJECT/meshes/${mesh}`)).status).toBe(200)
  expect((await explain(ada.id, 'asm:mesh:get', mesh)).allowed).toBe(true)
})

it('an administrator may do everything, and somebody disabled is said to be', async () => {
  const [admin] = (await at.client.listUsers()).items
  expect(await explain(admin?.id ?? '', 'asm:mesh:delete')).toMatchObject({ allowed: true, by: 'administrator' })
  const ada = await person(at, 'ada', allow('asm:mesh:get'))
  await at.client.changeUser({ user_id: ada.id, body: { enabled: false } })
  expect((await explain(ada.id, 'asm:mesh:get')).because).toContain('ada is disabled')
})

it('what is unknown is refused by name', async () => {
  const { id: user } = await at.client.createUser({ body: { name: 'ada' } })
  const body = { user, action: 'asm:mesh:get', project: at.session.projectId }
  const ask = (changed: object) => at.ask('POST', '/meshlift/v1/iam/explanations', { ...body, ...changed })
  const action = await ask({ action: 'asm:mesh:fly', user: 'nobody' })
  expect(action.status).toBe(400)
  for (const name of Object.keys(actions).slice(0, 5)) expect(action.body.errorMsg).toContain(name)
  expect((await ask({ action: 'constructor' })).status).toBe(400)
  expect((await ask({ user: 'nobody' })).status).toBe(404)
  expect((await ask({ project: 'nowhere' })).status).toBe(404)
  expect((await ask({ mesh: 'nothing' })).status).toBe(404)
  expect((await ask({ action: 'meshlift:cluster:get', mesh: 'nothing' })).status).toBe(400)
  expect((await ask({ mesh: 5 })).status).toBe(400)
})
