/** An upgrade that does what it is told, one look a step; for tests of commands. */

import type { Note, StageView, UpgradeDetail, WorkRow } from '../../contract/extensions.ts'
import type { Mesh } from '../../contract/meshes.ts'
import { stepNames } from '../../contract/upgrades.ts'
import type {
  MeshUpgrade,
  StepAction,
  StepName,
  StepPhase,
  UpgradeState,
  UpgradeUpdate,
} from '../../contract/upgrades.ts'
import { Refusal } from './scripted-server.ts'
import type { Script } from './scripted-server.ts'

const at = '2026-11-22T10:00:00Z'

export const shop: Mesh = {
  kind: 'Mesh',
  apiVersion: 'v1',
  metadata: { name: 'shop', uid: 'm1', creationTimestamp: at },
  spec: {
    type: 'InCluster',
    version: '1.30.2',
    extendParams: {
      clusters: [
        { clusterID: 'c1', installation: { nodes: { fieldSelector: { key: 'UID', operator: 'In', values: [] } } } },
      ],
    },
  },
  status: { phase: 'Running', updateTimestamp: at },
}

export const row = (path: string, phase: WorkRow['phase'], reason = ''): WorkRow => ({
  path,
  title: path.slice(path.lastIndexOf('/') + 1),
  phase,
  reason,
})

export const stage = (
  id: string,
  phase: StageView['phase'],
  rows: readonly WorkRow[] = [],
  reason = '',
): StageView => ({
  id,
  title: `Stage ${id}`,
  phase,
  reason,
  rows,
})

export interface ScriptedUpgrade {
  readonly script: Script
  /** What is seen at the next look. */
  now: { step: StepName; phase: StepPhase; state: UpgradeState; direction: 'forward' | 'back'; text: string }
  /** Where a started step leads; Success unless it is named here. */
  readonly leads: Partial<Record<StepName | 'Rollback', { readonly phase: StepPhase; readonly text: string }>>
  readonly precheckRows: WorkRow[]
  exists: boolean
}

