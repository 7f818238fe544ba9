// One upgrade driven over HTTP, as a caller of the documented API would.
import type { Bed } from '../bed.ts'
import { until } from '../time.ts'
import type { MeshUpgrade, Reply } from './client.ts'
import type { Adopted } from './mesh.ts'

export type StepName = 'PreCheck' | 'ControlPlaneUpgrade' | 'DataPlaneUpgrade' | 'PostUpgrade'
export type Action = 'Execute' | 'Retry' | 'Rollback'

export interface Note {
  readonly number: number
  readonly at: string
  readonly kind: string
  readonly step: string
  readonly stage?: string
  readonly code: string
  readonly text: string
  readonly actions?: readonly string[]
}

/** Our own view of an upgrade: more than the documented object has room for. */
export interface Detail {
  readonly from: { readonly revision: string; readonly version: string }
  readonly to: { readonly revision: string; readonly version: string }
  readonly state: string
  readonly step: string
  readonly phase: string
  readonly reason: { readonly code: string; readonly text: string }
  readonly accepts: readonly { readonly name: string; readonly action: string }[]
  readonly closing: readonly string[]
}

export interface Upgrade {
  readonly id: string
  readonly get: () => Promise<MeshUpgrade>
  readonly detail: () => Promise<Detail>
  readonly notes: () => Promise<readonly Note[]>
  /** One PUT, whatever it answers. */
  readonly ask: (name: StepName, action: Action) => Promise<Reply>
  /** As `ask`, and it must be accepted. */
  readonly order: (name: StepName, action: Action) => Promise<void>
  /** Waits until the step has come to rest, and answers as what: Success, Failed or Pause. */
  readonly rest: (within: number) => Promise<string>
  /** Orders a step and insists on its success. */
  readonly carryOut: (name: StepName, within: number) => Promise<void>
  /** Orders the rollback and insists on its success. */
  readonly rollBack: (within: number) => Promise<void>
}

/** Creates the task, which starts PreCheck. `adopted` is read anew for each request: a program may be started again meanwhile. */
export async function startUpgrade(
  bed: Bed,
  adopted: Adopted,
  targetVersion: string,
  name = 'story',
): Promise<Upgrade> {
  const created = await adopted.client.asm<MeshUpgrade>('POST', '/mesh-upgrade', {
    kind: 'MeshUpgrade',
    apiVersion: 'v1',
    metadata: { name },
    spec: {
      meshId: adopted.meshId,
      upgradeStrategy: 'Canary',
      targetVersion,
      targetType: 'InCluster',
      currentStep: { name: 'PreCheck', action: 'Execute' },
    },
  })
  if (created.status !== 201) throw new Error(`creating the upgrade: ${created.status} ${JSON.stringify(created.body)}`)
  const id = created.body.metadata.uid
  const path = `/mesh-upgrade/${id}`

  const must = <T>(reply: Reply<T>): T => {
    if (reply.status !== 200) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body
  }
  const get: Upgrade['get'] = async () => must(await adopted.client.asm<MeshUpgrade>('GET', path))
  const detail: Upgrade['detail'] = async () => must(await adopted.client.own<Detail>('GET', `/upgrades/${id}`))
  const notes: Upgrade['notes'] = async () =>
    must(await adopted.client.own<{ items: Note[] }>('GET', `/upgrades/${id}/notes?limit=1000`)).items
  const ask: Upgrade['ask'] = async (step, action) => {
    const { kind, apiVersion, metadata, spec } = await get()
    const body = {
      kind,
      apiVersion,
      metadata: { name: metadata.name },
      spec: { ...spec, currentStep: { name: step, action } },
    }
    return adopted.client.asm('PUT', path, body)
  }
  const order: Upgrade['order'] = async (step, action) => {
    const reply = await ask(step, action)
    if (reply.status !== 200) throw new Error(`PUT ${step} ${action}: ${reply.status} ${JSON.stringify(reply.body)}`)
  }
  const rest: Upgrade['rest'] = (within) =>
    until({ what: 'the step to come to rest', within, every: 100, signal: bed.signal }, async () => {
      const { phase } = (await get()).status.currentStep
      return ['Success', 'Failed', 'Pause'].includes(phase) ? phase : undefined
    }).catch(async (error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}; ${await story(detail, notes)}`)
    })
  const insist = async (wanted: string, within: number): Promise<void> => {
    const phase = await rest(within)
    const { state } = (await get()).status
    if (phase !== 'Success')
      throw new Error(`${wanted} came to rest as ${phase} (${state}); ${await story(detail, notes)}`)
  }
  return {
    id,
    get,
    detail,
    notes,
    ask,
    order,
    rest,
    async carryOut(step, within) {
      if (step !== 'PreCheck') await order(step, 'Execute')
      await insist(step, within)
    },
    async rollBack(within) {
      const { name: step } = (await get()).spec.currentStep
      await order(step as StepName, 'Rollback')
      await insist('the rollback', within)
      const { state } = (await get()).status
      if (state !== 'RolledBack') throw new Error(`after the rollback the state is ${state}`)
    },
  }
}

/** Where it stands and its last lines, for a failure's message. */
async function story(detail: Upgrade['detail'], notes: Upgrade['notes']): Promise<string> {
  const { state, step, phase, reason } = await detail()
  const last = (await notes()).slice(-6).map(({ kind, stage, text }) => `    ${stage ?? 'command'} ${kind}: ${text}`)
  return [`${state} ${step} ${phase}: ${reason.text}`, ...last].join('\n')
}
