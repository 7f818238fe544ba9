/** Meshes, clusters and upgrades; an upgrade need not be named where there is only one to mean. */

import type { Cluster, UpgradeSummary } from '../contract/extensions.ts'
import type { Mesh } from '../contract/meshes.ts'
import { Problem } from '../lib/problem.ts'
import { allUpgrades } from './all-upgrades.ts'
import { pick, several } from './pick.ts'
import type { Session } from './session.ts'
import { isOver } from './standing.ts'

export async function findMesh(session: Session, asked: string, signal: AbortSignal): Promise<Mesh> {
  const { items } = await session.call('listMeshes', {}, signal)
  const named = items.map((mesh) => ({ id: mesh.metadata.uid, name: mesh.metadata.name, mesh }))
  return pick('mesh', asked, named, '"meshlift mesh add" registers one').mesh
}

/** Without the permission to list them there is none that may be seen; what was typed can only be an id, and the server judges it. */
export async function findCluster(
  session: Session,
  asked: string,
  signal: AbortSignal,
): Promise<Pick<Cluster, 'id' | 'name'>> {
  const clusters = await clustersSeen(session, signal)
  if (clusters === undefined) return { id: asked, name: asked }
  return pick('cluster', asked, clusters, '"meshlift cluster add" registers one')
}

/** Undefined when the caller may list none. */
export async function clustersSeen(session: Session, signal: AbortSignal): Promise<readonly Cluster[] | undefined> {
  try {
    return (await session.call('listClusters', {}, signal)).items
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.kind === 'forbidden') return undefined
    throw thrown
  }
}

/** `asked`: id or name of an upgrade, or a mesh, whose newest is meant. Left out where there is only one to mean. */
export async function findUpgrade(
  session: Session,
  asked: string | undefined,
  signal: AbortSignal,
): Promise<UpgradeSummary> {
  const items = await allUpgrades(session, {}, signal)
  if (asked === undefined) return onlyOne(items)
  const found =
    items.find(({ id }) => id === asked) ??
    items.find(({ mesh }) => mesh.id === asked || mesh.name === asked) ??
    newestNamed(items, asked)
  if (found !== undefined) return found
  // A mesh that never was upgraded is known all the same, and deserves another answer than a mistyped one.
  const mesh = await findMesh(session, asked, signal)
  throw new Problem({
    kind: 'not-found',
    code: 'cli/no-upgrade',
    text: `Mesh ${mesh.metadata.name} has no upgrade; "meshlift upgrade ${mesh.metadata.name} --to VERSION${session.where}" starts one.`,
  })
}

/** Upgrades of several meshes to one version have one name unless they were given another. */
function newestNamed(items: readonly UpgradeSummary[], asked: string): UpgradeSummary | undefined {
  const named = items.filter(({ name }) => name === asked)
  if (new Set(named.map(({ mesh }) => mesh.id)).size > 1)
    throw several(
      'upgrade',
      asked,
      named.map(({ id }) => id),
    )
  return named[0]
}

/** The one that is not over, or the only one there is. */
function onlyOne(items: readonly UpgradeSummary[]): UpgradeSummary {
  const open = items.filter((one) => !isOver(one))
  const [first, ...others] = open.length > 0 ? open : items
  if (first === undefined)
    throw new Problem({
      kind: 'not-found',
      code: 'cli/no-upgrade',
      text: 'There is no upgrade yet; "meshlift upgrade MESH --to VERSION" starts one.',
    })
  if (others.length > 0)
    throw new Problem({
      kind: 'invalid',
      code: 'cli/which-upgrade',
      text: `Say which mesh; there are upgrades of ${[...new Set([first, ...others].map(({ mesh }) => mesh.name))].join(', ')}.`,
    })
  return first
}
