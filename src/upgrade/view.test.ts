import { describe, expect, it } from 'vitest'
import { timestamp } from '../lib/clock.ts'
import { fold, newUpgrade, type UpgradeCommand } from './commands.ts'
import type { JobRecord, UpgradeRecord } from './record.ts'
import { rowsOf, type Row } from './rows.ts'
import { noon } from './testing/facts.ts'
import { upgradeRecord } from './testing/record.ts'
import {
  detailView,
  jobOf,
  meshPhase,
  meshUpgradeView,
  noteView,
  rootJobView,
  stepJobView,
  subjobView,
  summaryView,
  type Shown,
} from './view.ts'

const mesh = { id: 'm1', name: 'prod', clusters: ['east'] }
const asked = { targetVersion: 'v1.31', upgradeStrategy: 'Canary', targetType: 'InCluster' }
const fresh = newUpgrade({ id: 'u1', name: 'to-1-31', project: 'p1', mesh, asked, version: '1.31.0', now: noon })
const later = noon + 60_000

const job = (change: Partial<JobRecord> = {}): JobRecord => ({
  id: 'j1',
  kind: 'DataPlaneUpgrade',
  action: 'Execute',
  named: 'DataPlaneUpgrade',
  phase: 'Running',
  reason: '',
  createdAt: noon,
  startedAt: noon,
  ...change,
})
const at = (change: Partial<UpgradeRecord>): UpgradeRecord =>
  upgradeRecord({
    ...fresh,
    step: 'DataPlaneUpgrade',
    stage: 'move-workloads',
    standing: 'working',
    touched: true,
    jobs: [job()],
    ...change,
  })
const opened = (body: UpgradeCommand): Shown['open'] => ({ id: 'j9', body, at: later })
const back = [
  job({ phase: 'Failed', completedAt: later }),
  job({ id: 'j2', kind: 'Rollback', action: 'Rollback', named: 'DataPlaneUpgrade' }),
]

/** state, phase of the step, named step and action, phase of the root job, phase of the mesh. */
const states: readonly {
  readonly when: string
  readonly record: UpgradeRecord
  readonly open?: UpgradeCommand
  readonly shows: string
}[] = [
  {
    when: 'it was just asked for',
    record: fresh,
    open: { do: 'execute', step: 'PreCheck' },
    shows: 'Init Queuing PreCheck/Execute Initializing Running',
  },
  {
    when: 'PreCheck runs',
    record: at({ step: 'PreCheck', touched: false, jobs: [job({ kind: 'PreCheck', named: 'PreCheck' })] }),
    shows: 'Running Running PreCheck/Execute Running Running',
  },
  {
    when: 'PreCheck has succeeded',
    record: at({
      step: 'PreCheck',
      standing: 'succeeded',
      touched: false,
      jobs: [job({ kind: 'PreCheck', named: 'PreCheck' })],
    }),
    shows: 'Pending Success PreCheck/Execute Running Running',
  },
  {
    when: 'PreCheck has failed',
    record: at({
      step: 'PreCheck',
      standing: 'failed',
      touched: false,
      jobs: [job({ kind: 'PreCheck', named: 'PreCheck' })],
    }),
    shows: 'Pending Failed PreCheck/Execute Failed Running',
  },
  {
    when: 'the next step waits to begin',
    record: at({ standing: 'succeeded' }),
    open: { do: 'execute', step: 'PostUpgrade' },
    shows: 'Running Queuing PostUpgrade/Execute Running Upgrading',
  },
  { when: 'a step runs', record: at({}), shows: 'Running Running DataPlaneUpgrade/Execute Running Upgrading' },
  {
    when: 'a step is held',
    record: at({ standing: 'held' }),
    shows: 'Pending Pause DataPlaneUpgrade/Execute Running Upgrading',
  },
  {
    when: 'a step has failed',
    record: at({ standing: 'failed' }),
    shows: 'Pending Failed DataPlaneUpgrade/Execute Failed UpgradeFailed',
  },
  {
    when: 'a retry waits',
    record: at({ standing: 'held' }),
    open: { do: 'retry' },
    shows: 'Running Queuing DataPlaneUpgrade/Retry Running Upgrading',
  },
  {
    when: 'a roll back waits',
    record: at({}),
    open: { do: 'rollback', step: 'ControlPlaneUpgrade' },
    shows: 'RollingBack Queuing ControlPlaneUpgrade/Rollback Running Upgrading',
  },
  {
    when: 'it is rolled back',
    record: at({ direction: 'back', jobs: back }),
    shows: 'RollingBack Running DataPlaneUpgrade/Rollback Running RollingBack',
  },
  {
    when: 'rolling back is held',
    record: at({ direction: 'back', standing: 'held', jobs: back }),
    shows: 'RollingBack Pause DataPlaneUpgrade/Rollback Running RollingBack',
  },
  {
    when: 'rolling back has failed',
    record: at({ direction: 'back', standing: 'failed', jobs: back }),
    shows: 'RollbackFailed Failed DataPlaneUpgrade/Rollback Failed RollbackFailed',
  },
  {
    when: 'a retry of rolling back waits',
    record: at({ direction: 'back', standing: 'held', jobs: back }),
    open: { do: 'retry' },
    shows: 'RollingBack Queuing DataPlaneUpgrade/Retry Running RollingBack',
  },
  {
    when: 'it has succeeded',
    record: at({ step: 'PostUpgrade', standing: 'succeeded', ended: 'success' }),
    shows: 'Success Success DataPlaneUpgrade/Execute Success Running',
  },
  {
    when: 'it is back',
    record: at({ direction: 'back', standing: 'succeeded', ended: 'rolled-back', jobs: back }),
    shows: 'RolledBack Success DataPlaneUpgrade/Rollback Success Running',
  },
  {
    when: 'it is about to be abandoned',
    record: at({ standing: 'held' }),
    open: { do: 'abandon' },
    shows: 'Cancel Queuing DataPlaneUpgrade/Execute Failed Upgrading',
  },
  {
    when: 'it was abandoned in the middle',
    record: at({ standing: 'working', ended: 'abandoned' }),
    shows: 'Cancel Failed DataPlaneUpgrade/Execute Failed Running',
  },
  {
    when: 'it was abandoned between two steps',
    record: at({ standing: 'succeeded', ended: 'abandoned' }),
    shows: 'Cancel Success DataPlaneUpgrade/Execute Failed Running',
  },
]

