/** Comparing a recorded body with what is there, and putting it back. */

import type { Action } from '../actions.ts'
import { isRecord, sameJson } from '../../lib/json.ts'
import type { Body, TagServiceFact, WebhookFact } from '../mesh.ts'
import { targetOf } from './moving.ts'
import type { Before } from '../record.ts'

export interface Recorded {
  readonly cluster: string
  readonly name: string
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
  readonly body: Body
}

export function recordedBodies(before: Before | undefined): readonly Recorded[] {
  return (before?.bodies ?? []).map(({ cluster, body }) => {
    const metadata = isRecord(body['metadata']) ? body['metadata'] : {}
    const labels = isRecord(metadata['labels']) ? (metadata['labels'] as Readonly<Record<string, string>>) : {}
    return { cluster, name: String(metadata['name']), kind: String(body['kind']), labels, body }
  })
}

/** What istiod repairs by itself, or the API server writes, is no difference: caBundle, and failurePolicy of validators (decision 19). */
export function isBack(recorded: Body, now: Body): boolean {
  return sameJson(essence(recorded), essence(now))
}

function essence(body: Body): unknown {
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {}
  const validating = body['kind'] === 'ValidatingWebhookConfiguration'
  const webhooks = Array.isArray(body['webhooks'])
    ? body['webhooks'].map((webhook: Readonly<Record<string, unknown>>) => {
        const { caBundle: _ca, ...client } = isRecord(webhook['clientConfig']) ? webhook['clientConfig'] : {}
        const { failurePolicy, ...rest } = webhook
        return { ...rest, clientConfig: client, ...(validating ? {} : { failurePolicy }) }
      })
    : undefined
  return {
    labels: metadata['labels'] ?? {},
    annotations: metadata['annotations'] ?? {},
    webhooks,
    selector: isRecord(body['spec']) ? body['spec']['selector'] : undefined,
  }
}

/** Actions that make these as recorded: changed ones get their body back, deleted ones are made anew. */
export function putBack(
  recorded: readonly Recorded[],
  seen: readonly (WebhookFact | TagServiceFact)[],
): readonly Action[] {
  return recorded.flatMap(({ cluster, name, kind, body }): readonly Action[] => {
    const live = seen.find((fact) => fact.cluster === cluster && fact.name === name && fact.body['kind'] === kind)
    if (!live) return [{ do: 'put-back', cluster, body }]
    return isBack(body, live.body) ? [] : [{ do: 'put-back', cluster, body, target: targetOf(live) }]
  })
}
