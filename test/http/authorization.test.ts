import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Resource } from '../../src/access/permission.ts'
import type { Route } from '../../src/contract/route.ts'
import { routes } from '../../src/contract/routes.ts'
import { directories, region, tags, users } from '../policy/arbitraries.ts'
import { reading } from '../policy/reading.ts'
import type { Verdict } from '../policy/reading.ts'
import { ask, begin, casesOf, grant, home, meshIds, plain, plant } from './any-rights.ts'
import type { Case, MeshFacts, Setting } from './any-rights.ts'

let setting: Setting
beforeAll(async () => {
  setting = await begin()
})

const facts: fc.Arbitrary<MeshFacts> = fc.record({ enterpriseProject: fc.constantFrom('0', 'e1'), tags })
const worlds = fc.record({
  directory: directories,
  meshes: fc.record({ blue: facts, black: facts, red: facts }),
  user: fc.constantFrom(...users),
  mesh: fc.constantFrom(...meshIds, 'blue' as const),
  pick: fc.nat(),
})

type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never

/** Sets the world up, asks one thing of it, and holds the answer against the reading. */
async function askedAsRead({ directory, meshes, user, mesh, pick }: World, fits: (one: Case) => boolean) {
  await plant(setting, meshes)
  const takeBack = await grant(setting, directory)
  const { at, idOf } = setting
  const { directory: now } = at.parts.access.office
  const project = now.projects.get(idOf.get(home[mesh]) ?? '')
  const all = casesOf(setting, mesh, meshes).filter(fits)
  const asked = all[pick % all.length]
  if (!project || !asked) throw new Error('There is nothing to ask.')
  const route: Route = routes[asked.route]
  if (typeof route.needs === 'string') throw new Error('Policies have no say.')
  const actions = [...route.needs.actions, ...(asked.also ?? [])] as const
  const permission = { ...route.needs, actions: actions as typeof route.needs.actions }
  const caller = { user: { id: idOf.get(user.id) ?? '', name: user.name }, domain: now.domain, administrator: false }
  const verdicts = asked.about.map((resource) =>
    reading({ caller, project, permission, resource, now: at.parts.now() }, now, region),
  )
  const names: Readonly<Record<string, string>> = {
    project_id: project.id,
    mesh_id: mesh,
    mesh_upgrade_id: setting.upgrade,
    job_id: setting.upgrade,
    cluster_id: setting.cluster,
  }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? name) + (asked.path ?? '')
  const { status, body } = await ask(setting, user.id, project.id, route, { path, body: asked.body })
  await takeBack()
  const allowed = verdicts.every((verdict) => verdict === 'allowed')
  const told = { route: asked.route, refused: status === 403, problem: status === 403 ? body.problem : 'none' }
  expect(told).toEqual({ route: asked.route, refused: !allowed, problem: allowed ? 'none' : 'access/denied' })
  expect([200, 400, 403, 409]).toContain(status)
  return { route: asked.route, allowed, verdicts }
}

describe('for random users, policies and meshes, over HTTP and with real signatures', () => {
  it('a request is answered as a plain reading of the rules says', async () => {
    const counted = new Map<Verdict, number>()
    const seen = new Set<string>()
    let cases = 0
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { route, allowed, verdicts } = await askedAsRead(world, () => true)
        const [first = 'default'] = verdicts
        counted.set(first, (counted.get(first) ?? 0) + 1)
        seen.add(`${route} ${allowed}`)
        cases += 1
      }),
      { numRuns: 800, seed: 20261122, endOnFailure: true },
    )
    const shares = (['allowed', 'denied', 'default'] as const).map((verdict) => (counted.get(verdict) ?? 0) / cases)
    expect(Math.min(...shares)).toBeGreaterThan(0.15)
    const every = casesOf(setting, 'blue', { blue: plain, black: plain, red: plain }).map(({ route }) => route)
    expect(seen.size).toBe(2 * new Set(every).size)
  }, 60_000)

  it('moving a mesh needs what the reading says of both places', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { verdicts } = await askedAsRead(world, ({ route }) => route === 'moveMesh')
        seen.add(verdicts.map((verdict) => verdict === 'allowed').join())
      }),
      { numRuns: 300, seed: 20261122, endOnFailure: true },
    )
    expect([...seen].toSorted()).toEqual(['false,false', 'false,true', 'true,false', 'true,true'])
  }, 60_000)

  it('a list has what the reading lets through, and is refused to whoever may see nothing of the kind', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(worlds, async ({ directory, meshes, user, mesh }) => {
        await plant(setting, meshes)
        const takeBack = await grant(setting, directory)
        const { at, idOf } = setting
        const { directory: now } = at.parts.access.office
        const project = now.projects.get(idOf.get(home[mesh]) ?? '')
        if (!project) throw new Error('There is no project.')
        const caller = {
          user: { id: idOf.get(user.id) ?? '', name: user.name },
          domain: now.domain,
          administrator: false,
        }
        const { needs } = routes.listMeshes
        const may = (resource: Resource): boolean =>
          reading({ caller, project, permission: needs, resource, now: at.parts.now() }, now, region) === 'allowed'
        const visible = meshIds.filter((id) => {
          const { enterpriseProject, tags: tagged } = meshes[id]
          const real = idOf.get(enterpriseProject) ?? enterpriseProject
          return home[id] === home[mesh] && may({ type: 'mesh', id, enterpriseProject: real, tags: tagged })
        })
        const path = `/v1/${project.id}/meshes`
        const { status, body } = await ask(setting, user.id, project.id, routes.listMeshes, { path })
        await takeBack()
        const some = visible.length > 0 || may({ type: 'mesh', id: '*' })
        expect(status).toBe(some ? 200 : 403)
        const items = (body.items ?? []) as readonly { readonly metadata: { readonly uid: string } }[]
        expect(items.map(({ metadata }) => metadata.uid).toSorted()).toEqual(visible.toSorted())
        seen.add(`${status} ${visible.length}`)
      }),
      { numRuns: 300, seed: 20261122, endOnFailure: true },
    )
    expect([...seen].toSorted()).toEqual(['200 0', '200 1', '200 2', '403 0'])
  }, 60_000)
})
