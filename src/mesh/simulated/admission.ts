/** The live webhook configurations at work: who injects a pod, who judges an Istio object, and what happens when nobody answers. */

import type { Labels } from '../../upgrade/mesh.ts'
import type { KubeObject, Resource } from '../cluster.ts'
import type { Api } from './api.ts'
import type { Istiod } from './endpoints.ts'
import { behindService } from './endpoints.ts'
import { injected } from './injection.ts'
import { kinds } from './kinds.ts'
import { rejected } from './refusals.ts'
import { matches } from './selectors.ts'
import type { Pod, Webhook, WebhookConfiguration } from './shapes.ts'
import { invalidity } from './validation.ts'

/** For how long after a change of labels a pod counts as in flight, with the fault `doubleInjection`. */
const inFlightMs = 100

/** @throws Problem `rejected` in the API server's words. */
export function admitted(api: Api, resource: Resource, object: KubeObject, before: KubeObject | undefined): KubeObject {
  if (resource.plural === 'pods' && before === undefined) return admittedPod(api, object as Pod)
  if (resource.group.endsWith('istio.io')) judge(api, resource, object, before === undefined ? 'CREATE' : 'UPDATE')
  return object
}

function admittedPod(api: Api, pod: Pod): Pod {
  const { labels, earlier } = namespaceLabels(api, pod.metadata.namespace ?? '')
  const hooks = webhooks(api, kinds.MutatingWebhookConfiguration, kinds.Pod, 'CREATE')
  const calls = (each: Webhook, namespaceLabels: Labels): boolean =>
    matches(each.namespaceSelector, namespaceLabels) && matches(each.objectSelector, pod.metadata.labels)
  // The server looks the namespace up for each webhook anew: the old injector is asked with the old labels, and once one
  // that sorts behind it matches the new ones, both have injected.
  const first = earlier ? hooks.findIndex((each) => calls(each, earlier)) : -1
  const switched = hooks.some((each, index) => index > first && calls(each, labels)) ? first : -1
  let result = pod
  for (const [index, hook] of hooks.entries()) {
    if (!calls(hook, earlier && index <= switched ? earlier : labels)) continue
    const istiod = answering(api, hook)
    if (istiod) result = injected(result, istiod)
  }
  return result
}

/** The labels that selectors see; `earlier` are those before a change that the pod was in flight for. */
function namespaceLabels(api: Api, name: string): { readonly labels: Labels; readonly earlier?: Labels } {
  const { state } = api
  const labels = api.find(kinds.Namespace, { name })?.metadata.labels ?? {}
  const before = state.labelsBefore.get(name)
  if (!before) return { labels }
  const age = state.now - before.at
  if (age < state.faults.namespaceCacheLagMs) return { labels: before.labels }
  return state.faults.doubleInjection && age < inFlightMs ? { labels, earlier: before.labels } : { labels }
}

function judge(api: Api, resource: Resource, object: KubeObject, operation: string): void {
  const labels = api.find(kinds.Namespace, { name: object.metadata.namespace ?? '' })?.metadata.labels ?? {}
  for (const hook of webhooks(api, kinds.ValidatingWebhookConfiguration, resource, operation)) {
    if (!matches(hook.objectSelector, object.metadata.labels) || !matches(hook.namespaceSelector, labels)) continue
    if (!answering(api, hook)) continue
    const why = invalidity(object)
    if (why !== undefined) throw rejected(`admission webhook "${hook.name}" denied the request: ${why}`)
  }
}

/** In the order in which the API server asks: configurations by name, webhooks as they stand. */
function webhooks(api: Api, configurations: Resource, resource: Resource, operation: string): readonly Webhook[] {
  return api
    .all(configurations)
    .flatMap((each) =>
      ((each as WebhookConfiguration).webhooks ?? []).filter((hook) =>
        (hook.rules ?? []).some(
          (rule) =>
            rule.operations.some((name) => name === operation || name === '*') &&
            rule.apiGroups.some((name) => name === resource.group || name === '*') &&
            rule.resources.some((name) => name === resource.plural || name === '*'),
        ),
      ),
    )
}

/** The istiod behind a webhook; undefined when none answers and the webhook may be ignored. @throws Problem `rejected` */
function answering(api: Api, hook: Webhook): Istiod | undefined {
  const { service, caBundle } = hook.clientConfig
  const answer = service ? behindService(api, service) : { trouble: 'connection refused' }
  const trouble =
    'trouble' in answer
      ? answer.trouble
      : caBundle === undefined
        ? 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
        : undefined
  if (trouble === undefined) return answer as Istiod
  if (hook.failurePolicy === 'Ignore') return undefined
  const at = service
    ? `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${service.path ?? ''}?timeout=10s`
    : (hook.clientConfig.url ?? '')
  throw rejected(
    `Internal error occurred: failed calling webhook "${hook.name}": failed to call webhook: Post "${at}": ${trouble}`,
  )
}
