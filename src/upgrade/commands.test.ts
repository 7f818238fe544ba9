import { describe, expect, it } from 'vitest'
import { accepted, admit, fold, mayDelete, newUpgrade, type UpgradeCommand } from './commands.ts'
import { Problem } from '../lib/problem.ts'
import { steps, type JobRecord, type Step, type StepAction, type UpgradeRecord } from './record.ts'
import { newPlane, noon } from './testing/facts.ts'
import { upgradeRecord } from './testing/record.ts'

const mesh = { id: 'm1', name: 'prod', clusters: ['east'] }
const asked = { targetVersion: 'v1.31', upgradeStrategy: 'Canary', targetType: 'InCluster' }
const fresh = newUpgrade({ id: 'u1', name: 'to-1-31', project: 'p1', mesh, asked, version: '1.31.0', now: noon })

const job = (change: Partial<JobRecord> = {}): JobRecord => ({
  id: 'j1',
  kind: 'DataPlaneUpgrade',
  action: 'Execute',
  named: 'DataPlaneUpgrade',
  phase: 'Running',
  reason: 'Restarting shop/web.',
  createdAt: noon,
  startedAt: noon,
  ...change,
})
const at = (change: Partial<UpgradeRecord>): UpgradeRecord =>
  upgradeRecord({ ...fresh, step: 'DataPlaneUpgrade', standing: 'working', touched: true, jobs: [job()], ...change })

/** `start rollback DataPlaneUpgrade`, `same`, or the refusal. */
function answer(record: UpgradeRecord, open: UpgradeCommand | undefined, name: Step, action: StepAction): string {
  try {
    const admission = admit(record, open, { name, action })
    if (admission.kind === 'same') return 'same'
    const { command } = admission
    return `start ${command.do}${'step' in command ? ` ${command.step}` : ''}`
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.kind !== 'conflict') throw thrown
    return thrown.message.replace('to-1-31: ', '')
  }
}

const held = { code: 'x/y', text: 'Somebody must look.', facts: {} }

interface State {
  readonly when: string
  readonly record: UpgradeRecord
  readonly open?: UpgradeCommand
  readonly accepts: string
  /** PreCheck, ControlPlaneUpgrade, DataPlaneUpgrade, PostUpgrade. */
  readonly Execute: readonly [string, string, string, string]
  readonly Retry: readonly [string, string, string, string]
  readonly Rollback: readonly [string, string, string, string]
}

const four = (text: string): [string, string, string, string] => [text, text, text, text]
const busy = four('another command was accepted a moment ago.')
const elsewhere =
  (step: Step, next = ''): ((other: Step) => string) =>
  (other) =>
    `the step at work is ${step}, not ${other}.${next}`
const notAt = (step: Step, here: string, next = ''): [string, string, string, string] =>
  steps.map((other) => (other === step ? here : elsewhere(step, next)(other))) as [string, string, string, string]

