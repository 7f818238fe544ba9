/** Tells a story: commands go through the door as a caller's do, time passes, the world does things, the diary is kept. */

import type { UpgradeUpdate } from '../../src/contract/upgrades.ts'
import { problemFrom } from '../../src/lib/problem.ts'
import type { Problem } from '../../src/lib/problem.ts'
import type { World } from '../../src/mesh/simulated/world.ts'
import type { NoteBody } from '../../src/upgrade/note.ts'
import { readRecord } from '../../src/upgrade/record.ts'
import type { Step, StepAction, UpgradeRecord } from '../../src/upgrade/record.ts'
import { diary } from './diary.ts'
import { invariants } from './invariants.ts'
import { startProgram } from './program.ts'
import type { Moment, Program, Witness } from './program.ts'
import { setting } from './setting.ts'
import type { Scene, Setting } from './setting.ts'

export interface Story {
  readonly setting: Setting
  readonly world: World
  /** Asks for an upgrade and waits until it is the caller's turn. */
  begin(version: string): Promise<UpgradeRecord>
  /** A PUT, and waits until it is the caller's turn again: done, failed, held or ended. */
  ask(step: Step, action: StepAction): Promise<UpgradeRecord>
  /** A PUT that must be refused; its sentence is told. */
  refused(step: Step, action: StepAction): Promise<Problem>
  /** A PUT without waiting. */
  order(step: Step, action: StepAction): Promise<void>
  /** Without waiting. */
  abandon(): Promise<void>
  /** Time passes until this is so; fails after an hour. */
  until(holds: (record: UpgradeRecord) => boolean): Promise<UpgradeRecord>
  pass(ms: number): Promise<UpgradeRecord>
  /** The world does something now, and the diary says what. */
  happens(what: string, act: (world: World) => void): void
  /** The same as soon as a moment comes, once. */
  when(comes: (moment: Moment) => boolean, what: string, act: (world: World) => void | Promise<void>): void
  record(): Promise<UpgradeRecord>
  diary(): string
  /** Codes of all notes. */
  codes(): ReadonlySet<string>
}

export interface Telling {
  readonly title: string
  readonly scene: Scene
  /** Sees each moment after the invariants have; may end the process there, and the next one takes over at once. */
  readonly witness?: Witness
  /** Whether another process takes the lease at this moment; the first one does not know until it asks. */
  readonly stolen?: (moment: Moment) => boolean
}

/** Ends a process at a moment. */
export class Killed extends Error {}

const hour = 3_600_000
/** The worker's own default. */
const leaseMs = 15_000
/** The installation's name: a program that is started again takes its own lease back, another one must wait for it to run out. */
const ownerOf = (process: number): string => `installation-${process}`

