import { defineCheck } from '../check.ts'
import { few } from '../facts/few.ts'
import { injectedWorkloads, withKind } from '../facts/injected.ts'
import { matches } from '../istio/selectors.ts'
import { sentences } from '../reason.ts'

const says = sentences('budget-without-room', {
  noRoom:
    'PodDisruptionBudget {budget} lets no pod of {workloads} go now. A restart does not ask it and replaces them all the same: add a replica, or repair what is not ready, before their namespace is moved.',
})

/** P31: rolling updates do not consult budgets, so the budget's owner would not expect what happens. */
export const budgetWithoutRoom = defineCheck({
  id: 'budget-without-room',
  title: 'Every disruption budget of the mesh has room',
  gate: 'start',
  weight: 'warns',
  reads: ['budgets', 'workloads', 'pods'],
  says,
  look({ seen }) {
    const injected = injectedWorkloads(seen)
    return seen.budgets
      .filter((one) => one.disruptionsAllowed < 1)
      .flatMap((one) => {
        const meant = injected.filter(
          (workload) =>
            workload.cluster === one.cluster &&
            workload.namespace === one.namespace &&
            matches(one.selector, workload.podLabels),
        )
        if (meant.length === 0) return []
        const budget = `${one.namespace}/${one.name}`
        return [{ about: budget, because: says.say.noRoom({ budget, workloads: few(meant.map(withKind)) }) }]
      })
  },
})
