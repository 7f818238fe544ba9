/** A recorded body of a webhook configuration or a tag's Service, back as it was. */

import { isRecord, sameJson } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { Action } from '../../upgrade/actions.ts'
import type { Body } from '../../upgrade/mesh.ts'
import type { KubeObject, PatchOperation, Resource } from '../cluster.ts'
import { field, items, text } from '../observe/read.ts'
import { mutatingWebhooks, services, validatingWebhooks } from '../resources.ts'
import { change, changedMeanwhile, current } from './aim.ts'
import type { Hands } from './aim.ts'
import { set } from './json-patch.ts'

const resources: readonly Resource[] = [mutatingWebhooks, validatingWebhooks, services]

/** Labels, annotations, and webhooks or spec, in one patch; made anew when it is gone. failurePolicy of a mutating webhook comes back exactly: nobody else repairs it. */
export async function putBack(hands: Hands, action: Extract<Action, { do: 'put-back' }>): Promise<void> {
  const { body, target } = action
  const resource = resources.find((one) => one.kind === body['kind'])
  const name = text(body, 'metadata', 'name')
  if (resource === undefined || name === undefined) throw notRecorded(body)
  if (target === undefined) return makeAnew(hands, resource, name, body)
  const live = await current(hands, resource, target)
  if (!isBack(live, body)) await change(hands, resource, target, operations(live, body))
}

/**
 * What istiod keeps up itself does not count: caBundle, and failurePolicy of validators (it raises Ignore to Fail).
 * Without this a repeated put-back would fight with it.
 */
export function isBack(live: KubeObject, body: Body): boolean {
  const parts = (object: unknown) => ({
    labels: field(object, 'metadata', 'labels') ?? {},
    annotations: field(object, 'metadata', 'annotations') ?? {},
    webhooks: items(object, 'webhooks').map((one) => withoutUpkeep(one, body['kind'] === validatingWebhooks.kind)),
    spec: withoutAddresses(field(object, 'spec')),
  })
  return sameJson(parts(live), parts(body))
}

function operations(live: KubeObject, body: Body): readonly PatchOperation[] {
  const spec = field(body, 'spec')
  return [
    ...set(live, ['metadata', 'labels'], field(body, 'metadata', 'labels')),
    ...set(live, ['metadata', 'annotations'], field(body, 'metadata', 'annotations')),
    ...(body['webhooks'] === undefined ? [] : set(live, ['webhooks'], body['webhooks'])),
    // A Service's addresses cannot be changed, and one that was made anew has others.
    ...(isRecord(spec) ? set(live, ['spec'], { ...withoutAddresses(spec), ...addresses(field(live, 'spec')) }) : []),
  ]
}

/** The uid is the server's to give; a Service gets an address of its own, the recorded one may be taken. */
async function makeAnew({ cluster, signal }: Hands, resource: Resource, name: string, body: Body): Promise<void> {
  const namespace = text(body, 'metadata', 'namespace')
  const at = resource.namespaced && namespace !== undefined ? { name, namespace } : { name }
  const live = await cluster.get(resource, at, signal)
  if (live !== undefined) {
    if (isBack(live, body)) return
    throw changedMeanwhile(resource, at, 'was made by somebody else')
  }
  const { apiVersion, kind, metadata, spec, ...rest } = body as KubeObject
  const { uid: _uid, ownerReferences: _ownerReferences, ...kept } = metadata
  const object: KubeObject = {
    apiVersion,
    kind,
    metadata: kept,
    ...rest,
    ...(spec !== undefined && { spec: withoutAddresses(spec) }),
  }
  await cluster.create(resource, object, {}, signal)
}

function withoutUpkeep(webhook: unknown, isValidator: boolean): unknown {
  if (!isRecord(webhook)) return webhook
  const { clientConfig, failurePolicy, ...rest } = webhook
  const { caBundle: _caBundle, ...call } = isRecord(clientConfig) ? clientConfig : {}
  return { ...rest, clientConfig: call, ...(!isValidator && { failurePolicy }) }
}

function withoutAddresses(spec: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(spec)) return {}
  const { clusterIP: _clusterIP, clusterIPs: _clusterIPs, ...rest } = spec
  return rest
}

function addresses(spec: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(spec)) return {}
  const { clusterIP, clusterIPs } = spec
  return { ...(clusterIP !== undefined && { clusterIP }), ...(clusterIPs !== undefined && { clusterIPs }) }
}

function notRecorded(body: Body): Problem {
  return new Problem({
    kind: 'bug',
    code: 'mesh/not-recorded',
    text: `A body of kind ${String(body['kind'])} was asked to be put back; only webhook configurations and Services are recorded.`,
  })
}
