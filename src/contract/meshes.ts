/** Mesh and MeshList, as documented (asm-api 4.2). */

import { Type } from 'typebox'
import { Id, meshName, Text, Timestamp } from './shape.ts'
import type { Shape } from './shape.ts'

export const MeshPhase = Type.Enum([
  'Running',
  'Creating',
  'CreateFailed',
  'Deleting',
  'DeleteFailed',
  'Upgrading',
  'UpgradeFailed',
  'RollingBack',
  'RollbackFailed',
] as const)
export type MeshPhase = Shape<typeof MeshPhase>

const fieldSelector = Type.Object({ key: Text, operator: Type.Literal('In'), values: Type.Array(Type.String()) })

const meshCluster = Type.Object({
  /** Of a cluster that was registered before. */
  clusterID: Text,
  injection: Type.Optional(
    Type.Object({ namespaces: Type.Optional(Type.Object({ fieldSelector: Type.Optional(fieldSelector) })) }),
  ),
  installation: Type.Object({ nodes: Type.Object({ fieldSelector }) }),
})

const ports = Type.Optional(Type.String())
const config = Type.Object({
  proxyConfig: Type.Optional(
    Type.Object({
      includeIPRanges: ports,
      excludeIPRanges: ports,
      includeInboundPorts: ports,
      excludeInboundPorts: ports,
      includeOutboundPorts: ports,
      excludeOutboundPorts: ports,
    }),
  ),
  telemetryConfig: Type.Optional(
    Type.Object({
      metrics: Type.Optional(
        Type.Object({ aom: Type.Optional(Type.Array(Type.Object({ instanceID: Type.String() }))) }),
      ),
      accessLogging: Type.Optional(
        Type.Object({
          lts: Type.Optional(
            Type.Array(
              Type.Object({
                logGroupID: Type.Optional(Type.String()),
                logStreamID: Type.Optional(Type.String()),
              }),
            ),
          ),
        }),
      ),
      tracing: Type.Optional(
        Type.Object({
          randomSamplingPercentage: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
          defaultProviders: Type.Optional(Type.Array(Type.String())),
          extensionProviders: Type.Optional(
            Type.Array(
              Type.Object({
                name: Type.String(),
                zipkin: Type.Optional(
                  Type.Object({ service: Type.String(), port: Type.Integer({ minimum: 1, maximum: 65_535 }) }),
                ),
              }),
            ),
          ),
        }),
      ),
    }),
  ),
})

const Tag = Type.Object({
  key: Type.String({
    pattern: '^(?!_sys_)[\\p{L}\\p{N} _.:/=+@-]{1,128}$',
    accepts: '1 to 128 letters, digits, spaces or _.:/=+-@, not starting with _sys_',
  }),
  value: Type.String({
    pattern: '^[\\p{L}\\p{N} _.:/=+@-]{0,255}$',
    accepts: 'at most 255 letters, digits, spaces or _.:/=+-@',
  }),
})

const kind = Type.Enum(['Mesh', 'mesh'] as const)
const apiVersion = Type.Literal('v1')
const words = Type.Optional(Type.Record(Type.String(), Type.String()))
const spec = {
  type: Type.Literal('InCluster'),
  extendParams: Type.Object({ clusters: Type.Array(meshCluster, { minItems: 1, maxItems: 32 }) }),
  ipv6Enable: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Array(Tag, { maxItems: 20 })),
  config: Type.Optional(config),
}

/**
 * Annotation of ours: absolute path on the server of a values file that overrides the values of the installed release
 * when a new control plane is installed.
 */
export const valuesAnnotation = 'meshlift.io/values'

/** Annotation of ours: id of the enterprise project that the mesh belongs to; `0`, the default one, when absent. */
export const enterpriseProjectAnnotation = 'meshlift.io/enterprise-project'

/** `spec.version` may be left out: what is there is taken. */
export const MeshCreate = Type.Object({
  kind,
  apiVersion,
  metadata: Type.Object({ name: Type.String(meshName), annotations: words, labels: words }),
  spec: Type.Object({ ...spec, version: Type.Optional(Text) }),
})
export type MeshCreate = Shape<typeof MeshCreate>

/** What was accepted, echoed whole, with the version that was found. */
export const Mesh = Type.Object({
  kind: Type.Literal('Mesh'),
  apiVersion,
  metadata: Type.Object({
    name: Type.String(),
    uid: Id,
    creationTimestamp: Timestamp,
    annotations: words,
    labels: words,
  }),
  spec: Type.Object({ ...spec, version: Type.String() }),
  status: Type.Object({ phase: MeshPhase, updateTimestamp: Timestamp }),
})
export type Mesh = Shape<typeof Mesh>

/** No filter and no pages: documented so. */
export const MeshList = Type.Object({ kind: Type.Literal('MeshList'), apiVersion, items: Type.Array(Mesh) })
export type MeshList = Shape<typeof MeshList>
