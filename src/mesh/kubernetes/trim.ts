/**
 * Pods are the only collection that grows with the cluster: what no observation looks at is left out of memory.
 * (Nobody owns fields of a pod, and pods are never put back: managedFields and volumes are most of their size.)
 */

import { isRecord } from '../../lib/json.ts'
import type { KubeObject } from '../cluster.ts'

export function trimPod(pod: KubeObject): KubeObject {
  const { managedFields: _managed, ...metadata } = pod.metadata
  const spec = pod['spec']
  if (!isRecord(spec)) return { ...pod, metadata }
  const {
    volumes: _volumes,
    tolerations: _tolerations,
    affinity: _affinity,
    topologySpreadConstraints: _spread,
    ...rest
  } = spec
  return { ...pod, metadata, spec: { ...rest, ...lighter(rest, 'containers'), ...lighter(rest, 'initContainers') } }
}

function lighter(
  spec: Readonly<Record<string, unknown>>,
  field: 'containers' | 'initContainers',
): Readonly<Record<string, unknown>> {
  const containers = spec[field]
  if (!Array.isArray(containers)) return {}
  return {
    [field]: containers
      .filter(isRecord)
      .map(({ volumeMounts: _mounts, resources: _resources, securityContext: _context, ...rest }) => rest),
  }
}
