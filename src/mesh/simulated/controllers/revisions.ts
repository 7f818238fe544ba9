/** ControllerRevisions: which template a pod of a StatefulSet or DaemonSet was made from. */

import type { KubeObject } from '../../cluster.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { PodTemplate } from '../shapes.ts'
import { controllerManager } from './create-pod.ts'
import { templateHash } from './templates.ts'

/** The name of the template's revision, kept when it is new. */
export function keepRevision(api: Api, owner: KubeObject, template: PodTemplate): string {
  const { namespace = '', uid = '', name: ownerName } = owner.metadata
  const name = `${ownerName}-${templateHash(template)}`
  if (!api.find(kinds.ControllerRevision, { namespace, name }))
    api.create(
      kinds.ControllerRevision,
      {
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: {
          name,
          namespace,
          ownerReferences: [{ apiVersion: owner.apiVersion, kind: owner.kind, name: ownerName, uid, controller: true }],
        },
        data: template,
      },
      controllerManager,
    )
  return name
}

export function templateOf(api: Api, namespace: string, revision: string): PodTemplate | undefined {
  return api.find(kinds.ControllerRevision, { namespace, name: revision })?.['data'] as PodTemplate | undefined
}

export function revisionOf(pod: KubeObject): string | undefined {
  return pod.metadata.labels?.['controller-revision-hash']
}
