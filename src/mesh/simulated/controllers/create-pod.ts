/** How a controller makes a pod: from a template, as its owner's, through admission. */

import type { Labels } from '../../../upgrade/mesh.ts'
import type { KubeObject } from '../../cluster.ts'
import { problemFrom } from '../../../lib/problem.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { PodTemplate } from '../shapes.ts'

export const controllerManager = 'kube-controller-manager'

export interface NewPod {
  readonly owner: KubeObject
  readonly template: PodTemplate
  readonly name?: string
  readonly generateName?: string
  readonly labels: Labels
  readonly nodeName?: string
}

/** Why the pod was refused, or undefined when it was made. */
export function createPod(api: Api, pod: NewPod): string | undefined {
  const { owner, template } = pod
  const { apiVersion, kind, metadata } = owner
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      ...(pod.name === undefined ? { generateName: pod.generateName } : { name: pod.name }),
      namespace: metadata.namespace,
      labels: { ...template.metadata?.labels, ...pod.labels },
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }],
    },
    spec: { ...template.spec, ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }) },
    status: { phase: 'Pending', conditions: [] },
  } as unknown as KubeObject
  try {
    api.create(kinds.Pod, object, controllerManager)
    return undefined
  } catch (thrown) {
    const problem = problemFrom(thrown)
    if (problem.kind === 'bug') throw problem
    return problem.message
  }
}

/** After how long a refused pod is tried again: doubling from a second to fifteen. */
export function retryMs(refusals: number): number {
  return Math.min(15_000, 1000 * 2 ** Math.max(0, refusals - 1))
}
