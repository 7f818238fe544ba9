/** Jobs: one pod that runs until it is told to end, and is replaced when it is deleted before. */

import type { KubeObject } from '../../cluster.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Pod, PodTemplate } from '../shapes.ts'
import { controllerUid, isGoing } from '../shapes.ts'
import { schedule } from '../state.ts'
import { createPod, retryMs } from './create-pod.ts'

export function reconcileJob(api: Api, namespace: string, name: string): void {
  const job = api.find(kinds.Job, { namespace, name })
  if (!job || hasEnded(job)) return
  if (podsOf(api, job).length === 0) {
    const { template } = job['spec'] as { readonly template: PodTemplate }
    const labels = { 'job-name': name, 'batch.kubernetes.io/job-name': name }
    const refused = createPod(api, { owner: job, template, generateName: `${name}-`, labels })
    if (refused !== undefined) schedule(api.state, retryMs(3), { do: 'reconcile', kind: 'Job', namespace, name })
  }
  api.setStatus(kinds.Job, { namespace, name }, { active: podsOf(api, job).length })
}

/** The Job's work is done: its pod stays, finished. */
export function finishJob(api: Api, namespace: string, name: string): void {
  const job = api.find(kinds.Job, { namespace, name })
  if (!job) return
  for (const each of podsOf(api, job)) api.setStatus(kinds.Pod, each.metadata, { phase: 'Succeeded', conditions: [] })
  const conditions = [{ type: 'Complete', status: 'True' }]
  api.setStatus(kinds.Job, { namespace, name }, { active: 0, succeeded: 1, conditions })
}

function podsOf(api: Api, job: KubeObject): readonly Pod[] {
  const { namespace = '', uid } = job.metadata
  const pods = api.all(kinds.Pod, { namespace }) as readonly Pod[]
  return pods.filter((each) => controllerUid(each) === uid && !isGoing(each))
}

function hasEnded(job: KubeObject): boolean {
  return (job['status'] as { readonly succeeded?: number } | undefined)?.succeeded === 1
}