/** One mesh `shop`; the upgrade `u1` is made by a POST unless it is there already. */
export function scriptedUpgrade(): ScriptedUpgrade {
  const notes: Note[] = []
  const self: ScriptedUpgrade = {
    now: { step: 'PreCheck', phase: 'Init', state: 'Init', direction: 'forward', text: 'Not begun.' },
    leads: {},
    precheckRows: [],
    exists: false,
    script: {
      listMeshes: () => ({ kind: 'MeshList', apiVersion: 'v1', items: [shop] }),
      listUpgrades: () => ({ items: self.exists ? [summary()] : [] }),
      createUpgrade: ({ body }) => {
        self.exists = true
        note('command', 'Asked to execute PreCheck.')
        start('PreCheck', 'Execute')
        return view(body.metadata.name)
      },
      // Not the documented GET: who may only steer is refused it.
      updateUpgrade: ({ body }) => update(body),
      describeUpgrade: () => {
        const seen = detail()
        look()
        return seen
      },
      listNotes: ({ query }) => ({ items: notes.filter(({ number }) => number > Number(query['after'] ?? 0)) }),
      planUpgrade: () => ({
        upgrade: 'u1',
        steps: [
          {
            name: 'ControlPlaneUpgrade',
            stages: [{ id: 'install', title: 'Install it', actions: ['install-revision 1-31-1'] }],
          },
          {
            name: 'PostUpgrade',
            stages: [{ id: 'remove', title: 'Remove the old one', actions: ['delete-object istiod'] }],
          },
        ],
        rollback: [],
      }),
      abandonUpgrade: () => {
        self.now = { ...self.now, state: 'Cancel', text: 'Abandoned.' }
        return detail()
      },
    },
  }

  function update({ spec: { currentStep } }: UpgradeUpdate): MeshUpgrade | Refusal {
    const { name, action } = currentStep
    if (!accepts().some((one) => one.name === name && one.action === action))
      return new Refusal(409, 'command/refused', `${action} ${name} is not accepted now.`)
    note('command', `Asked to ${action} ${name}.`)
    start(name, action)
    return view('upgrade-to-1-31')
  }

  function start(step: StepName, action: StepAction): void {
    const back = action === 'Rollback' || self.now.direction === 'back'
    self.now = {
      step,
      phase: 'Queuing',
      state: back ? 'RollingBack' : 'Running',
      direction: back ? 'back' : 'forward',
      text: `${step} is queued.`,
    }
  }

  /** The world turns once between two looks: queued, running, ended. */
  function look(): void {
    const { now } = self
    if (now.phase === 'Queuing') self.now = { ...now, phase: 'Running', text: `${now.step} runs.` }
    else if (now.phase === 'Running') end()
  }

  function end(): void {
    const back = self.now.direction === 'back'
    const lead = self.leads[back ? 'Rollback' : self.now.step] ?? {
      phase: 'Success' as const,
      text: `${self.now.step} is done.`,
    }
    const failed = back ? 'RollbackFailed' : 'Pending'
    const succeeded = back ? 'RolledBack' : self.now.step === 'PostUpgrade' ? 'Success' : 'Pending'
    const state =
      lead.phase === 'Success' ? succeeded : lead.phase === 'Failed' ? failed : back ? 'RollingBack' : 'Pending'
    self.now = { ...self.now, phase: lead.phase, state, text: lead.text }
    note(lead.phase === 'Success' ? 'done' : lead.phase === 'Failed' ? 'fail' : 'hold', lead.text)
  }

  function note(kind: Note['kind'], text: string): void {
    notes.push({
      number: notes.length + 1,
      at,
      kind,
      step: self.now.step,
      code: 'test/said',
      text,
      ...(kind === 'command' ? {} : { stage: 'look' }),
    })
  }

  function accepts(): UpgradeDetail['accepts'] {
    const { step, phase, state, direction } = self.now
    const next = stepNames[stepNames.indexOf(step) + 1]
    if (['Success', 'RolledBack', 'Cancel'].includes(state)) return []
    return [
      ...(phase === 'Success' && next ? [{ name: next, action: 'Execute' as const }] : []),
      ...(phase === 'Pause' || phase === 'Failed' ? [{ name: step, action: 'Retry' as const }] : []),
      ...(direction === 'forward' ? [{ name: step, action: 'Rollback' as const }] : []),
    ]
  }

  function view(name: string): MeshUpgrade {
    return {
      kind: 'MeshUpgrade',
      apiVersion: 'v1',
      metadata: { name, uid: 'u1', creationTimestamp: at },
      spec: {
        meshId: 'm1',
        upgradeStrategy: 'Canary',
        targetVersion: '1.31',
        targetType: 'InCluster',
        currentStep: { name: self.now.step, action: 'Execute' },
      },
      status: { state: self.now.state, currentStep: { id: 'j1', phase: self.now.phase }, updatedAt: at },
    }
  }

  function summary() {
    const { step, phase, state, direction, text } = self.now
    return {
      id: 'u1',
      name: 'upgrade-to-1-31',
      mesh: { id: 'm1', name: 'shop' },
      from: { revision: 'default', version: '1.30.2' },
      to: { revision: '1-31-1', version: '1.31.1' },
      state,
      step,
      phase,
      direction,
      reason: { code: 'test/said', text },
      since: at,
      createdAt: at,
      updatedAt: at,
    }
  }

  function detail(): UpgradeDetail {
    const reached = stepNames.indexOf(self.now.step)
    const phaseOf = (index: number): StepPhase =>
      index < reached ? 'Success' : index > reached ? 'Init' : self.now.phase
    return {
      ...summary(),
      steps: stepNames.map((name, index) => ({
        name,
        phase: phaseOf(index),
        stages:
          name === 'PreCheck' ? [stage('judge-start', 'Success', self.precheckRows)] : [stage(name, 'Initializing')],
      })),
      accepts: accepts(),
      mayAbandon: true,
      mayDelete: false,
      closing: self.now.state === 'Success' ? ['Put revisionTags into the values file.'] : [],
    }
  }

  return self
}
