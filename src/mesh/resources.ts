/**
 * The resources of the Kubernetes API that observing and performing touch. Versions are those that every supported
 * server has: Kubernetes 1.28 and newer, Istio's CRDs from 1.22 (which knows no networking.istio.io/v1) to 1.31.
 */

import type { Resource } from './cluster.ts'

export const pods: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true }
export const namespaces: Resource = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
}
export const services: Resource = { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true }
export const configMaps: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
}
export const secrets: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true }
export const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
}

export const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
}
export const statefulSets: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'statefulsets',
  kind: 'StatefulSet',
  namespaced: true,
}
export const daemonSets: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'daemonsets',
  kind: 'DaemonSet',
  namespaced: true,
}
export const jobs: Resource = { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job', namespaced: true }
export const cronJobs: Resource = {
  group: 'batch',
  version: 'v1',
  plural: 'cronjobs',
  kind: 'CronJob',
  namespaced: true,
}
export const disruptionBudgets: Resource = {
  group: 'policy',
  version: 'v1',
  plural: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
}
export const autoscalers: Resource = {
  group: 'autoscaling',
  version: 'v2',
  plural: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
}
export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
}
export const endpointSlices: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
}
export const networkPolicies: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  kind: 'NetworkPolicy',
  namespaced: true,
}

export const mutatingWebhooks: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'mutatingwebhookconfigurations',
  kind: 'MutatingWebhookConfiguration',
  namespaced: false,
}
export const validatingWebhooks: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  namespaced: false,
}
export const admissionPolicies: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingadmissionpolicies',
  kind: 'ValidatingAdmissionPolicy',
  namespaced: false,
}
export const admissionPolicyBindings: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingadmissionpolicybindings',
  kind: 'ValidatingAdmissionPolicyBinding',
  namespaced: false,
}
export const crds: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
}

export const roles: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'roles',
  kind: 'Role',
  namespaced: true,
}
export const roleBindings: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'rolebindings',
  kind: 'RoleBinding',
  namespaced: true,
}
export const clusterRoles: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
}
export const clusterRoleBindings: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
  namespaced: false,
}

/** Both versions: a server with an old bundle of the Gateway API serves only v1beta1, a future one perhaps only v1. */
export const kubernetesGateways: readonly Resource[] = ['v1', 'v1beta1'].map((version) => ({
  group: 'gateway.networking.k8s.io',
  version,
  plural: 'gateways',
  kind: 'Gateway',
  namespaced: true,
}))
export const kubernetesGatewayClasses: readonly Resource[] = ['v1', 'v1beta1'].map((version) => ({
  group: 'gateway.networking.k8s.io',
  version,
  plural: 'gatewayclasses',
  kind: 'GatewayClass',
  namespaced: false,
}))

export const virtualServices: Resource = {
  group: 'networking.istio.io',
  version: 'v1beta1',
  plural: 'virtualservices',
  kind: 'VirtualService',
  namespaced: true,
}

/** Every kind of Istio configuration, 1.22 to 1.31. */
export const istioConfiguration: readonly Resource[] = [
  virtualServices,
  ...istio('networking.istio.io', 'v1beta1', [
    ['destinationrules', 'DestinationRule'],
    ['gateways', 'Gateway'],
    ['proxyconfigs', 'ProxyConfig'],
    ['serviceentries', 'ServiceEntry'],
    ['sidecars', 'Sidecar'],
    ['workloadentries', 'WorkloadEntry'],
    ['workloadgroups', 'WorkloadGroup'],
  ]),
  ...istio('networking.istio.io', 'v1alpha3', [['envoyfilters', 'EnvoyFilter']]),
  ...istio('security.istio.io', 'v1beta1', [
    ['authorizationpolicies', 'AuthorizationPolicy'],
    ['peerauthentications', 'PeerAuthentication'],
    ['requestauthentications', 'RequestAuthentication'],
  ]),
  ...istio('telemetry.istio.io', 'v1alpha1', [['telemetries', 'Telemetry']]),
  ...istio('extensions.istio.io', 'v1alpha1', [
    ['trafficextensions', 'TrafficExtension'],
    ['wasmplugins', 'WasmPlugin'],
  ]),
]

function istio(
  group: string,
  version: string,
  kinds: readonly (readonly [plural: string, kind: string])[],
): readonly Resource[] {
  return kinds.map(([plural, kind]) => ({ group, version, plural, kind, namespaced: true }))
}

const known: readonly Resource[] = [
  pods,
  namespaces,
  services,
  configMaps,
  secrets,
  serviceAccounts,
  deployments,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  disruptionBudgets,
  autoscalers,
  leases,
  endpointSlices,
  networkPolicies,
  mutatingWebhooks,
  validatingWebhooks,
  admissionPolicies,
  admissionPolicyBindings,
  crds,
  roles,
  roleBindings,
  clusterRoles,
  clusterRoleBindings,
  ...istioConfiguration,
]

/**
 * The resource that an object of a manifest is; undefined for a kind that no chart of Istio makes.
 * The version may differ from the object's own: the server converts.
 */
export function resourceFor(apiVersion: string, kind: string): Resource | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return known.find((one) => one.group === group && one.kind === kind)
}

/** `v1`, `apps/v1`. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}
