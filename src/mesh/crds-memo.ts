/** CRDs of a chart for a look, for the act that follows it, and for the look after that: rendered and read once. */

import type { Clock } from '../lib/clock.ts'
import { chartCrds } from './chart-crds.ts'
import type { Helm, KubeObject } from './cluster.ts'

/** `helm template` of a base chart and reading its million characters take about a second, half of it nothing else runs. */
export interface CrdsMemo {
  /** @throws Problem */
  of(chart: ChartOfCrds, signal: AbortSignal): Promise<readonly KubeObject[]>
  /** They are all there: nobody asks again soon, and they weigh thirty megabytes. */
  forget(): void
}

interface ChartOfCrds {
  readonly version: string
  readonly release: string
}

/** A folder of charts may be replaced by the user at any time; what is older than this is rendered anew. */
const freshMs = 30_000

export function crdsMemo({ helm, clock }: { readonly helm: Helm; readonly clock: Clock }): CrdsMemo {
  let last: { readonly key: string; readonly until: number; readonly crds: readonly KubeObject[] } | undefined
  return {
    async of({ version, release }, signal) {
      const key = `${version} ${release}`
      if (last?.key === key && clock.now() < last.until) return last.crds
      const crds = await chartCrds(helm, { version, release }, signal)
      last = { key, until: clock.now() + freshMs, crds }
      return crds
    },
    forget() {
      last = undefined
    },
  }
}
