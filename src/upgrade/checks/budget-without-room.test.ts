import { describe, expect, it } from 'vitest'
import type { WorkloadFact } from '../mesh.ts'
import { budget, injectedAs, oldPlane, podsOf, workload } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { budgetWithoutRoom } from './budget-without-room.ts'

const injection = injectedAs(oldPlane)
/** One workload with its pods. */
const only = (one: WorkloadFact, sidecar = true) => ({
  workloads: [one],
  pods: podsOf(one, sidecar ? injection : undefined),
})

const rows: readonly Row[] = [
  { when: 'there is room', finds: [] },
  {
    when: 'there is none',
    given: { mesh: { ...only(workload('shop/web')), budgets: [budget('shop/web', { disruptionsAllowed: 0 })] } },
    finds: [
      'noRoom shop/web: PodDisruptionBudget shop/web lets no pod of Deployment shop/web go now. A restart does not ask it and replaces them all the same: add a replica, or repair what is not ready, before their namespace is moved.',
    ],
  },
  {
    when: 'it means all pods of the namespace',
    given: {
      mesh: { ...only(workload('shop/web')), budgets: [budget('shop/all', { selector: {}, disruptionsAllowed: 0 })] },
    },
    finds: [
      'noRoom shop/all: PodDisruptionBudget shop/all lets no pod of Deployment shop/web go now. A restart does not ask it and replaces them all the same: add a replica, or repair what is not ready, before their namespace is moved.',
    ],
  },
  {
    when: 'it means other pods',
    given: { mesh: { ...only(workload('shop/web')), budgets: [budget('shop/api', { disruptionsAllowed: 0 })] } },
    finds: [],
  },
  {
    when: 'it is in another namespace',
    given: { mesh: { ...only(workload('shop/web')), budgets: [budget('pay/web', { disruptionsAllowed: 0 })] } },
    finds: [],
  },
  {
    when: 'its pods have no sidecar',
    given: { mesh: { ...only(workload('shop/web'), false), budgets: [budget('shop/web', { disruptionsAllowed: 0 })] } },
    finds: [],
  },
]

describe('budget-without-room', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(budgetWithoutRoom, given)).toEqual(finds)
  })
})
