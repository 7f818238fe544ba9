/** The resources that the simulated API server serves by itself; kinds of custom resources come with their definitions. */

import type { Resource } from '../cluster.ts'

function kind(group: string, version: string, plural: string, name: string, namespaced: boolean): Resource {
  return { group, version, plural, kind: name, namespaced }
}

export const kinds = {
  Namespace: kind('', 'v1', 'namespaces', 'Namespace', false),
  Node: kind('', 'v1', 'nodes', 'Node', false),
  Pod: kind('', 'v1', 'pods', 'Pod', true),
  Service: kind('', 'v1', 'services', 'Service', true),
  ServiceAccount: kind('', 'v1', 'serviceaccounts', 'ServiceAccount', true),
  ConfigMap: kind('', 'v1', 'configmaps', 'ConfigMap', true),
  Secret: kind('', 'v1', 'secrets', 'Secret', true),
  Deployment: kind('apps', 'v1', 'deployments', 'Deployment', true),
  ReplicaSet: kind('apps', 'v1', 'replicasets', 'ReplicaSet', true),
  StatefulSet: kind('apps', 'v1', 'statefulsets', 'StatefulSet', true),
  DaemonSet: kind('apps', 'v1', 'daemonsets', 'DaemonSet', true),
  ControllerRevision: kind('apps', 'v1', 'controllerrevisions', 'ControllerRevision', true),
  Job: kind('batch', 'v1', 'jobs', 'Job', true),
  CronJob: kind('batch', 'v1', 'cronjobs', 'CronJob', true),
  HorizontalPodAutoscaler: kind('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', true),
  PodDisruptionBudget: kind('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget', true),
  NetworkPolicy: kind('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy', true),
  Role: kind('rbac.authorization.k8s.io', 'v1', 'roles', 'Role', true),
  RoleBinding: kind('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding', true),
  ClusterRole: kind('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false),
  ClusterRoleBinding: kind('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false),
  Lease: kind('coordination.k8s.io', 'v1', 'leases', 'Lease', true),
  MutatingWebhookConfiguration: kind(
    'admissionregistration.k8s.io',
    'v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    false,
  ),
  ValidatingWebhookConfiguration: kind(
    'admissionregistration.k8s.io',
    'v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    false,
  ),
  CustomResourceDefinition: kind(
    'apiextensions.k8s.io',
    'v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
    false,
  ),
} as const satisfies Readonly<Record<string, Resource>>

const builtIn: ReadonlySet<string> = new Set(Object.values(kinds).map((each) => `${each.group}/${each.plural}`))

export function isBuiltIn(resource: Resource): boolean {
  return builtIn.has(`${resource.group}/${resource.plural}`)
}

/** The built-in resource of a manifest's `apiVersion` and `kind`. */
export function builtInOf(apiVersion: string, kindName: string): Resource | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return Object.values(kinds).find((each) => each.kind === kindName && each.group === group)
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}
