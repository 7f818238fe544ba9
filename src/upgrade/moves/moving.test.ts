import { describe, expect, it } from 'vitest'
import type { Answer, Injection, Labels, Observation, PodFact, WorkloadFact } from '../mesh.ts'
import {
  askBeforeRestart,
  follow,
  injectorAnswer,
  isGateway,
  livePodsOf,
  moveWorkloads,
  placeOf,
  progressOf,
  stampsOf,
  type Moving,
  type MovingPart,
  type Place,
} from './moving.ts'
import {
  controlPlane,
  gateway,
  injectedAs,
  namespace,
  newPlane,
  noon,
  oldPlane,
  pod,
  podsOf,
  workload,
} from '../testing/facts.ts'
import { upgradeRecord } from '../testing/record.ts'
import { injector } from '../testing/webhooks.ts'

const expected = injectedAs(newPlane)
const old = injectedAs(oldPlane)
/** Injected in flight while the namespace was relabelled: the annotation is new, the proxy is not. */
const twice: Injection = { ...old, revision: newPlane.revision }

const stamp = (text: string): Labels => ({ 'meshlift.io/restarted': text })
const now = stamp('u1/j2')
const earlier = stamp('u1/j1')
const somebody = stamp('u0/j9')

function moving(workloads: readonly WorkloadFact[], pods: readonly PodFact[], change: Partial<Moving> = {}): Moving {
  const seen: Observation<MovingPart> = {
    at: noon,
    controlPlanes: [controlPlane(oldPlane), controlPlane(newPlane)],
    webhooks: [injector(oldPlane), injector(newPlane)],
    namespaces: [namespace('shop', { 'istio.io/rev': newPlane.revision })],
    workloads,
    pods,
  }
  return {
    seen,
    answers: [],
    now: noon,
    onto: newPlane,
    expected,
    stamps: ['u1/j1', 'u1/j2'],
    waiting: { on: '', since: noon },
    settings: { rolledWithinMs: 60_000 },
    ...change,
  }
}

const rolling = { updated: 1, total: 3 }

const places: readonly {
  readonly when: string
  readonly workload?: Partial<WorkloadFact>
  readonly stamp?: Labels
  readonly injections: readonly (Injection | undefined)[]
  readonly pods?: Partial<PodFact>
  readonly is: Place
}[] = [
  { when: 'no pod has a sidecar', injections: [undefined, undefined], is: 'no-sidecar' },
  { when: 'it is scaled to zero', workload: { replicas: 0 }, injections: [], is: 'no-sidecar' },
  { when: 'only ended pods had one', injections: [old], pods: { phase: 'Succeeded' }, is: 'no-sidecar' },
  { when: 'only pods on their way out have one', injections: [old], pods: { terminating: true }, is: 'no-sidecar' },
  { when: 'all are on the old one', injections: [old, old], is: 'to-do' },
  {
    when: 'all are on the new one, in another build of it',
    injections: [expected, { ...expected, image: `${expected.image}-distroless` }],
    is: 'moved',
  },
  {
    when: 'one was injected twice in flight, in another build',
    injections: [expected, { ...twice, image: `${twice.image}-distroless` }],
    is: 'to-do',
  },
  { when: 'one is', injections: [expected, old], is: 'to-do' },
  { when: 'one has no sidecar while others are on the new one', injections: [expected, undefined], is: 'to-do' },
  { when: 'one was injected twice in flight', injections: [expected, twice], is: 'to-do' },
  { when: 'all are on the new one, restarted by somebody', injections: [expected, expected], is: 'moved' },
  { when: 'all are, restarted by us', stamp: now, injections: [expected, expected], is: 'moved' },
  {
    when: 'it was restarted and scaled to zero since',
    workload: { replicas: 0 },
    stamp: now,
    injections: [],
    is: 'moved',
  },
  { when: 'all are, and a rollout of somebody is under way', workload: rolling, injections: [expected], is: 'rolling' },
  {
    when: 'all are, and the controller has not seen the newest spec',
    workload: { observed: false },
    injections: [expected, expected],
    is: 'rolling',
  },
  { when: 'we restarted it and it rolls', workload: rolling, stamp: now, injections: [old, expected], is: 'rolling' },
  {
    when: 'we restarted it in an earlier try and it still rolls',
    workload: rolling,
    stamp: earlier,
    injections: [old, expected],
    is: 'rolling',
  },
  {
    when: 'an old pod is still counted',
    workload: { total: 3 },
    stamp: now,
    injections: [expected, expected],
    is: 'rolling',
  },
  {
    when: 'a new pod is not ready',
    workload: { ready: 1 },
    stamp: now,
    injections: [expected, expected],
    is: 'rolling',
  },
  {
    when: 'we restarted it, it rolled, and pods are on the old one',
    stamp: now,
    injections: [expected, old],
    is: 'not-moved',
  },
  { when: 'it rolled and lost its sidecar', stamp: now, injections: [undefined, undefined], is: 'not-moved' },
  {
    when: 'that was an earlier try: this one may restart it again',
    stamp: earlier,
    injections: [old, old],
    is: 'to-do',
  },
  { when: 'another upgrade once restarted it', stamp: somebody, injections: [old, old], is: 'to-do' },
  { when: 'it is paused', workload: { paused: true }, injections: [old, old], is: 'immovable' },
  {
    when: 'its pods are replaced as they are deleted',
    workload: { strategy: 'OnDelete' },
    injections: [old, expected],
    is: 'immovable',
  },
  {
    when: 'a partition holds some of its pods',
    workload: { partition: 1 },
    injections: [old, expected],
    is: 'immovable',
  },
  {
    when: 'it has a partition and all its pods were replaced',
    workload: { partition: 1 },
    injections: [expected, expected],
    is: 'moved',
  },
]

