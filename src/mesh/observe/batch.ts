/** Part `batch`: Jobs and CronJobs, whose pods a restart cannot move. */

import type { BatchFact } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { cronJobs, jobs } from '../resources.ts'
import type { Look } from './look.ts'
import { condition, field, labelsAt, seen } from './read.ts'

/** `active`: it may still make pods - a Job that has not ended, a CronJob that is not suspended. */
export async function observeBatch(look: Look): Promise<readonly BatchFact[]> {
  const [ofJobs, ofCronJobs] = await Promise.all([look.list(jobs), look.list(cronJobs)])
  return [
    ...ofJobs.map((one) => ({
      ...seen(look.cluster.name, one),
      namespace: one.metadata.namespace ?? '',
      kind: 'Job' as const,
      active: !hasEnded(one) && field(one, 'spec', 'suspend') !== true,
      podLabels: labelsAt(one, 'spec', 'template', 'metadata', 'labels'),
    })),
    ...ofCronJobs.map((one) => ({
      ...seen(look.cluster.name, one),
      namespace: one.metadata.namespace ?? '',
      kind: 'CronJob' as const,
      active: field(one, 'spec', 'suspend') !== true,
      podLabels: labelsAt(one, 'spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels'),
    })),
  ]
}

function hasEnded(job: KubeObject): boolean {
  return condition(job, 'Complete', 'True') !== undefined || condition(job, 'Failed', 'True') !== undefined
}
