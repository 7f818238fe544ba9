/** The user's values of a chart, read as the chart reads them: `pilot.` and top level are the same. */

import { isRecord } from '../../../lib/json.ts'
import { rejected } from '../refusals.ts'

export type Values = Readonly<Record<string, unknown>>

export interface ChartValues {
  /** Empty for an un-revisioned control plane, as in the chart. */
  readonly revision: string
  readonly revisionTags: readonly string[]
  readonly hub: string
  readonly tag: string
  readonly autoscaleEnabled: boolean
  readonly autoscaleMin: number
  readonly autoscaleMax: number
  readonly replicaCount: number
  readonly env: Readonly<Record<string, string>>
  readonly meshConfig: Values
  readonly tracer: string
  /** base chart: whose istiod validates unlabelled objects; empty for nobody. */
  readonly defaultRevision: string
  readonly enableNamespacesByDefault: boolean
}

export function valuesOf(user: Values, version: string): ChartValues {
  const global = isRecord(user['global']) ? user['global'] : {}
  const flat = { ...(isRecord(user['pilot']) ? user['pilot'] : {}), ...user }
  const proxy = isRecord(global['proxy']) ? global['proxy'] : {}
  const injector = isRecord(user['sidecarInjectorWebhook']) ? user['sidecarInjectorWebhook'] : {}
  const tags = flat['revisionTags'] ?? []
  if (!Array.isArray(tags)) throw rejected('execution error: revisionTags must be a list')
  return {
    revision: text(flat['revision'], ''),
    revisionTags: tags.map(String),
    hub: text(flat['hub'] ?? global['hub'], 'docker.io/istio'),
    tag: text(flat['tag'] ?? global['tag'], version),
    autoscaleEnabled: flat['autoscaleEnabled'] !== false,
    autoscaleMin: count(flat['autoscaleMin'], 1),
    autoscaleMax: count(flat['autoscaleMax'], 5),
    replicaCount: count(flat['replicaCount'], 1),
    env: isRecord(flat['env'])
      ? Object.fromEntries(Object.entries(flat['env']).map(([key, value]) => [key, String(value)]))
      : {},
    meshConfig: isRecord(user['meshConfig']) ? user['meshConfig'] : {},
    tracer: text(proxy['tracer'], 'none'),
    defaultRevision: text(user['defaultRevision'], 'default'),
    enableNamespacesByDefault: injector['enableNamespacesByDefault'] === true,
  }
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise
}

function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
