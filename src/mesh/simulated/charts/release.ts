/** What a chart is rendered for. */

import type { Labels } from '../../../upgrade/mesh.ts'
import { recommendedLabels } from '../versions.ts'
import type { ChartValues } from './values.ts'

export interface Rendering {
  readonly release: string
  readonly namespace: string
  readonly chart: 'base' | 'istiod'
  /** Istio version of the chart. */
  readonly version: string
  readonly isUpgrade: boolean
  readonly values: ChartValues
}

/** `-1-31`, or nothing for an un-revisioned control plane: how names of a revision's objects end. */
export function suffix(r: Rendering): string {
  return r.values.revision === '' ? '' : `-${r.values.revision}`
}

/** What labels call the revision. */
export function revisionLabel(r: Rendering): string {
  return r.values.revision === '' ? 'default' : r.values.revision
}

export function serviceName(r: Rendering): string {
  return `istiod${suffix(r)}`
}

/** Labels that charts put on everything since they follow Kubernetes' recommendation. */
export function chartLabels(r: Rendering, name: string): Labels {
  if (!recommendedLabels(r.version)) return {}
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/instance': r.release,
    'app.kubernetes.io/part-of': 'istio',
    'app.kubernetes.io/version': r.version,
    'helm.sh/chart': `${r.chart}-${r.version}`,
  }
}

/** Labels of what a revision owns. */
export function revisionLabels(r: Rendering): Labels {
  return {
    'istio.io/rev': revisionLabel(r),
    'install.operator.istio.io/owning-resource': 'unknown',
    'operator.istio.io/component': 'Pilot',
    release: r.release,
    ...chartLabels(r, 'istiod'),
  }
}