/** The workload of a row with its pods; shown as `shop/web`. */
function facts({
  workload: change = {},
  stamp: podAnnotations = {},
  injections,
  pods = {},
}: Omit<(typeof places)[number], 'is' | 'when'>) {
  const one = workload('shop/web', { ...change, podAnnotations })
  const owner = { kind: one.kind, name: one.name }
  const all = injections.map((injection, n) =>
    pod(`shop/web-${n}`, { owner, ...(injection && { injection }), ...pods }),
  )
  return { one, all }
}

describe('where a workload is', () => {
  it.each(places)('$when: $is', (row) => {
    const { one, all } = facts(row)
    expect(placeOf(one, moving([one], all))).toBe(row.is)
  })

  it('is told without a dry-run pod to compare with, by annotation and discovery address', () => {
    const { one, all } = facts({ injections: [expected, { ...expected, image: 'registry.test/other' }] })
    expect(placeOf(one, moving([one], all, { expected: undefined }))).toBe('moved')
    const inFlight = facts({ injections: [twice] })
    expect(placeOf(inFlight.one, moving([inFlight.one], inFlight.all, { expected: undefined }))).toBe('to-do')
  })

  it('is told by its own pods only', () => {
    const one = workload('shop/web')
    const others = [
      ...podsOf(workload('pay/web'), old),
      ...podsOf(workload('shop/web', { kind: 'StatefulSet' }), old),
      ...podsOf(workload('shop/api'), old),
      ...podsOf(one, old, { cluster: 'west' }),
      pod('shop/bare', { injection: old }),
    ]
    expect(livePodsOf(one, others)).toEqual([])
  })

  it('is shown as progress of every kind', () => {
    const shown = places.map((row) => {
      const { one, all } = facts(row)
      return `${row.is}: ${progressOf(one, moving([one], all)).phase}`
    })
    expect([...new Set(shown)].toSorted()).toEqual([
      'immovable: Success',
      'moved: Success',
      'no-sidecar: Success',
      'not-moved: Failed',
      'rolling: Running',
      'to-do: Initializing',
    ])
  })
})

const dryRun = (...pods: Extract<Answer, { ask: 'dry-run-pod' }>['pods']): readonly Answer[] => [
  { ask: 'dry-run-pod', pods },
]
const good = dryRun({ injection: expected }, { injection: expected }, { injection: expected })

describe('the answer of the injectors', () => {
  it.each([
    { when: "all pods are the revision's", answers: good, is: 'good' },
    { when: 'nobody answered', answers: [], is: 'no answer' },
    { when: 'no pod was tried', answers: dryRun(), is: 'no answer' },
    {
      when: 'the answer is to another question',
      answers: [{ ask: 'dry-run-config', valid: 'accepted', invalid: 'refused' } satisfies Answer],
      is: 'no answer',
    },
    {
      when: "the last of three is the old one's",
      answers: dryRun({ injection: expected }, { injection: expected }, { injection: old }),
      is: 'injected by default',
    },
    {
      when: 'one has no sidecar',
      answers: dryRun({ injection: expected }, { injection: undefined }),
      is: 'no sidecar',
    },
    {
      when: 'one was injected twice',
      answers: dryRun({ injection: { ...expected, proxies: 2 } }),
      is: 'injected twice',
    },
    { when: 'one was refused', answers: dryRun({ refused: 'failed calling webhook' }), is: 'failed calling webhook' },
  ])('$when: $is', ({ answers, is }) => {
    expect(injectorAnswer(answers, newPlane.revision)).toBe(is)
  })
})