const states: readonly State[] = [
  {
    when: 'its first command waits',
    record: fresh,
    open: { do: 'execute', step: 'PreCheck' },
    accepts: '',
    Execute: ['same', busy[1], busy[2], busy[3]],
    Retry: busy,
    Rollback: busy,
  },
  {
    when: 'a roll back waits',
    record: at({}),
    open: { do: 'rollback', step: 'DataPlaneUpgrade' },
    accepts: '',
    Execute: busy,
    Retry: busy,
    Rollback: four('same'),
  },
  {
    when: 'a retry waits',
    record: at({ standing: 'held' }),
    open: { do: 'retry' },
    accepts: '',
    Execute: busy,
    Retry: four('same'),
    Rollback: busy,
  },
  {
    when: 'it is being abandoned',
    record: at({}),
    open: { do: 'abandon' },
    accepts: '',
    Execute: busy,
    Retry: busy,
    Rollback: busy,
  },
  {
    when: 'PreCheck has succeeded',
    record: at({ step: 'PreCheck', standing: 'succeeded', touched: false, jobs: [job({ kind: 'PreCheck' })] }),
    accepts: 'Execute ControlPlaneUpgrade, Rollback PreCheck',
    Execute: [
      'PreCheck is already done. Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.',
      'start execute ControlPlaneUpgrade',
      'DataPlaneUpgrade can only start after ControlPlaneUpgrade has succeeded. Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.',
      'PostUpgrade can only start after DataPlaneUpgrade has succeeded. Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.',
    ],
    Retry: notAt(
      'PreCheck',
      'PreCheck has not failed and is not held. Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.',
      ' Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.',
    ),
    Rollback: [
      'start rollback PreCheck',
      'ControlPlaneUpgrade was not started. Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.',
      'DataPlaneUpgrade was not started. Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.',
      'PostUpgrade was not started. Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.',
    ],
  },
  {
    when: 'a step is at work',
    record: at({}),
    accepts: 'Rollback DataPlaneUpgrade',
    Execute: [
      'PreCheck is already done. Accepted now: Rollback DataPlaneUpgrade.',
      'ControlPlaneUpgrade is already done. Accepted now: Rollback DataPlaneUpgrade.',
      'same',
      'PostUpgrade can only start after DataPlaneUpgrade has succeeded. Accepted now: Rollback DataPlaneUpgrade.',
    ],
    Retry: notAt(
      'DataPlaneUpgrade',
      'DataPlaneUpgrade has not failed and is not held. Accepted now: Rollback DataPlaneUpgrade.',
      ' Accepted now: Rollback DataPlaneUpgrade.',
    ),
    Rollback: [
      'start rollback PreCheck',
      'start rollback ControlPlaneUpgrade',
      'start rollback DataPlaneUpgrade',
      'PostUpgrade was not started. Accepted now: Rollback DataPlaneUpgrade.',
    ],
  },
  {
    when: 'a retry is at work',
    record: at({ jobs: [job(), job({ id: 'j2', action: 'Retry' })] }),
    accepts: 'Rollback DataPlaneUpgrade',
    Execute: [
      'PreCheck is already done. Accepted now: Rollback DataPlaneUpgrade.',
      'ControlPlaneUpgrade is already done. Accepted now: Rollback DataPlaneUpgrade.',
      'same',
      'PostUpgrade can only start after DataPlaneUpgrade has succeeded. Accepted now: Rollback DataPlaneUpgrade.',
    ],
    Retry: notAt('DataPlaneUpgrade', 'same', ' Accepted now: Rollback DataPlaneUpgrade.'),
    Rollback: [
      'start rollback PreCheck',
      'start rollback ControlPlaneUpgrade',
      'start rollback DataPlaneUpgrade',
      'PostUpgrade was not started. Accepted now: Rollback DataPlaneUpgrade.',
    ],
  },
  {
    when: 'a step is held',
    record: at({ standing: 'held', reason: held }),
    accepts: 'Retry DataPlaneUpgrade, Rollback DataPlaneUpgrade',
    Execute: [
      'PreCheck is already done. Accepted now: Retry DataPlaneUpgrade, Rollback DataPlaneUpgrade.',
      'ControlPlaneUpgrade is already done. Accepted now: Retry DataPlaneUpgrade, Rollback DataPlaneUpgrade.',
      'DataPlaneUpgrade has stopped and waits: Somebody must look. Accepted now: Retry DataPlaneUpgrade, Rollback DataPlaneUpgrade.',
      'PostUpgrade can only start after DataPlaneUpgrade has succeeded. Accepted now: Retry DataPlaneUpgrade, Rollback DataPlaneUpgrade.',
    ],
    Retry: notAt(
      'DataPlaneUpgrade',
      'start retry',
      ' Accepted now: Retry DataPlaneUpgrade, Rollback DataPlaneUpgrade.',
    ),
    Rollback: [
      'start rollback PreCheck',
      'start rollback ControlPlaneUpgrade',
      'start rollback DataPlaneUpgrade',
      'PostUpgrade was not started. Accepted now: Retry DataPlaneUpgrade, Rollback DataPlaneUpgrade.',
    ],
  },
  {
    when: 'PreCheck has failed',
    record: at({
      step: 'PreCheck',
      standing: 'failed',
      reason: held,
      touched: false,
      jobs: [job({ kind: 'PreCheck' })],
    }),
    accepts: 'Retry PreCheck, Rollback PreCheck',
    Execute: [
      'PreCheck has failed: Somebody must look. Accepted now: Retry PreCheck, Rollback PreCheck.',
      'ControlPlaneUpgrade can only start after PreCheck has succeeded. Accepted now: Retry PreCheck, Rollback PreCheck.',
      'DataPlaneUpgrade can only start after ControlPlaneUpgrade has succeeded. Accepted now: Retry PreCheck, Rollback PreCheck.',
      'PostUpgrade can only start after DataPlaneUpgrade has succeeded. Accepted now: Retry PreCheck, Rollback PreCheck.',
    ],
    Retry: notAt('PreCheck', 'start retry', ' Accepted now: Retry PreCheck, Rollback PreCheck.'),
    Rollback: [
      'start rollback PreCheck',
      'ControlPlaneUpgrade was not started. Accepted now: Retry PreCheck, Rollback PreCheck.',
      'DataPlaneUpgrade was not started. Accepted now: Retry PreCheck, Rollback PreCheck.',
      'PostUpgrade was not started. Accepted now: Retry PreCheck, Rollback PreCheck.',
    ],
  },
  {
    when: 'the first removal is noted',
    record: at({ step: 'PostUpgrade', pastReturn: true }),
    accepts: '',
    Execute: [
      'PreCheck is already done.',
      'ControlPlaneUpgrade is already done.',
      'DataPlaneUpgrade is already done.',
      'same',
    ],
    Retry: notAt('PostUpgrade', 'PostUpgrade has not failed and is not held.'),
    Rollback: four('the old control plane is being removed; there is no way back.'),
  },
  {
    when: 'the removal is held',
    record: at({ step: 'PostUpgrade', pastReturn: true, standing: 'held', reason: held }),
    accepts: 'Retry PostUpgrade',
    Execute: [
      'PreCheck is already done. Accepted now: Retry PostUpgrade.',
      'ControlPlaneUpgrade is already done. Accepted now: Retry PostUpgrade.',
      'DataPlaneUpgrade is already done. Accepted now: Retry PostUpgrade.',
      'PostUpgrade has stopped and waits: Somebody must look. Accepted now: Retry PostUpgrade.',
    ],
    Retry: notAt('PostUpgrade', 'start retry', ' Accepted now: Retry PostUpgrade.'),
    Rollback: four('the old control plane is being removed; there is no way back. Accepted now: Retry PostUpgrade.'),
  },
  {
    when: 'it is rolled back',
    record: at({ direction: 'back', jobs: [job(), job({ id: 'j2', kind: 'Rollback', action: 'Rollback' })] }),
    accepts: '',
    Execute: four('the upgrade is being rolled back.'),
    Retry: notAt('DataPlaneUpgrade', 'DataPlaneUpgrade has not failed and is not held.'),
    Rollback: ['same', 'same', 'same', 'PostUpgrade was not started.'],
  },
  {
    when: 'rolling back is held',
    record: at({
      direction: 'back',
      standing: 'held',
      jobs: [job(), job({ id: 'j2', kind: 'Rollback', action: 'Rollback' })],
    }),
    accepts: 'Retry DataPlaneUpgrade',
    Execute: four('the upgrade is being rolled back. Accepted now: Retry DataPlaneUpgrade.'),
    Retry: notAt('DataPlaneUpgrade', 'start retry', ' Accepted now: Retry DataPlaneUpgrade.'),
    Rollback: [
      'the upgrade is being rolled back already and has stopped. Accepted now: Retry DataPlaneUpgrade.',
      'the upgrade is being rolled back already and has stopped. Accepted now: Retry DataPlaneUpgrade.',
      'the upgrade is being rolled back already and has stopped. Accepted now: Retry DataPlaneUpgrade.',
      'PostUpgrade was not started. Accepted now: Retry DataPlaneUpgrade.',
    ],
  },
  ...(['success', 'rolled-back', 'abandoned'] as const).map((ended): State => ({
    when: `it has ended: ${ended}`,
    record: at({ ended, standing: 'succeeded' }),
    accepts: '',
    Execute: four(`the upgrade has ended (${ended}).`),
    Retry: four(`the upgrade has ended (${ended}).`),
    Rollback: four(`the upgrade has ended (${ended}).`),
  })),
]

