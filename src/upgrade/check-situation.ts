/** What the checks see of a situation. */

import type { CheckSituation } from './check.ts'
import type { MeshPart } from './mesh.ts'
import type { Situation } from './stage.ts'

export function checkSituation<P extends MeshPart>({
  upgrade,
  seen,
  answers,
  outside,
}: Situation<P>): CheckSituation<P> {
  return { upgrade, seen, answers, others: outside.others, catalogue: outside.catalogue, values: outside.values }
}