describe('moving workloads', () => {
  const web = workload('shop/web')
  const api = workload('shop/api', {
    podLabels: { app: 'api', 'istio.io/rev': 'prod', 'sidecar.istio.io/inject': 'true' },
  })
  const both = [...podsOf(web, old), ...podsOf(api, old)]

  it('asks before a restart, with no label by which the pod could be taken for one of the workload', () => {
    expect(askBeforeRestart([web, api], moving([web, api], both))).toEqual([
      {
        ask: 'dry-run-pod',
        cluster: 'east',
        namespace: 'shop',
        labels: { 'istio.io/rev': 'prod', 'sidecar.istio.io/inject': 'true' },
        times: 3,
      },
    ])
  })

  it('asks nothing while one rolls, nor when all are moved', () => {
    const busy = workload('shop/api', { ...rolling, podAnnotations: now })
    expect(
      askBeforeRestart([busy, web], moving([busy, web], [...podsOf(busy, expected), ...podsOf(web, old)])),
    ).toEqual([])
    expect(askBeforeRestart([web], moving([web], podsOf(web, expected)))).toEqual([])
  })

  it('restarts one, the first by name, carrying what was seen of it', () => {
    const verdict = moveWorkloads([web, api], moving([web, api], both, { answers: good }))
    expect(verdict).toMatchObject({
      kind: 'act',
      about: 'shop/api',
      because: { code: 'move/restarting' },
      actions: [
        {
          do: 'restart-workload',
          cluster: 'east',
          kind: 'Deployment',
          target: { name: 'api', namespace: 'shop', uid: api.uid, resourceVersion: api.resourceVersion },
          stamp: 'u1/j2',
        },
      ],
    })
    expect(verdict?.progress?.map(({ object, phase }) => `${object} ${phase}`)).toEqual([
      'shop/api Initializing',
      'shop/web Initializing',
    ])
  })

  it("restarts nothing while new pods are still somebody else's", () => {
    const answers = dryRun({ injection: expected }, { injection: old })
    expect(moveWorkloads([web], moving([web], podsOf(web, old), { answers }))).toMatchObject({
      kind: 'wait',
      because: { text: 'New pods of shop/web are not injected by 1-31-0 yet: injected by default.' },
    })
  })

  it('restarts nothing while the target is not ready, whatever dry-run pods say', () => {
    const now = moving([web], podsOf(web, old), { answers: good })
    const controlPlanes = [controlPlane(oldPlane), controlPlane(newPlane, { ready: 0, trouble: 'CrashLoopBackOff' })]
    expect(moveWorkloads([web], { ...now, seen: { ...now.seen, controlPlanes } })).toMatchObject({
      kind: 'wait',
      because: {
        text: 'Waiting for control plane 1-31-0: 0 of 1 replicas are ready (CrashLoopBackOff). Nothing is restarted meanwhile.',
      },
    })
  })

  it('holds when the target is gone', () => {
    const now = moving([web], podsOf(web, old), { answers: good })
    expect(
      moveWorkloads([web], { ...now, seen: { ...now.seen, controlPlanes: [controlPlane(oldPlane)] } }),
    ).toMatchObject({ kind: 'hold', because: { code: 'move/targetGone' } })
  })

  it('waits for the one that rolls before it touches the next', () => {
    const busy = workload('shop/web', { ...rolling, podAnnotations: now })
    const verdict = moveWorkloads(
      [busy, workload('shop/zoo')],
      moving([busy], [...podsOf(busy, expected), ...podsOf(workload('shop/zoo'), old)], { answers: good }),
    )
    expect(verdict).toMatchObject({ kind: 'wait', about: 'shop/web', because: { code: 'move/rolling' } })
  })

  it.each([
    { when: 'within its time', since: noon - 60_000, on: 'move-workloads move/rolling shop/web', kind: 'wait' },
    { when: 'longer', since: noon - 60_001, on: 'move-workloads move/rolling shop/web', kind: 'hold' },
    {
      when: 'another one was waited for that long',
      since: noon - 600_000,
      on: 'move-workloads move/rolling shop/api',
      kind: 'wait',
    },
  ])('$kind: it rolls $when', ({ since, on, kind }) => {
    const busy = workload('shop/web', { ...rolling, podAnnotations: now, trouble: 'ProgressDeadlineExceeded' })
    const verdict = moveWorkloads([busy], moving([busy], podsOf(busy, expected), { waiting: { on, since } }))
    expect(verdict?.kind).toBe(kind)
    expect(verdict?.because.text).toContain('1 of 2 pods are new, 2 ready (ProgressDeadlineExceeded)')
  })

  it('looks again for some seconds, then holds, naming the pods, when a restart did not move them', () => {
    const failed = workload('shop/web', { podAnnotations: now })
    const [first, second] = podsOf(failed, expected)
    const pods = [...(first ? [first] : []), ...(second ? [{ ...second, injection: twice }] : [])]
    const verdictAfter = (ms: number, on: string) =>
      moveWorkloads([failed], moving([failed], pods, { answers: good, waiting: { on, since: noon - ms } }))
    const facts = { pods: ['web-1'] }
    expect(verdictAfter(60_000, 'move-workloads shop/web')).toMatchObject({
      kind: 'wait',
      about: 'shop/web again',
      because: { facts },
    })
    expect(verdictAfter(6000, 'move-workloads shop/web again')).toMatchObject({ kind: 'wait' })
    expect(verdictAfter(6001, 'move-workloads shop/web again')).toMatchObject({
      kind: 'hold',
      about: 'shop/web again',
      because: { code: 'move/notMoved', facts },
    })
  })

  it('restarts that one again in the next try', () => {
    const failed = workload('shop/web', { podAnnotations: now })
    const verdict = moveWorkloads(
      [failed],
      moving([failed], podsOf(failed, old), { answers: good, stamps: ['u1/j1', 'u1/j2', 'u1/j3'] }),
    )
    expect(verdict).toMatchObject({ kind: 'act', actions: [{ do: 'restart-workload', stamp: 'u1/j3' }] })
  })

  it('is done when the rest cannot be moved or has no sidecar', () => {
    const paused = workload('shop/web', { paused: true })
    expect(
      moveWorkloads([paused, api], moving([paused, api], [...podsOf(paused, old), ...podsOf(api)])),
    ).toBeUndefined()
    expect(moveWorkloads([], moving([], []))).toBeUndefined()
  })
})

