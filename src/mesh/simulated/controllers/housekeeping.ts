/** The small controllers: garbage of gone owners, namespaces that go, replicas by autoscaler, an eviction at a bad moment. */

import type { KubeObject, Resource } from '../../cluster.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Deployment } from '../shapes.ts'
import { isGoing } from '../shapes.ts'
import { schedule } from '../state.ts'
import { controllerManager } from './create-pod.ts'

const namespaced: readonly Resource[] = Object.values(kinds).filter((each) => each.namespaced)

/** What a gone object owned goes as well. */
export function collect(api: Api, owner: string): void {
  for (const resource of [kinds.ReplicaSet, kinds.ControllerRevision, kinds.Job, kinds.Pod])
    for (const each of api.all(resource))
      if (each.metadata.ownerReferences?.some((reference) => reference.uid === owner))
        api.remove(resource, each.metadata, controllerManager)
}

export function emptyNamespace(api: Api, name: string): void {
  for (const resource of namespaced)
    if (resource !== kinds.Pod)
      for (const each of api.all(resource, { namespace: name })) api.remove(resource, each.metadata, controllerManager)
  for (const each of api.all(kinds.Pod, { namespace: name })) api.remove(kinds.Pod, each.metadata, controllerManager)
  if (api.all(kinds.Pod, { namespace: name }).length === 0) api.drop(kinds.Namespace, { name })
  else schedule(api.state, 100, { do: 'namespace-gone', name })
}

export function autoscale(api: Api, namespace: string, name: string): void {
  const scaler = api.find(kinds.HorizontalPodAutoscaler, { namespace, name })?.['spec'] as
    | { readonly minReplicas?: number; readonly scaleTargetRef: { readonly name: string } }
    | undefined
  const target =
    scaler && (api.find(kinds.Deployment, { namespace, name: scaler.scaleTargetRef.name }) as Deployment | undefined)
  const least = scaler?.minReplicas ?? 1
  if (target && target.spec.replicas < least)
    api.update(kinds.Deployment, { ...target, spec: { ...target.spec, replicas: least } }, controllerManager)
}

/** One pod of the namespace that a controller will replace at once. */
export function evictOne(api: Api, namespace: string): void {
  const pod = api
    .all(kinds.Pod, { namespace })
    .find((each: KubeObject) => !isGoing(each) && each.metadata.ownerReferences?.[0]?.kind === 'ReplicaSet')
  if (pod) api.remove(kinds.Pod, pod.metadata, 'eviction')
}