describe.each(states)('while $when', ({ record, open, accepts, ...expected }) => {
  it.each(['Execute', 'Retry', 'Rollback'] as const)('%s of each step', (action) => {
    expect(steps.map((step) => answer(record, open, step, action))).toEqual(expected[action])
  })

  it(`accepts ${accepts || 'nothing'}`, () => {
    const shown = accepted(record, open)
    expect(shown.map(({ name, action }) => `${action} ${name}`).join(', ')).toBe(accepts)
    // What is shown as accepted really is.
    for (const { name, action } of shown) expect(answer(record, open, name, action)).toMatch(/^start /)
  })
})

describe('deleting', () => {
  it.each([
    { when: 'only PreCheck ran', record: at({ touched: false, step: 'PreCheck' }), may: true },
    { when: 'nothing ran yet', record: fresh, open: { do: 'execute', step: 'PreCheck' } as const, may: true },
    {
      when: 'ControlPlaneUpgrade is about to start',
      record: at({ touched: false, step: 'PreCheck', standing: 'succeeded' }),
      open: { do: 'execute', step: 'ControlPlaneUpgrade' } as const,
      may: false,
    },
    { when: 'the mesh is in between', record: at({}), may: false },
    { when: 'it failed in between', record: at({ standing: 'failed' }), may: false },
    { when: 'it has ended', record: at({ ended: 'success' }), may: true },
    { when: 'it was abandoned in between', record: at({ ended: 'abandoned' }), may: true },
  ])('is possible ($may) when $when', ({ record, open, may }) => {
    expect(mayDelete(record, open)).toBe(may)
  })
})