describe('around a workload', () => {
  it('tells who follows a revision by the labels that stand there now', () => {
    const { seen } = moving([], [])
    expect(follow(workload('shop/web'), '1-31-0', seen)).toBe(true)
    expect(follow(workload('shop/web'), 'default', seen)).toBe(false)
    expect(follow(workload('shop/web', { podLabels: { 'sidecar.istio.io/inject': 'false' } }), '1-31-0', seen)).toBe(
      false,
    )
    expect(follow(workload('gone/web'), '1-31-0', seen)).toBe(false)
  })

  it('knows a classic gateway by its template, among other templates too', () => {
    expect(isGateway(gateway('istio-ingress/edge'))).toBe(true)
    expect(
      isGateway(workload('shop/web', { podAnnotations: { 'inject.istio.io/templates': 'sidecar,gateway' } })),
    ).toBe(true)
    expect(isGateway(workload('shop/web', { podAnnotations: { 'inject.istio.io/templates': 'sidecar' } }))).toBe(false)
    expect(isGateway(workload('shop/web'))).toBe(false)
  })

  it('stamps with every try of its own kind, the current one last', () => {
    const job = { action: 'Execute', named: 'PreCheck', phase: 'Success', reason: '', createdAt: noon } as const
    const jobs = [
      { ...job, id: 'j1', kind: 'PreCheck' } as const,
      { ...job, id: 'j2', kind: 'DataPlaneUpgrade' } as const,
      { ...job, id: 'j3', kind: 'Rollback' } as const,
      { ...job, id: 'j4', kind: 'DataPlaneUpgrade' } as const,
    ]
    expect(stampsOf(upgradeRecord({ jobs }), 'DataPlaneUpgrade')).toEqual(['u1/j2', 'u1/j4'])
  })
})
