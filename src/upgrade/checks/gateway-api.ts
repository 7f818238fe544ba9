import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('gateway-api', {
  gateway:
    'Gateway {gateway} (Kubernetes Gateway API) runs on Istio. Upgrading such gateways is not supported yet: two control planes may fight over its Deployment. Replace it by a gateway Deployment of your own, or wait for a version that can.',
})

/** B6: when the default moves, an un-revisioned 1.30 and the new istiod rewrite the Deployment in turns, without end. */
export const gatewayApi = defineCheck({
  id: 'gateway-api',
  title: 'No Gateway API gateway runs on Istio',
  gate: 'start',
  weight: 'blocks',
  reads: ['unsupported'],
  says,
  look: ({ seen }) =>
    seen.unsupported
      .filter((one) => one.what === 'kubernetes-gateway')
      .map(({ about }) => ({ about, because: says.say.gateway({ gateway: about }) })),
})
