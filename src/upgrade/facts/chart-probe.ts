/** The question about helm and the target's charts, as the installation would use them. Several checks ask it; a driver may answer once. */

import type { CheckSituation } from '../check.ts'
import type { Answer, Probe } from '../mesh.ts'
import { releaseOf } from './seen.ts'
import { valuesFor } from './values.ts'

type ChartProbe = Extract<Probe, { ask: 'chart' }>
export type ChartAnswer = Extract<Answer, { ask: 'chart' }>

/** One a cluster. None where the old release is unknown: without its values nothing can be rendered, and another check says so. */
export function chartProbes({ upgrade, seen, values: override }: CheckSituation<'releases'>): readonly ChartProbe[] {
  const { from, to, mesh } = upgrade
  return mesh.clusters.flatMap((cluster) => {
    const old = releaseOf(seen.releases, cluster, from.release)
    if (!old) return []
    const values = valuesFor(old, to, override)
    return [{ ask: 'chart', cluster, version: to.version, revision: to.revision, release: to.release, values }]
  })
}

/** The answers beside the clusters they are about. */
export function chartAnswers(
  s: CheckSituation<'releases'>,
): readonly { readonly cluster: string; readonly answer: ChartAnswer | undefined }[] {
  return chartProbes(s).map(({ cluster }, index) => {
    const answer = s.answers[index]
    return { cluster, answer: answer?.ask === 'chart' ? answer : undefined }
  })
}
