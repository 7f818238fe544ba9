/** Job, as documented: a started step, or the root of all of them, with everything it works on as subjobs. */

import { Type } from 'typebox'
import { Id, Timestamp } from './shape.ts'
import type { Shape } from './shape.ts'

export const JobPhase = Type.Enum(['Initializing', 'Running', 'Success', 'Failed'] as const)
export type JobPhase = Shape<typeof JobPhase>

export const Job = Type.Cyclic(
  {
    Job: Type.Object({
      kind: Type.Literal('Job'),
      // v3 and not v1: documented so; its cousin in the cluster service has the same.
      apiVersion: Type.Literal('v3'),
      metadata: Type.Object({ uid: Id, creationTimestamp: Timestamp, updateTimestamp: Timestamp }),
      spec: Type.Object({
        /** `MeshUpgradePreCheck`, ...; for a subjob what it is about: a stage, cluster, namespace, workload, check. */
        type: Type.String(),
        /** What it works on, as its cousin has it; not documented here. */
        resourceName: Type.Optional(Type.String()),
        /** Always there on the job that was asked for; absent on leaves. Lower case, as documented. */
        subjobs: Type.Optional(Type.Array(Type.Ref('Job'))),
      }),
      status: Type.Object({
        phase: JobPhase,
        reason: Type.String(),
        startTime: Type.Optional(Timestamp),
        completionTime: Type.Optional(Timestamp),
      }),
    }),
  },
  'Job',
)
export type Job = Shape<typeof Job>