describe('an upgrade as the API shows it', () => {
  it.each(states)('$when: $shows', ({ record, open, shows }) => {
    const shown: Shown = { record, open: open && opened(open) }
    const { status, spec } = meshUpgradeView(shown)
    const root = rootJobView(shown, () => [])
    const { name, action } = spec.currentStep
    expect(
      [status.state, status.currentStep.phase, `${name}/${action}`, root.status.phase, meshPhase(shown)].join(' '),
    ).toBe(shows)
    expect(summaryView(shown)).toMatchObject({
      state: status.state,
      phase: status.currentStep.phase,
      step: record.step,
    })
  })

  it('has the documented members, with times of whole seconds', () => {
    expect(meshUpgradeView({ record: at({ updatedAt: later }), open: undefined })).toEqual({
      kind: 'MeshUpgrade',
      apiVersion: 'v1',
      metadata: { name: 'to-1-31', uid: 'u1', creationTimestamp: timestamp(noon) },
      spec: {
        meshId: 'm1',
        upgradeStrategy: 'Canary',
        targetVersion: '1.31.0',
        targetType: 'InCluster',
        currentStep: { name: 'DataPlaneUpgrade', action: 'Execute' },
      },
      status: {
        state: 'Running',
        currentStep: { id: 'j1', phase: 'Running', startTime: timestamp(noon) },
        updatedAt: timestamp(later),
      },
    })
  })

  it('names the job of a command that was just accepted, and it keeps that id when it is folded', () => {
    const command: UpgradeCommand = { do: 'execute', step: 'PostUpgrade' }
    const shown: Shown = { record: at({ standing: 'succeeded' }), open: opened(command) }
    expect(meshUpgradeView(shown).status.currentStep).toEqual({ id: 'j9', phase: 'Queuing' })
    expect(jobOf(shown, 'j9')).toMatchObject({ kind: 'PostUpgrade', phase: 'Initializing' })
    const { record } = fold(shown.record, command, 'j9', later)
    const after: Shown = { record, open: undefined }
    expect(meshUpgradeView(after).status.currentStep).toEqual({
      id: 'j9',
      phase: 'Running',
      startTime: timestamp(later),
    })
    expect(jobOf(after, 'j9')).toMatchObject({ kind: 'PostUpgrade', phase: 'Running' })
    expect(jobOf(after, 'unknown')).toBeUndefined()
  })
})

