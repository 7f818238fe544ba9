/** Who istiod is and what it may do: accounts, roles and their bindings, by name; the simulation asks no rules. */

import type { KubeObject } from '../../cluster.ts'
import { meshNamespace } from '../endpoints.ts'
import type { Rendering } from './release.ts'
import { chartLabels, serviceName, suffix } from './release.ts'

const rbac = 'rbac.authorization.k8s.io/v1'

export function accessObjects(r: Rendering): readonly KubeObject[] {
  const account = serviceName(r)
  const labels = { app: 'istiod', release: r.release, ...chartLabels(r, 'istiod') }
  const subject = { kind: 'ServiceAccount', name: account, namespace: meshNamespace }
  const everywhere = [
    `istiod-clusterrole${suffix(r)}-${r.namespace}`,
    `istiod-gateway-controller${suffix(r)}-${r.namespace}`,
  ]
  const reader = `istio-reader-clusterrole${suffix(r)}-${r.namespace}`
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: meshNamespace, labels } },
    ...everywhere.flatMap((name) => clusterRole(name, labels, subject)),
    ...clusterRole(
      reader,
      { ...labels, app: 'istio-reader' },
      { kind: 'ServiceAccount', name: 'istio-reader-service-account', namespace: meshNamespace },
    ),
    {
      apiVersion: rbac,
      kind: 'Role',
      metadata: { name: account, namespace: meshNamespace, labels },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata: { name: account, namespace: meshNamespace, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
      subjects: [subject],
    },
  ]
}

function clusterRole(name: string, labels: Readonly<Record<string, string>>, subject: unknown): readonly KubeObject[] {
  return [
    {
      apiVersion: rbac,
      kind: 'ClusterRole',
      metadata: { name, labels },
      rules: [{ apiGroups: [''], resources: ['pods', 'services', 'namespaces'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [subject],
    },
  ]
}
