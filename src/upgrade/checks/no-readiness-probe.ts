import { defineCheck } from '../check.ts'
import { injectedWorkloads, withKind } from '../facts/injected.ts'
import { isGateway } from '../moves/moving.ts'
import { sentences } from '../reason.ts'

const says = sentences('no-readiness-probe', {
  none: '{object} has no readiness probe: its old pods go before the new ones can serve. Add one before its namespace is moved, if that matters.',
})

/** A classic gateway gets its probe from the injector, with everything else of its container. */
export const noReadinessProbe = defineCheck({
  id: 'no-readiness-probe',
  title: 'Every workload of the mesh tells when it is ready',
  gate: 'start',
  weight: 'warns',
  reads: ['workloads', 'pods'],
  says,
  look: ({ seen }) =>
    injectedWorkloads(seen)
      .filter((workload) => !workload.hasReadinessProbe && !isGateway(workload))
      .map(withKind)
      .map((object) => ({ about: object, because: says.say.none({ object }) })),
})
