import { defineCheck } from '../check.ts'
import { injectedWorkloads, withKind } from '../facts/injected.ts'
import type { WorkloadFact } from '../mesh.ts'
import { sentences } from '../reason.ts'
import type { Reason } from '../reason.ts'

const says = sentences('immovable-workloads', {
  paused:
    '{object} is paused: a restart does not replace its pods. Resume it (kubectl rollout resume), or the upgrade cannot be finished.',
  onDelete:
    '{object} has strategy OnDelete: a restart replaces its pods only as you delete them. Delete them after its namespace has moved, or the upgrade cannot be finished.',
  partition:
    '{object} has partition {partition}: a restart does not replace its pods below that number. Set it to 0, or delete those pods after its namespace has moved; else the upgrade cannot be finished.',
})

/** P9. They do not stand in the way of a start; what is left of them blocks the finish. */
export const immovableWorkloads = defineCheck({
  id: 'immovable-workloads',
  title: 'A restart moves every workload of the mesh',
  gate: 'start',
  weight: 'warns',
  reads: ['workloads', 'pods'],
  says,
  look: ({ seen }) =>
    injectedWorkloads(seen).flatMap((workload) => {
      const because = reasonOf(workload)
      return because ? [{ about: withKind(workload), because }] : []
    }),
})

function reasonOf(workload: WorkloadFact): Reason | undefined {
  const object = withKind(workload)
  if (workload.paused) return says.say.paused({ object })
  if (workload.strategy === 'OnDelete') return says.say.onDelete({ object })
  if (workload.partition > 0) return says.say.partition({ object, partition: workload.partition })
  return undefined
}
