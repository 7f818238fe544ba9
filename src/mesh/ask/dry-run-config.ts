/** Is Istio configuration checked? A valid object must pass and an invalid one must be denied; both are dry runs. */

import { problemFrom } from '../../lib/problem.ts'
import type { Answer } from '../../upgrade/mesh.ts'
import type { Cluster, KubeObject } from '../cluster.ts'
import { virtualServices } from '../resources.ts'

type ConfigAnswer = Extract<Answer, { ask: 'dry-run-config' }>

export async function askDryRunConfig(cluster: Cluster, signal: AbortSignal): Promise<ConfigAnswer> {
  const valid = await outcome(cluster, virtualService([{ destination: { host: 'probe' }, weight: 100 }]), signal)
  // The schema of the CRD lets a negative weight pass (seen with 1.22 and 1.31): only the webhook can deny it.
  const invalid = await outcome(
    cluster,
    virtualService([
      { destination: { host: 'probe' }, weight: 50 },
      { destination: { host: 'other' }, weight: -1 },
    ]),
    signal,
  )
  return { ask: 'dry-run-config', valid, invalid }
}

/** `accepted`, or what the server said; an API server that does not answer stays a Problem. */
async function outcome(cluster: Cluster, object: KubeObject, signal: AbortSignal): Promise<string> {
  try {
    await cluster.create(virtualServices, object, { dryRun: true }, signal)
    return 'accepted'
  } catch (thrown) {
    const problem = problemFrom(thrown)
    if (problem.kind === 'rejected') return problem.message
    throw problem
  }
}

function virtualService(route: readonly unknown[]): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'VirtualService',
    metadata: { name: 'meshlift-dry-run', namespace: 'default' },
    spec: { hosts: ['meshlift.invalid'], http: [{ route }] },
  }
}