describe('a new upgrade', () => {
  it('knows the plan of today, the revision it makes, and nothing of the old control plane', () => {
    expect(fresh).toMatchObject({
      step: 'PreCheck',
      direction: 'forward',
      to: { ...newPlane },
      from: { revision: '' },
      asked,
      touched: false,
      pastReturn: false,
      jobs: [],
      reason: { code: 'command/starting', text: 'PreCheck is about to start.' },
    })
    expect(fresh.stage).toBe(fresh.plan.PreCheck[0])
    expect(fresh.plan.PostUpgrade.at(-1)).toBe('give-back')
    expect(fresh.rollback[0]).toBe('back-default')
  })
})

describe('folding', () => {
  const later = noon + 5000
  const folded = (record: UpgradeRecord, command: UpgradeCommand) => fold(record, command, 'j9', later)
  const newJob = { id: 'j9', phase: 'Running', reason: '', createdAt: later, startedAt: later }

  it('a step: begins with its first stage, as a job of the id that the answer named', () => {
    const before = at({ standing: 'succeeded', attempts: 3, waiting: { on: 'x', since: 1 } })
    const { record, because } = folded(before, { do: 'execute', step: 'PostUpgrade' })
    expect(record).toMatchObject({
      step: 'PostUpgrade',
      stage: before.plan.PostUpgrade[0],
      standing: 'working',
      attempts: 0,
      waiting: { on: '', since: later },
      updatedAt: later,
      touched: true,
    })
    expect(record.jobs.at(-1)).toEqual({ ...newJob, kind: 'PostUpgrade', action: 'Execute', named: 'PostUpgrade' })
    expect(because.text).toBe('Asked to execute PostUpgrade.')
  })

  it('PreCheck touches nothing; ControlPlaneUpgrade counts as touching from its beginning', () => {
    expect(folded(fresh, { do: 'execute', step: 'PreCheck' }).record.touched).toBe(false)
    const checked = at({ step: 'PreCheck', standing: 'succeeded', touched: false })
    expect(folded(checked, { do: 'execute', step: 'ControlPlaneUpgrade' }).record.touched).toBe(true)
  })

  it('a retry: the stage that stopped is looked at again, and the job before it says why it ended', () => {
    const { record, because } = folded(at({ standing: 'held', stage: 'move-gateways' }), { do: 'retry' })
    expect(record).toMatchObject({ stage: 'move-gateways', standing: 'working', step: 'DataPlaneUpgrade' })
    expect(record.jobs).toEqual([
      job({
        phase: 'Failed',
        completedAt: later,
        reason: 'stopped: it was retried; it stood at: Restarting shop/web.',
      }),
      { ...newJob, kind: 'DataPlaneUpgrade', action: 'Retry', named: 'DataPlaneUpgrade' },
    ])
    expect(because.text).toBe('Asked to retry DataPlaneUpgrade.')
  })

  it('a retry of PreCheck begins anew, and a job that ended before keeps its own end', () => {
    const ended = job({ kind: 'PreCheck', phase: 'Failed', completedAt: noon, reason: 'blocked' })
    const { record } = folded(at({ step: 'PreCheck', stage: 'judge-start', standing: 'failed', jobs: [ended] }), {
      do: 'retry',
    })
    expect(record.stage).toBe('look')
    expect(record.jobs[0]).toEqual(ended)
  })

  it('a roll back: the other list from its beginning, whatever step was named', () => {
    const { record, because } = folded(at({ stage: 'make-default' }), { do: 'rollback', step: 'ControlPlaneUpgrade' })
    expect(record).toMatchObject({
      direction: 'back',
      stage: 'back-default',
      standing: 'working',
      step: 'DataPlaneUpgrade',
    })
    expect(record.jobs.map((one) => [one.kind, one.phase, one.named])).toEqual([
      ['DataPlaneUpgrade', 'Failed', 'DataPlaneUpgrade'],
      ['Rollback', 'Running', 'ControlPlaneUpgrade'],
    ])
    expect(because.text).toBe('Asked to roll back.')
  })

  it('a retry while rolling back goes on rolling back', () => {
    const back = at({ direction: 'back', standing: 'held', stage: 'back-labels' })
    const { record } = folded(back, { do: 'retry' })
    expect(record).toMatchObject({ direction: 'back', stage: 'back-labels', standing: 'working' })
    expect(record.jobs.at(-1)).toMatchObject({ kind: 'Rollback', action: 'Retry' })
  })

  it('abandoning ends it, with no job of its own', () => {
    const { record, because } = folded(at({}), { do: 'abandon' })
    expect(record).toMatchObject({ ended: 'abandoned', direction: 'forward' })
    expect(record.jobs).toEqual([
      job({
        phase: 'Failed',
        completedAt: later,
        reason: 'stopped: the upgrade was abandoned; it stood at: Restarting shop/web.',
      }),
    ])
    expect(because).toMatchObject({ code: 'command/abandon' })
  })
})