export async function tell({
  title,
  scene,
  witness = async () => undefined,
  stolen = () => false,
}: Telling): Promise<Story> {
  const here = await setting(scene)
  const { world, clock, tasks, mesh } = here
  const rules = invariants(world)
  const told = diary(title, clock.now())
  const codes = new Set<string>()
  let waiting: readonly {
    readonly comes: (moment: Moment) => boolean
    readonly what: string
    readonly act: (world: World) => void | Promise<void>
  }[] = []
  let id = ''
  let newest: NoteBody | undefined

  const record = async (): Promise<UpgradeRecord> => readRecord((await tasks.read(id))?.state)
  const happens: Story['happens'] = (what, act) => {
    told.happened(clock.now(), what)
    world.catchUp()
    world.write(() => act(world))
  }
  const tellMoment = async (moment: Moment): Promise<void> => {
    switch (moment.what) {
      case 'saved':
        for (const { at, body } of moment.save.notes) {
          newest = body as NoteBody
          codes.add(newest.code)
          told.note(at, newest)
        }
        return
      case 'acting':
        told.action(moment.action)
        return rules.acting(moment.action, await record(), newest)
      case 'refused':
        return told.refused(moment.problem.message)
      case 'saving':
      case 'acted':
      case 'looked':
        return rules.always()
    }
  }
  let processes = 1
  const takeOver = async (): Promise<void> => {
    processes += 1
    const later = clock.now() + leaseMs + 1
    if ((await tasks.lease(ownerOf(processes), later, leaseMs, true)) === undefined) throw new Error('nothing stolen')
  }
  const seenBy =
    (number: number): Witness =>
    async (moment) => {
      // Between asking whether it still may and doing it lies one request: that one action cannot be called back.
      const late = number < processes && (moment.what === 'acting' || moment.what === 'saved')
      if (late) throw new Error(`process ${number} goes on though process ${processes} has the lease: ${moment.what}`)
      await seen(moment)
      if (number === processes && stolen(moment)) await takeOver()
    }
  const seen: Witness = async (moment) => {
    await tellMoment(moment)
    const due = waiting.filter(({ comes }) => comes(moment))
    waiting = waiting.filter((one) => !due.includes(one))
    for (const { what, act } of due) {
      told.happened(clock.now(), what)
      world.catchUp()
      await world.write(() => act(world))
    }
    await witness(moment)
  }
  const start = (): Program => startProgram({ setting: here, witness: seenBy(processes), owner: ownerOf(processes) })
  let program = start()
  let running = processes

  /** One round of the worker, and the time until the next. */
  const round = async (): Promise<number> => {
    const next = await program.worker.turn().catch((thrown: unknown) => {
      // Its store is gone with it.
      if (program.died() === undefined) throw thrown
      return undefined
    })
    const death = program.died()
    if (death !== undefined && !(death instanceof Killed)) throw death
    if (death !== undefined || running < processes) {
      program = start()
      running = processes
      return clock.now()
    }
    rules.always()
    return next ?? clock.now() + hour
  }
  const runUntil = async (holds: (record: UpgradeRecord) => boolean, deadline: number): Promise<UpgradeRecord> => {
    for (;;) {
      const next = await round()
      const now = await record()
      if (holds(now)) return now
      if (clock.now() >= deadline) return now
      await clock.sleep(Math.max(1, Math.min(next, deadline) - clock.now()))
    }
  }
  const until: Story['until'] = async (holds) => {
    const now = await runUntil(holds, clock.now() + hour)
    if (!holds(now)) throw new Error(`never came: ${holds.toString()}\n${told.text()}`)
    return now
  }
  const settled = async (): Promise<UpgradeRecord> => {
    const now = await until(({ standing, jobs }) => standing !== 'working' && jobs.length > 0)
    if (now.ended) rules.finished()
    return now
  }
  const put = async (name: Step, action: StepAction): Promise<void> => {
    const { asked, name: upgrade } = await record()
    const body: UpgradeUpdate = {
      kind: 'MeshUpgrade',
      apiVersion: 'v1',
      metadata: { name: upgrade },
      spec: {
        meshId: mesh.id,
        upgradeStrategy: 'Canary',
        targetType: 'InCluster',
        targetVersion: asked.targetVersion,
        currentStep: { name, action },
      },
    }
    await program.door.put(mesh.project, id, body, () => undefined)
  }

  return {
    setting: here,
    world,
    async begin(version) {
      const body = {
        kind: 'MeshUpgrade',
        apiVersion: 'v1',
        metadata: { name: 'upgrade' },
        spec: {
          meshId: mesh.id,
          upgradeStrategy: 'Canary',
          targetType: 'InCluster',
          targetVersion: version,
          currentStep: { name: 'PreCheck', action: 'Execute' },
        },
      } as const
      id = (await program.door.create(mesh.project, mesh, body, new AbortController().signal)).metadata.uid
      return settled()
    },
    async ask(step, action) {
      await put(step, action)
      await runUntil(({ jobs }) => jobs.length > 0, clock.now())
      return settled()
    },
    async refused(step, action) {
      const problem = await put(step, action).then(
        () => undefined,
        (thrown: unknown) => problemFrom(thrown),
      )
      if (problem === undefined) throw new Error(`${action} ${step} was not refused`)
      told.happened(clock.now(), `${action} ${step} is refused: ${problem.message}`)
      return problem
    },
    order: put,
    abandon: async () => void (await program.door.abandon(mesh.project, id)),
    until,
    pass: (ms) => runUntil(() => false, clock.now() + ms),
    happens,
    when: (comes, what, act) => {
      waiting = [...waiting, { comes, what, act }]
    },
    record,
    diary: () => told.text().replaceAll(id === '' ? '\u0000' : id, '<upgrade>'),
    codes: () => codes,
  }
}