const stage = { id: 'move-workloads', title: 'Move namespaces and their workloads' }
const because = { code: 'move/restarting', text: 'Restarting shop/cart.', facts: {} }
const rows: readonly Row[] = rowsOf(
  { task: 'u1', job: 'j1', stage, now: noon },
  {
    kind: 'act',
    because,
    actions: [],
    progress: [
      { cluster: 'east', object: 'shop', phase: 'Running', reason: '' },
      { cluster: 'east', object: 'shop/cart', phase: 'Running', reason: '1 of 2' },
      { cluster: 'east', object: 'pay/api', phase: 'Initializing', reason: '' },
    ],
  },
  [],
)

describe('jobs', () => {
  type Shape = { readonly [name: string]: Shape | string }
  const shapeOf = ({ spec, status }: ReturnType<typeof stepJobView>): Shape => ({
    is: `${spec.type} ${status.phase}${status.reason ? ` "${status.reason}"` : ''}`,
    ...Object.fromEntries((spec.subjobs ?? []).map((one) => [one.spec.resourceName ?? one.metadata.uid, shapeOf(one)])),
  })

  it('are a tree: upgrade, step, stage, cluster, object; a workload below its namespace where that has a row', () => {
    const shown: Shown = { record: at({}), open: undefined }
    expect(shapeOf(rootJobView(shown, (id) => (id === 'j1' ? rows : [])))).toEqual({
      is: 'MeshUpgrade Running "PreCheck is about to start."',
      j1: {
        is: 'MeshUpgradeDataPlane Running',
        'Move namespaces and their workloads': {
          is: 'MeshUpgradeDataPlane.stage Running "Restarting shop/cart."',
          east: {
            is: 'MeshUpgradeDataPlane.cluster Running',
            shop: {
              is: 'MeshUpgradeDataPlane.object Running',
              cart: { is: 'MeshUpgradeDataPlane.object Running "1 of 2"' },
            },
            api: { is: 'MeshUpgradeDataPlane.object Initializing' },
          },
        },
      },
    })
  })

  it('each answer to their own id, with what is below them', () => {
    const cluster = rows.find(({ path }) => path === 'move-workloads/east')
    const cart = rows.find(({ title }) => title === 'cart')
    if (!cluster || !cart) throw new Error('no rows')
    expect(subjobView(cluster, rows, job()).spec.subjobs?.map((one) => one.spec.resourceName)).toEqual(['shop', 'api'])
    expect(subjobView(cart, rows, job())).toMatchObject({
      metadata: { uid: cart.id },
      spec: { subjobs: [] },
      status: { reason: '1 of 2' },
    })
  })

  it('of a roll back have a type of their own', () => {
    expect(stepJobView(job({ kind: 'Rollback' }), []).spec.type).toBe('MeshUpgradeRollback')
  })

  it('end when their upgrade does', () => {
    const ended = rootJobView(
      {
        record: at({ ended: 'success', standing: 'succeeded', jobs: [job({ phase: 'Success', completedAt: later })] }),
        open: undefined,
      },
      () => [],
    )
    expect(ended.status).toMatchObject({
      phase: 'Success',
      startTime: timestamp(noon),
      completionTime: timestamp(later),
    })
    expect(ended.metadata.updateTimestamp).toBe(timestamp(later))
  })
})

