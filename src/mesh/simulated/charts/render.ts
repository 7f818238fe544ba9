/** The two charts the simulation knows, rendered. */

import type { ChartRef, HelmRelease, KubeObject } from '../../cluster.ts'
import { Problem, assertNever } from '../../../lib/problem.ts'
import { meshNamespace } from '../endpoints.ts'
import { crdsInRelease, isKnown } from '../versions.ts'
import { crdsOf } from './crds.ts'
import { istiodChart } from './istiod.ts'
import type { Rendering } from './release.ts'
import { chartLabels } from './release.ts'
import { defaultValidator } from './validators.ts'
import type { Values } from './values.ts'
import { valuesOf } from './values.ts'

export interface Rendered {
  /** What the release will own. */
  readonly objects: readonly KubeObject[]
  /** CRDs of older base charts: made once, outside of the release (B7). */
  readonly outside: readonly KubeObject[]
}

/** @throws Problem `unavailable` for a version that no repository has, `rejected` for values that the chart refuses. */
export function render(release: HelmRelease, chart: ChartRef, values: Values, isUpgrade: boolean): Rendered {
  if (!isKnown(chart.version))
    throw new Problem({
      kind: 'unavailable',
      code: 'simulated/chart-not-found',
      text: `Chart ${chart.chart} has no version ${chart.version}: 1.22.x to 1.31.x are there.`,
    })
  const r: Rendering = {
    release: release.name,
    namespace: release.namespace,
    ...chart,
    isUpgrade,
    values: valuesOf(values, chart.version),
  }
  switch (chart.chart) {
    case 'istiod':
      return { objects: istiodChart(r), outside: [] }
    case 'base':
      return baseChart(r)
    default:
      return assertNever(chart.chart)
  }
}

function baseChart(r: Rendering): Rendered {
  const crds = crdsOf(r.version)
  const own = crdsInRelease(r.version)
  const account: KubeObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: 'istio-reader-service-account',
      namespace: meshNamespace,
      labels: { app: 'istio-reader', release: r.release, ...chartLabels(r, 'istio-reader') },
    },
  }
  return {
    objects: [
      account,
      ...(own
        ? crds.map((each) => ({ ...each, metadata: { ...each.metadata, labels: chartLabels(r, 'istio-crds') } }))
        : []),
      ...(r.values.defaultRevision === '' ? [] : [defaultValidator(r)]),
    ],
    outside: own ? [] : crds,
  }
}
