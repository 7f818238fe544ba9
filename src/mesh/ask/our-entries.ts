/** Objects of others that still name us as a field manager. Their owner's next Helm change would be refused with a conflict naming us. */

import type { Answer } from '../../upgrade/mesh.ts'
import type { KubeObject, Resource } from '../cluster.ts'
import { ourName } from '../field-manager.ts'
import type { Look } from '../observe/look.ts'
import { seen } from '../observe/read.ts'
import {
  crds,
  daemonSets,
  deployments,
  mutatingWebhooks,
  namespaces,
  services,
  statefulSets,
  validatingWebhooks,
} from '../resources.ts'
import { istioNamespace } from '../../upgrade/mesh.ts'
import { objectRef } from './object-ref.ts'

type EntriesAnswer = Extract<Answer, { ask: 'our-entries' }>

/** The kinds that actions change and that are not ours. */
export async function askOurEntries(look: Look): Promise<EntriesAnswer> {
  const found = await Promise.all([
    at(look, namespaces),
    at(look, mutatingWebhooks),
    at(look, validatingWebhooks),
    at(look, services, { namespace: istioNamespace }),
    at(look, crds, { metadataOnly: true }),
    at(look, deployments),
    at(look, statefulSets),
    at(look, daemonSets),
  ])
  return { ask: 'our-entries', objects: found.flat() }
}

async function at(look: Look, resource: Resource, options: Parameters<Look['list']>[1] = {}) {
  const found = await look.list(resource, options)
  return found.filter(isBorrowed).map((one) => objectRef(resource, one, seen(look.cluster.name, one).uid))
}

/** An object that nobody but us ever wrote is ours to keep: with an empty list its next apply would meet a nameless owner of everything. */
function isBorrowed(object: KubeObject): boolean {
  const managers = (object.metadata.managedFields ?? []).map((entry) => entry.manager)
  return managers.includes(ourName) && managers.some((one) => one !== ourName)
}
