import type { Before } from '../record.ts'
import { choiceOf } from '../istio/injection.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('take-snapshot', {
  writing:
    'Recording what is there before anything is changed: {namespaces} namespaces, {bodies} webhooks and tags, {releases} Helm releases.',
  foreign:
    'ConfigMap istio-system/{object} is the record of upgrade {other}, which is not over: two upgrades of one mesh would undo each other. Finish that one, or roll back.',
  recorded: 'Recorded in ConfigMap istio-system/meshlift-{upgrade}: a way back even without this database.',
})

type Part = 'namespaces' | 'webhooks' | 'tagServices' | 'releases' | 'workloads' | 'snapshots'

export const takeSnapshot = defineStage({
  id: 'take-snapshot',
  title: 'Record what is there',
  reads: ['namespaces', 'webhooks', 'tagServices', 'releases', 'workloads', 'snapshots'],
  says,
  forward(s) {
    const { upgrade, seen } = s
    const other = seen.snapshots.find((one) => one.upgrade !== upgrade.id)
    if (other)
      return { kind: 'hold', needs: 'repair', because: says.say.foreign({ object: other.name, other: other.upgrade }) }
    const before = s.before ?? snapshotOf(s)
    // Kept in the database first and in the cluster second, so that both always hold the same.
    if (!s.before) return { kind: 'wait', lookAgainInMs: 0, because: says.say.writing(sizes(before)), keep: before }
    const missing = upgrade.mesh.clusters.filter(
      (cluster) => !seen.snapshots.some((one) => one.cluster === cluster && one.upgrade === upgrade.id),
    )
    if (missing.length > 0)
      return {
        kind: 'act',
        because: says.say.writing(sizes(before)),
        actions: missing.map((cluster) => ({
          do: 'write-snapshot' as const,
          cluster,
          upgrade: upgrade.id,
          snapshot: partOf(before, cluster),
        })),
      }
    return { kind: 'done', because: says.say.recorded({ upgrade: upgrade.id }) }
  },
})

function snapshotOf({ seen }: Situation<Part>): Before {
  return {
    at: seen.at,
    namespaces: seen.namespaces.map(({ cluster, name, uid, labels }) => ({
      cluster,
      name,
      uid,
      labels: choiceOf(labels),
    })),
    bodies: [...seen.webhooks, ...seen.tagServices].map(({ cluster, body }) => ({ cluster, body })),
    releases: seen.releases.map(({ cluster, name, chart, version, status, values }) => ({
      cluster,
      name,
      chart,
      version,
      status,
      tags: tagsIn(values),
    })),
    workloads: seen.workloads.map(({ cluster, namespace, kind, name, uid }) => ({
      cluster,
      namespace,
      kind,
      name,
      uid,
    })),
  }
}

function partOf(before: Before, cluster: string): Readonly<Record<string, unknown>> {
  const here = <T extends { readonly cluster: string }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.cluster === cluster)
  return {
    at: before.at,
    namespaces: here(before.namespaces),
    bodies: here(before.bodies),
    releases: here(before.releases),
    workloads: here(before.workloads),
  }
}

function tagsIn(values: Readonly<Record<string, unknown>>): readonly string[] {
  const tags = values['revisionTags']
  return Array.isArray(tags) ? tags.map(String) : []
}

const sizes = (
  before: Before,
): { readonly namespaces: number; readonly bodies: number; readonly releases: number } => ({
  namespaces: before.namespaces.length,
  bodies: before.bodies.length,
  releases: before.releases.length,
})
