/** Part `budgets`: PodDisruptionBudgets. */

import type { BudgetFact } from '../../upgrade/mesh.ts'
import { disruptionBudgets } from '../resources.ts'
import type { Look } from './look.ts'
import { count, seen, selectorAt } from './read.ts'

export async function observeBudgets(look: Look): Promise<readonly BudgetFact[]> {
  const found = await look.list(disruptionBudgets)
  return found.map((one) => ({
    ...seen(look.cluster.name, one),
    namespace: one.metadata.namespace ?? '',
    selector: selectorAt(one, 'spec', 'selector'),
    disruptionsAllowed: count(one, 'status', 'disruptionsAllowed'),
  }))
}
