import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('permission-missing', {
  missing:
    'The credentials for cluster {cluster} do not allow: {missing}. Grant it (the published roles do), then check again.',
})

/** All of them at once, and before the first change: a plan that is refused in its middle is the worst place to learn it. */
export const permissionMissing = defineCheck({
  id: 'permission-missing',
  title: 'The credentials allow everything that the plan does',
  gate: 'access',
  weight: 'blocks',
  reads: ['clusters'],
  says,
  look: ({ seen }) =>
    seen.clusters
      .filter((fact) => fact.reachable && fact.missing.length > 0)
      .map(({ cluster, missing }) => ({ about: cluster, because: says.say.missing({ cluster, missing }) })),
})
