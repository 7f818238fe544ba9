/** Webhook configurations with the selectors that the charts of istiod and base render: injectors are the same in 1.22, 1.30 and 1.31; 1.22 has no validator of a revision. */

import { injectorName, validatorName } from '../istio/revisions.ts'
import { istioNamespace } from '../mesh.ts'
import type { Labels, Selector, TagServiceFact, WebhookFact } from '../mesh.ts'
import type { ControlPlaneRef } from '../record.ts'
import { tagServiceSelector } from '../istio/revisions.ts'

type Webhook = WebhookFact['webhooks'][number]
type Expression = NonNullable<Selector['matchExpressions']>[number]

const key = (name: string, operator: Expression['operator'], ...values: readonly string[]): Expression =>
  values.length > 0 ? { key: name, operator, values } : { key: name, operator }
const all = (...matchExpressions: readonly Expression[]): Selector => ({ matchExpressions })

const unlabelled = [key('istio.io/rev', 'DoesNotExist'), key('istio-injection', 'DoesNotExist')] as const
const notRefused = key('sidecar.istio.io/inject', 'NotIn', 'false')

function injecting(prefix: string, service: string, namespaceSelector: Selector, objectSelector: Selector): Webhook {
  const name = `${prefix}.sidecar-injector.istio.io`
  return { name, service, namespaceSelector, objectSelector, failurePolicy: 'Fail', hasCaBundle: true, injects: true }
}

/** What answers to `istio.io/rev=<asked>`, and for `default` also to istio-injection and to pods that ask for a sidecar. */
function injectingWebhooks(asked: string, service: string): readonly Webhook[] {
  const byRevision = [
    injecting(
      'rev.namespace',
      service,
      all(key('istio.io/rev', 'In', asked), key('istio-injection', 'DoesNotExist')),
      all(notRefused),
    ),
    injecting('rev.object', service, all(...unlabelled), all(notRefused, key('istio.io/rev', 'In', asked))),
  ]
  if (asked !== 'default') return byRevision
  return [
    ...byRevision,
    injecting('namespace', service, all(key('istio-injection', 'In', 'enabled')), all(notRefused)),
    injecting(
      'object',
      service,
      all(...unlabelled.toReversed()),
      all(key('sidecar.istio.io/inject', 'In', 'true'), key('istio.io/rev', 'DoesNotExist')),
    ),
  ]
}

type Change = Partial<Omit<WebhookFact, 'body'>>

/** A configuration whose recorded body says the same as its facts. */
function configuration(kind: WebhookFact['kind'], name: string, change: Change): WebhookFact {
  const fact = {
    cluster: 'east',
    uid: `uid-${name}`,
    resourceVersion: '1',
    labels: {},
    annotations: {},
    webhooks: [],
    managers: ['helm', 'pilot-discovery'],
    ...change,
    kind,
    name,
  }
  return { ...fact, body: bodyOf(fact) }
}

/** The other facts of a configuration, changed; its body follows. */
export function changed(webhook: WebhookFact, change: Change): WebhookFact {
  return configuration(webhook.kind, webhook.name, { ...webhook, ...change })
}

function bodyOf({ kind, name, uid, labels, annotations, webhooks }: Omit<WebhookFact, 'body'>): WebhookFact['body'] {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name, uid, labels, annotations },
    webhooks: webhooks.map(
      ({ name: webhook, service, hasCaBundle, namespaceSelector, objectSelector, failurePolicy }) => ({
        name: webhook,
        clientConfig: {
          ...(service !== undefined && {
            service: { name: service, namespace: istioNamespace, path: '/inject', port: 443 },
          }),
          ...(hasCaBundle && { caBundle: 'Y2E=' }),
        },
        namespaceSelector,
        objectSelector,
        failurePolicy,
      }),
    ),
  }
}

const helmOwned = (release: string): Labels => ({
  'meta.helm.sh/release-name': release,
  'meta.helm.sh/release-namespace': istioNamespace,
})

export function injector(plane: ControlPlaneRef, change: Change = {}): WebhookFact {
  return configuration('MutatingWebhookConfiguration', injectorName(plane.revision), {
    labels: { app: 'sidecar-injector', 'istio.io/rev': plane.revision },
    annotations: helmOwned(plane.release),
    webhooks: injectingWebhooks(plane.revision, plane.service),
    ...change,
  })
}

/** A tag that the release of the control plane made through `revisionTags`. */
export function tag(name: string, plane: ControlPlaneRef, change: Change = {}): WebhookFact {
  return configuration('MutatingWebhookConfiguration', `istio-revision-tag-${name}`, {
    labels: { app: 'sidecar-injector', 'istio.io/rev': plane.revision, 'istio.io/tag': name },
    annotations: helmOwned(plane.release),
    webhooks: injectingWebhooks(name, plane.service),
    ...change,
  })
}

export function tagService(name: string, plane: ControlPlaneRef, change: Partial<TagServiceFact> = {}): TagServiceFact {
  const service = `istiod-revision-tag-${name}`
  const selector = tagServiceSelector(plane.revision)
  const labels = { 'istio.io/rev': plane.revision, 'istio.io/tag': name }
  return {
    cluster: 'east',
    namespace: istioNamespace,
    name: service,
    uid: `uid-${service}`,
    resourceVersion: '1',
    tag: name,
    revision: plane.revision,
    selector,
    annotations: helmOwned(plane.release),
    managers: ['helm'],
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service, namespace: istioNamespace, labels },
      spec: { selector },
    },
    ...change,
  }
}

function validating(
  name: string,
  plane: ControlPlaneRef,
  release: string,
  objectSelector: Selector,
  change: Change,
): WebhookFact {
  const webhook: Webhook = {
    name: `${name.startsWith('istiod-default') ? '' : 'rev.'}validation.istio.io`,
    service: plane.service,
    namespaceSelector: {},
    objectSelector,
    failurePolicy: 'Fail',
    hasCaBundle: true,
    injects: false,
  }
  return configuration('ValidatingWebhookConfiguration', name, {
    labels: { app: 'istiod', istio: 'istiod', 'istio.io/rev': plane.revision },
    annotations: helmOwned(release),
    webhooks: [webhook],
    ...change,
  })
}

/** Looks only at Istio objects labelled with the revision. */
export function revisionValidator(plane: ControlPlaneRef, change: Change = {}): WebhookFact {
  const selector = all(key('istio.io/rev', 'In', plane.revision))
  return validating(validatorName(plane.revision, istioNamespace), plane, plane.release, selector, change)
}

/** Made by the base chart; looks at every Istio object. */
export function defaultValidatorOf(plane: ControlPlaneRef, change: Change = {}): WebhookFact {
  return validating('istiod-default-validator', plane, 'istio-base', {}, change)
}
