/** MeshUpgrade, as documented; the values of its open strings are ours (asm-api section 11). */

import { Type } from 'typebox'
import { Id, meshName, Text, Timestamp } from './shape.ts'
import type { Shape } from './shape.ts'

export const stepNames = ['PreCheck', 'ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade'] as const
export const StepName = Type.Enum(stepNames)
export type StepName = Shape<typeof StepName>

/** `Execute` starts a step, `Retry` repeats or looks again, `Rollback` goes back with the whole upgrade. */
export const StepAction = Type.Enum(['Execute', 'Retry', 'Rollback'] as const)
export type StepAction = Shape<typeof StepAction>

/** `Pending`: the user's turn; a step failed, is held, or the next one was not started yet. `Cancel`: abandoned. */
export const UpgradeState = Type.Enum([
  'Init',
  'Running',
  'Pending',
  'Success',
  'Failed',
  'RollingBack',
  'RolledBack',
  'RollbackFailed',
  'Cancel',
] as const)
export type UpgradeState = Shape<typeof UpgradeState>

/** `Pause`: held; a person or the world must change something. */
export const StepPhase = Type.Enum(['Init', 'Queuing', 'Running', 'Pause', 'Success', 'Failed'] as const)
export type StepPhase = Shape<typeof StepPhase>

const kind = Type.Literal('MeshUpgrade')
const apiVersion = Type.Literal('v1')

export const MeshCanaryUpgradeCurrentStep = Type.Object({ name: StepName, action: StepAction })

export const MeshCanaryUpgradeSpec = Type.Object({
  meshId: Id,
  upgradeStrategy: Type.Literal('Canary'),
  /** Resolved: asked for as `v1.31` or `1.31`, it is the version that was found. */
  targetVersion: Type.String(),
  targetType: Type.Literal('InCluster'),
  /** The last thing that was asked. */
  currentStep: MeshCanaryUpgradeCurrentStep,
})

/** `id` is the id of the job that the step runs as. `startTime` is absent until it started. */
export const MeshCanaryUpgradeCurrentStepStatus = Type.Object({
  id: Id,
  phase: StepPhase,
  startTime: Type.Optional(Timestamp),
})

export const MeshCanaryUpgradeStatus = Type.Object({
  state: UpgradeState,
  currentStep: MeshCanaryUpgradeCurrentStepStatus,
  updatedAt: Timestamp,
})

/** Its parts are named as the documentation means them; its typo (`Upgeade`) is not on the wire and not here. */
export const MeshUpgrade = Type.Object({
  kind,
  apiVersion,
  metadata: Type.Object({ name: Type.String(), uid: Id, creationTimestamp: Timestamp }),
  spec: MeshCanaryUpgradeSpec,
  status: MeshCanaryUpgradeStatus,
})
export type MeshUpgrade = Shape<typeof MeshUpgrade>

// Any spelling of the case is taken for the strategy; what is stored and shown is `Canary`.
const asked = {
  meshId: Text,
  upgradeStrategy: Type.String({ pattern: '^[Cc][Aa][Nn][Aa][Rr][Yy]$', accepts: 'Canary' }),
  targetVersion: Text,
  targetType: Type.Literal('InCluster'),
}
const metadata = Type.Object({ name: Type.String(meshName) })

/** `status`, `metadata.uid` and `metadata.creationTimestamp` may be there and have no effect, whatever they hold. */
export const UpgradeCreate = Type.Object({
  kind,
  apiVersion,
  metadata,
  spec: Type.Object({
    ...asked,
    currentStep: Type.Object({ name: Type.Literal('PreCheck'), action: Type.Literal('Execute') }),
  }),
})
export type UpgradeCreate = Shape<typeof UpgradeCreate>

/** The whole object again; only `spec.currentStep` may differ from what is stored. */
export const UpgradeUpdate = Type.Object({
  kind,
  apiVersion,
  metadata,
  spec: Type.Object({ ...asked, currentStep: MeshCanaryUpgradeCurrentStep }),
})
export type UpgradeUpdate = Shape<typeof UpgradeUpdate>
