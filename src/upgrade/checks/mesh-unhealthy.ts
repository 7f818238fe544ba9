import { defineCheck } from '../check.ts'
import type { CheckSituation, Finding } from '../check.ts'
import { isNeverMatch } from '../istio/selectors.ts'
import type { WebhookFact } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { controlPlaneOf } from '../facts/seen.ts'

const says = sentences('mesh-unhealthy', {
  notReady:
    'Control plane {deployment} is not healthy: {ready} of {wanted} replicas are ready{trouble}. Repair it first: until the end it serves what has not moved, and a rollback needs it.',
  noCaBundle:
    'Injector {webhook} has no CA bundle: the API server cannot call {service}, and refuses new pods. istiod fills it in when it is well; look at its log.',
  deadInjector:
    'Injector {webhook} sends new pods to Service {service}, behind which there is no control plane: they are refused, or start without a sidecar. Point it to a living one, or delete it.',
  deadValidator:
    'Validator {webhook} sends Istio configuration to Service {service}, behind which there is no control plane: every change is refused. Point it to a living one, or delete it.',
})

type Part = 'controlPlanes' | 'webhooks' | 'tagServices'

/** An upgrade leans on what is there: the old control plane serves until the end. */
export const meshUnhealthy = defineCheck({
  id: 'mesh-unhealthy',
  title: 'The mesh is healthy as it is',
  gate: 'start',
  weight: 'blocks',
  reads: ['controlPlanes', 'webhooks', 'tagServices'],
  says,
  look: (s) => [
    ...s.upgrade.mesh.clusters.flatMap((cluster) => planeOf(cluster, s)),
    ...s.seen.webhooks.flatMap((webhook) => webhookOf(webhook, s)),
  ],
})

function planeOf(cluster: string, { upgrade, seen }: CheckSituation<Part>): readonly Finding[] {
  const plane = controlPlaneOf(seen.controlPlanes, cluster, upgrade.from.revision)
  if (!plane || (plane.ready > 0 && plane.ready >= plane.wanted)) return []
  const deployment = `${plane.namespace}/${plane.name}`
  const trouble = plane.trouble ? ` (${plane.trouble})` : ''
  return [
    {
      about: deployment,
      because: says.say.notReady({ deployment, ready: plane.ready, wanted: plane.wanted, trouble }),
    },
  ]
}

function webhookOf(configuration: WebhookFact, { upgrade, seen }: CheckSituation<Part>): readonly Finding[] {
  const { cluster, name: webhook, kind } = configuration
  const about = webhook
  const here = (one: { readonly cluster: string }): boolean => one.cluster === cluster
  const living = new Set([
    ...seen.controlPlanes.filter(here).map((plane) => plane.service),
    ...seen.tagServices.filter(here).map((service) => service.name),
  ])
  const active = configuration.webhooks.filter(
    (one) => !isNeverMatch(one.namespaceSelector) && !isNeverMatch(one.objectSelector),
  )
  // A Service elsewhere is written with its namespace; who lives there is not seen.
  const dead = active.find((one) => one.service !== undefined && !one.service.includes('/') && !living.has(one.service))
  if (kind === 'ValidatingWebhookConfiguration') {
    // With `Ignore`, as the base chart leaves it for a default that was never there, nobody is refused anything.
    if (dead?.failurePolicy !== 'Fail') return []
    return [{ about, because: says.say.deadValidator({ webhook, service: dead.service ?? '' }) }]
  }
  if (dead) return [{ about, because: says.say.deadInjector({ webhook, service: dead.service ?? '' }) }]
  const bare = active.find((one) => one.injects && one.service === upgrade.from.service && !one.hasCaBundle)
  return bare ? [{ about, because: says.say.noCaBundle({ webhook, service: bare.service ?? '' }) }] : []
}
