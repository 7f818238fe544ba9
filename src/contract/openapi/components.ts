/** What the described shapes are called. Names of the documented ones are the documentation's, without its typo. */

import type { TSchema } from 'typebox'
import * as extensions from '../extensions.ts'
import * as iam from '../iam.ts'
import { Job, JobPhase } from '../jobs.ts'
import { Mesh, MeshCreate, MeshList, MeshPhase } from '../meshes.ts'
import { ErrorAnswer, GatewayAnswer, IamAnswer } from '../problems.ts'
import { Reason } from '../shape.ts'
import * as tokens from '../tokens.ts'
import * as upgrades from '../upgrades.ts'

const ours = { ...extensions, ...iam, ...tokens }

/** By name. Queries are told as parameters, so their shapes have no name. */
export const components: Readonly<Record<string, TSchema>> = Object.fromEntries(
  Object.entries<TSchema>({
    MeshUpgrade: upgrades.MeshUpgrade,
    MeshCanaryUpgradeSpec: upgrades.MeshCanaryUpgradeSpec,
    MeshCanaryUpgradeStatus: upgrades.MeshCanaryUpgradeStatus,
    MeshCanaryUpgradeCurrentStep: upgrades.MeshCanaryUpgradeCurrentStep,
    MeshCanaryUpgradeCurrentStepStatus: upgrades.MeshCanaryUpgradeCurrentStepStatus,
    UpgradeCreate: upgrades.UpgradeCreate,
    UpgradeUpdate: upgrades.UpgradeUpdate,
    UpgradeState: upgrades.UpgradeState,
    StepName: upgrades.StepName,
    StepAction: upgrades.StepAction,
    StepPhase: upgrades.StepPhase,
    Job,
    JobPhase,
    Mesh,
    MeshCreate,
    MeshList,
    MeshPhase,
    Reason,
    ErrorAnswer,
    GatewayAnswer,
    IamAnswer,
    ...ours,
  }).filter(([name]) => !name.endsWith('Query')),
)
