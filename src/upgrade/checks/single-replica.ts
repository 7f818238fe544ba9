import { defineCheck } from '../check.ts'
import { injectedWorkloads, withKind } from '../facts/injected.ts'
import { sentences } from '../reason.ts'

const says = sentences('single-replica', {
  single:
    '{object} has one replica: connections to it break when it is restarted. Give it a second one before its namespace is moved, if that matters.',
})

/** A DaemonSet of one pod has one node: that is no choice of anybody's. */
export const singleReplica = defineCheck({
  id: 'single-replica',
  title: 'Every workload of the mesh has more than one replica',
  gate: 'start',
  weight: 'warns',
  reads: ['workloads', 'pods'],
  says,
  look: ({ seen }) =>
    injectedWorkloads(seen)
      .filter((workload) => workload.replicas === 1 && workload.kind !== 'DaemonSet')
      .map(withKind)
      .map((object) => ({ about: object, because: says.say.single({ object }) })),
})
