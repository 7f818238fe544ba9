import { defineCheck } from '../check.ts'
import { injectedWorkloads, withKind } from '../facts/injected.ts'
import { isImmovable } from '../moves/moving.ts'
import { sentences } from '../reason.ts'

const says = sentences('rollout-in-progress', {
  rolling:
    '{object} is not fully rolled out: {updated} of {replicas} pods are new, {ready} ready, {total} there in all{trouble}. Let it end, or repair it, before its pods are restarted: else nobody can tell what broke it.',
})

export const rolloutInProgress = defineCheck({
  id: 'rollout-in-progress',
  title: 'No workload of the mesh is in the middle of a rollout',
  gate: 'start',
  weight: 'warns',
  reads: ['workloads', 'pods'],
  says,
  look: ({ seen }) =>
    injectedWorkloads(seen)
      .filter(
        ({ observed, updated, ready, total, replicas }) =>
          !observed || updated !== replicas || ready !== replicas || total !== replicas,
      )
      // A rollout that waits for somebody by its own strategy is another finding.
      .filter((workload) => !isImmovable(workload))
      .map((workload) => {
        const { updated, replicas, ready, total } = workload
        const object = withKind(workload)
        return {
          about: object,
          because: says.say.rolling({
            object,
            updated,
            replicas,
            ready,
            total,
            trouble: workload.trouble ? ` (${workload.trouble})` : '',
          }),
        }
      }),
})
