/** What is there, by the lists of the server, and what is missing from it, too much in it, or not as it was answered. */

import { isDeepStrictEqual } from 'node:util'
import { latest } from './known.ts'
import type { Json, Kind, Known, Thing } from './known.ts'

export type There = Readonly<Record<Kind, ReadonlyMap<string, Json>>>

/** @param get the body of a path @param projects ids of all that may hold something */
export async function sweep(get: (path: string) => Promise<Json>, home: string): Promise<There> {
  const all = async (path: string): Promise<readonly Json[]> => (await get(path)).items
  const byId = (items: readonly Json[]): ReadonlyMap<string, Json> =>
    new Map(items.map((item) => [item.id ?? item.access ?? item.metadata.uid, item]))
  const iam = '/meshlift/v1/iam'
  const projects = byId(await all(`${iam}/projects`))
  const clusters: Json[] = []
  for (const project of projects.keys()) clusters.push(...(await all(`/meshlift/v1/${project}/clusters`)))
  return {
    user: byId(await all(`${iam}/users`)),
    group: byId(await all(`${iam}/groups`)),
    project: projects,
    'enterprise project': byId(await all(`${iam}/enterprise-projects`)),
    key: byId(await all(`${iam}/keys`)),
    policy: byId(await all(`${iam}/policies`)),
    grant: byId(await all(`${iam}/grants`)),
    cluster: byId(clusters),
    mesh: byId(await all(`/v1/${home}/meshes`)),
    upgrade: byId(await all(`/meshlift/v1/${home}/upgrades?limit=1000`)),
  }
}

/** One sentence each. @param before what was there when nothing was known yet */
export function differences(before: There, known: Known, after: There): readonly string[] {
  return (Object.keys(after) as Kind[]).flatMap((kind) => {
    const expected = new Map(known.of(kind).map((thing) => [thing.id, thing]))
    const missing = [...before[kind].keys(), ...expected.keys()].filter((id) => !after[kind].has(id))
    const extra = [...after[kind].keys()].filter((id) => !before[kind].has(id) && !expected.has(id))
    const other = [...expected.values()].filter((thing) => after[kind].has(thing.id) && !isWhole(kind, thing, after))
    return [
      ...missing.map((id) => `The ${kind} ${id} was made and is not there.`),
      ...extra.map((id) => `The ${kind} ${id} is there, and nobody was told that it was made.`),
      ...other.map(({ id }) => `The ${kind} ${id} is not as it was answered: ${JSON.stringify(after[kind].get(id))}`),
    ]
  })
}

function isWhole(kind: Kind, thing: Thing, after: There): boolean {
  const { id, value } = thing
  const there = after[kind].get(id)
  const now = latest(thing)
  switch (kind) {
    case 'key':
      return now.some(({ user, enabled }) => there.user === user && there.enabled === enabled)
    case 'group':
      // Whoever was removed is no member any more, and no answer about the group said so.
      return now.some(({ name, members }) =>
        isDeepStrictEqual(
          [name, members.filter((member: string) => after.user.has(member))],
          [there.name, there.members],
        ),
      )
    case 'mesh':
      return there.metadata.name === value.metadata.name && isDeepStrictEqual(there.spec, value.spec)
    // It goes on by itself.
    case 'upgrade':
      return there.name === value.metadata.name
    case 'user':
    case 'project':
    case 'enterprise project':
    case 'policy':
    case 'grant':
    case 'cluster':
      return now.some((one) => isDeepStrictEqual(one, there))
  }
}
