/** People name things by name, by id or not at all; what is unknown is answered with what there is. */

import type { Cluster, UpgradeSummary } from '../contract/extensions.ts'
import type { Mesh } from '../contract/meshes.ts'
import { Problem } from '../lib/problem.ts'
import type { Session } from './session.ts'
import { isOver } from './standing.ts'

const unknown = (what: string, asked: string, known: readonly string[], otherwise: string): Problem =>
  new Problem({
    kind: 'not-found',
    code: `cli/unknown-${what}`,
    text:
      known.length === 0
        ? `There is no ${what} "${asked}", and no other; ${otherwise}.`
        : `There is no ${what} "${asked}"; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`,
    facts: { known },
  })

const several = (what: string, asked: string, ids: readonly string[]): Problem =>
  new Problem({
    kind: 'conflict',
    code: `cli/several-${what}`,
    text: `"${asked}" means more than one ${what}; say which by its id: ${ids.join(', ')}.`,
    facts: { known: ids },
  })

export async function findMesh(session: Session, asked: string, signal: AbortSignal): Promise<Mesh> {
  const { items } = await session.call('listMeshes', {}, signal)
  const found = items.filter(({ metadata }) => metadata.uid === asked || metadata.name === asked)
  if (found.length > 1)
    throw several(
      'mesh',
      asked,
      found.map(({ metadata }) => metadata.uid),
    )
  if (found[0] !== undefined) return found[0]
  throw unknown(
    'mesh',
    asked,
    items.map(({ metadata }) => metadata.name),
    '"meshlift mesh add" registers one',
  )
}

export async function findCluster(session: Session, asked: string, signal: AbortSignal): Promise<Cluster> {
  const { items } = await session.call('listClusters', {}, signal)
  const found = items.find(({ id, name }) => id === asked || name === asked)
  if (found !== undefined) return found
  throw unknown(
    'cluster',
    asked,
    items.map(({ name }) => name),
    '"meshlift cluster add" registers one',
  )
}

/** `asked`: id or name of an upgrade, or a mesh, whose newest is meant. Left out where there is only one to mean. */
export async function findUpgrade(
  session: Session,
  asked: string | undefined,
  signal: AbortSignal,
): Promise<UpgradeSummary> {
  const { items } = await session.call('listUpgrades', {}, signal)
  if (asked === undefined) return onlyOne(items)
  const found =
    items.find(({ id }) => id === asked) ??
    items.find(({ mesh }) => mesh.id === asked || mesh.name === asked) ??
    items.find(({ name }) => name === asked)
  if (found !== undefined) return found
  // A mesh that never was upgraded is known all the same, and deserves another answer than a mistyped one.
  const mesh = await findMesh(session, asked, signal)
  throw new Problem({
    kind: 'not-found',
    code: 'cli/no-upgrade',
    text: `Mesh ${mesh.metadata.name} has no upgrade; "meshlift upgrade ${mesh.metadata.name} --to VERSION${session.where}" starts one.`,
  })
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
