/**
 * What the plan needs to be allowed, as data: PreCheck reviews each one, and the published role grants exactly these.
 * Derived from the parts that are observed, the questions that are asked, the closed list of actions, and what the
 * charts of Istio make.
 */

import { istioNamespace } from '../upgrade/mesh.ts'
import type { Resource } from './cluster.ts'
import {
  admissionPolicies,
  admissionPolicyBindings,
  autoscalers,
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  crds,
  cronJobs,
  daemonSets,
  deployments,
  disruptionBudgets,
  endpointSlices,
  istioConfiguration,
  jobs,
  kubernetesGatewayClasses,
  kubernetesGateways,
  leases,
  mutatingWebhooks,
  namespaces,
  networkPolicies,
  pods,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
  statefulSets,
  validatingWebhooks,
  virtualServices,
} from './resources.ts'

export interface Permission {
  readonly verb: string
  readonly resource: Resource
  /** Absent: in the whole cluster. */
  readonly namespace?: string
  /** Only objects of this name. */
  readonly name?: string
  readonly why: string
}

const look = ['get', 'list', 'watch'] as const
const make = ['get', 'list', 'create', 'patch', 'delete'] as const

export const permissions: readonly Permission[] = [
  ...allow(
    [pods, namespaces, deployments, statefulSets, daemonSets, jobs, cronJobs, disruptionBudgets],
    look,
    'who is injected by which revision, and how a restart gets on',
  ),
  ...allow(
    [namespaces, deployments, statefulSets, daemonSets],
    ['patch'],
    'labels of namespaces, restarts of workloads',
  ),
  ...allow([pods], ['create'], 'pods as dry runs: who would inject them'),
  ...allow([virtualServices], ['create'], 'a valid and an invalid object as dry runs: who would check them'),
  ...allow(
    [...istioConfiguration, ...kubernetesGateways.slice(0, 1), ...kubernetesGatewayClasses.slice(0, 1)],
    ['list'],
    'what the plan cannot move yet: pinned configuration, gateways of the Gateway API',
  ),
  ...allow([mutatingWebhooks, validatingWebhooks], [...make, 'watch'], 'injectors, tags and validators'),
  ...allow([crds], ['get', 'list', 'create', 'patch'], "CRDs of the target's base chart; never deleted"),
  ...allow(
    [clusterRoles, clusterRoleBindings],
    make,
    'what the chart of a control plane makes and its removal deletes',
  ),
  // Kubernetes lets nobody write a role that holds more than he holds himself, nor bind one, without these two verbs;
  // the roles of istiod hold much, and different things in each version.
  ...allow(
    [clusterRoles],
    ['escalate', 'bind'],
    "the roles that the chart makes hold what istiod needs, which we don't",
  ),
  ...allow(
    [roles],
    ['escalate', 'bind'],
    "the roles that the chart makes hold what istiod needs, which we don't",
    istioNamespace,
  ),
  ...allow(
    [admissionPolicies, admissionPolicyBindings],
    make,
    'made by the chart where its stable validation policy is on',
  ),
  ...allow([services], [...make, 'watch'], 'the Service of a control plane and of its tags', istioNamespace),
  ...allow(
    [
      deployments,
      configMaps,
      serviceAccounts,
      roles,
      roleBindings,
      autoscalers,
      disruptionBudgets,
      networkPolicies,
      endpointSlices,
    ],
    make,
    'what the chart of a control plane makes and its removal deletes; our own snapshot',
    istioNamespace,
  ),
  ...allow(
    [secrets],
    ['get', 'list', 'create', 'update', 'patch', 'delete'],
    "Helm's record of its releases; the CA's Secret is never read",
    istioNamespace,
  ),
  ...allow([leases], ['list', 'delete'], 'leases that a removed revision leaves behind', istioNamespace),
  {
    verb: 'get',
    resource: configMaps,
    name: 'istio-ca-root-cert',
    why: 'the root certificate that the proxies of a namespace trust',
  },
]

function allow(
  resources: readonly Resource[],
  verbs: readonly string[],
  why: string,
  namespace?: string,
): readonly Permission[] {
  return resources.flatMap((resource) =>
    verbs.map((verb) => ({ verb, resource, ...(namespace !== undefined && { namespace }), why })),
  )
}