describe('the detailed view', () => {
  const none = (): readonly Row[] => []
  const phases = (shown: Shown, of = none): readonly string[] =>
    detailView(shown, of).steps.map(({ name, phase }) => `${name} ${phase}`)

  it('has all steps with all their stages from the beginning', () => {
    const { steps, rollback, closing } = detailView(
      { record: fresh, open: opened({ do: 'execute', step: 'PreCheck' }) },
      none,
    )
    expect(steps.map(({ name }) => name)).toEqual([
      'PreCheck',
      'ControlPlaneUpgrade',
      'DataPlaneUpgrade',
      'PostUpgrade',
    ])
    expect(steps.flatMap(({ stages }) => stages).length).toBe(Object.values(fresh.plan).flat().length)
    expect(steps[0]?.stages[0]).toEqual({
      id: 'look',
      title: 'Look at the clusters',
      phase: 'Initializing',
      reason: '',
      rows: [],
    })
    expect(rollback).toBeUndefined()
    expect(closing).toEqual([])
  })

  it.each([
    {
      when: 'a step waits to begin',
      shown: {
        record: at({ standing: 'succeeded', jobs: [job({ phase: 'Success', completedAt: later })] }),
        open: opened({ do: 'execute', step: 'PostUpgrade' }),
      },
      data: 'Success',
      post: 'Queuing',
    },
    { when: 'it runs', shown: { record: at({}), open: undefined }, data: 'Running', post: 'Init' },
    { when: 'it is held', shown: { record: at({ standing: 'held' }), open: undefined }, data: 'Pause', post: 'Init' },
    {
      when: 'it has failed',
      shown: {
        record: at({ standing: 'failed', jobs: [job({ phase: 'Failed', completedAt: later })] }),
        open: undefined,
      },
      data: 'Failed',
      post: 'Init',
    },
    {
      when: 'it is rolled back',
      shown: { record: at({ direction: 'back', jobs: back }), open: undefined },
      data: 'Failed',
      post: 'Init',
    },
  ])('shows each step where it stands when $when', ({ shown, data, post }) => {
    expect(phases(shown)).toEqual([
      'PreCheck Init',
      'ControlPlaneUpgrade Init',
      `DataPlaneUpgrade ${data}`,
      `PostUpgrade ${post}`,
    ])
  })

  it('shows the way back once it was taken', () => {
    const { rollback } = detailView({ record: at({ direction: 'back', jobs: back }), open: undefined }, none)
    expect(rollback).toMatchObject({ phase: 'Running', job: 'j2' })
    expect(rollback?.stages.map(({ id }) => id)).toEqual(fresh.rollback)
    expect(rollback).not.toHaveProperty('name')
  })

  it('has the rows of earlier tries until the newest has its own', () => {
    const again = rowsOf(
      { task: 'u1', job: 'j2', stage, now: later },
      {
        kind: 'wait',
        because,
        lookAgainInMs: 0,
        progress: [{ cluster: 'east', object: 'shop/cart', phase: 'Success', reason: 'moved' }],
      },
      [],
    )
    const jobs = [job({ phase: 'Failed', completedAt: later }), job({ id: 'j2', action: 'Retry', startedAt: later })]
    const { steps } = detailView({ record: at({ jobs }), open: undefined }, (id) => (id === 'j1' ? rows : again))
    const work = steps[2]?.stages[0]?.rows.map(({ path, phase, reason }) => `${path} ${phase} ${reason}`.trim())
    expect(work).toEqual([
      'east Running',
      'east/shop Running',
      'east/shop/cart Success moved',
      'east/pay/api Initializing',
    ])
    expect(steps[2]).toMatchObject({ job: 'j2', phase: 'Running', startTime: timestamp(later) })
  })

  it('says what may be asked now', () => {
    const { accepts, mayAbandon, mayDelete } = detailView({ record: at({ standing: 'held' }), open: undefined }, none)
    expect(accepts).toEqual([
      { name: 'DataPlaneUpgrade', action: 'Retry' },
      { name: 'DataPlaneUpgrade', action: 'Rollback' },
    ])
    expect([mayAbandon, mayDelete]).toEqual([true, false])
    const ended = detailView({ record: at({ ended: 'success' }), open: undefined }, none)
    expect([ended.accepts, ended.mayAbandon, ended.mayDelete]).toEqual([[], false, true])
    expect(detailView({ record: at({}), open: opened({ do: 'abandon' }) }, none).mayAbandon).toBe(false)
  })
})

describe('notes', () => {
  it('are shown with what they have', () => {
    const body = {
      kind: 'act',
      step: 'DataPlaneUpgrade',
      stage: 'move-tags',
      code: 'move-tags/moving',
      text: 'Pointing.',
      actions: ['point-tag prod'],
    }
    expect(noteView({ number: 7, at: noon, body })).toEqual({ number: 7, at: timestamp(noon), ...body })
    const plain = { kind: 'command', step: 'PreCheck', code: 'command/execute', text: 'Asked.' }
    expect(noteView({ number: 1, at: noon, body: plain })).toEqual({ number: 1, at: timestamp(noon), ...plain })
  })
})
