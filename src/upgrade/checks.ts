/** All checks, in the order in which they are shown. A new check is one file and one line here. */

import type { Check } from './check.ts'
import { ambient } from './checks/ambient.ts'
import { anotherUpgrade } from './checks/another-upgrade.ts'
import { barePodsAndJobs } from './checks/bare-pods-and-jobs.ts'
import { baseNewer } from './checks/base-newer.ts'
import { bothInjectors } from './checks/both-injectors.ts'
import { budgetWithoutRoom } from './checks/budget-without-room.ts'
import { chart } from './checks/chart.ts'
import { clusterUnreachable } from './checks/cluster-unreachable.ts'
import { defaultValidatorCheck } from './checks/default-validator.ts'
import { gatewayApi } from './checks/gateway-api.ts'
import { immovableWorkloads } from './checks/immovable-workloads.ts'
import { istioCni } from './checks/istio-cni.ts'
import { kubernetesRange } from './checks/kubernetes-range.ts'
import { meshConfigDifference } from './checks/mesh-config-difference.ts'
import { meshUnhealthy } from './checks/mesh-unhealthy.ts'
import { namespaceLabels } from './checks/namespace-labels.ts'
import { noControlPlane } from './checks/no-control-plane.ts'
import { noReadinessProbe } from './checks/no-readiness-probe.ts'
import { notByHelm } from './checks/not-by-helm.ts'
import { permissionMissing } from './checks/permission-missing.ts'
import { pinnedConfig } from './checks/pinned-config.ts'
import { pinnedImages } from './checks/pinned-images.ts'
import { pinnedPods } from './checks/pinned-pods.ts'
import { refusedPods } from './checks/refused-pods.ts'
import { revisionTaken } from './checks/revision-taken.ts'
import { rolloutInProgress } from './checks/rollout-in-progress.ts'
import { rootsDiffer } from './checks/roots-differ.ts'
import { severalClusters } from './checks/several-clusters.ts'
import { severalRevisions } from './checks/several-revisions.ts'
import { singleReplica } from './checks/single-replica.ts'
import { targetVersion } from './checks/target-version.ts'

export const checks: readonly Check[] = [
  // Can it be looked at?
  clusterUnreachable,
  permissionMissing,
  severalClusters,
  // What is to be replaced, and by what?
  noControlPlane,
  notByHelm,
  severalRevisions,
  meshUnhealthy,
  targetVersion,
  kubernetesRange,
  baseNewer,
  revisionTaken,
  anotherUpgrade,
  pinnedImages,
  chart,
  // Does the mesh do what its labels say?
  rootsDiffer,
  namespaceLabels,
  bothInjectors,
  // What the plan cannot move yet.
  pinnedConfig,
  pinnedPods,
  gatewayApi,
  ambient,
  refusedPods,
  // What goes on all the same.
  defaultValidatorCheck,
  istioCni,
  rolloutInProgress,
  immovableWorkloads,
  barePodsAndJobs,
  singleReplica,
  noReadinessProbe,
  budgetWithoutRoom,
  meshConfigDifference,
]
