// Is Istio configuration still checked on its way in? A valid and an invalid object, as dry runs.
import type { Cluster } from '../cluster.ts'
import { messageOf } from '../cluster.ts'

const collection = '/apis/networking.istio.io/v1beta1/namespaces/default/virtualservices?dryRun=All'

function virtualService(weight: number): unknown {
  const route = [
    { destination: { host: 'one' }, weight: 50 },
    { destination: { host: 'two' }, weight },
  ]
  return {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'VirtualService',
    metadata: { name: 'probe' },
    spec: { hosts: ['probe.example.com'], http: [{ route }] },
  }
}

/** `checked` is right; anything else says in words what is wrong. */
export async function configIsChecked(cluster: Cluster): Promise<string> {
  const good = await cluster.ask('POST', collection, virtualService(50))
  if (good.status !== 201) return `a valid object was refused: ${good.status} ${messageOf(good)}`
  // The CRD's schema has no opinion about a negative weight; only istiod's validator has.
  const bad = await cluster.ask('POST', collection, virtualService(-1))
  if (bad.status === 201) return 'an invalid object was accepted'
  if (!messageOf(bad).includes('denied the request'))
    return `an invalid object met an error instead of a refusal: ${messageOf(bad)}`
  return 'checked'
}
