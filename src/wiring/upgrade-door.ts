/** The heart as requests see it: commands go into the task, everything shown is a view of the record. */

import type { NewId } from '../lib/ids.ts'
import type { Clock } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import type { UpgradeDoor } from '../http/parts.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import { newsOf } from '../tasks/news.ts'
import { remembered, type Worked } from '../tasks/remembered.ts'
import type { Item, Task, TaskDesk, TaskStore } from '../tasks/store.ts'
import { checkSituation } from '../upgrade/check-situation.ts'
import { checks } from '../upgrade/checks.ts'
import { admit, mayDelete, newUpgrade, type UpgradeCommand } from '../upgrade/commands.ts'
import { findOld } from '../upgrade/facts/find-old.ts'
import { foundKeys, lastFound, type Found } from '../upgrade/found.ts'
import { asksOf, foundIn, judge, readsOf, type Judgement } from '../upgrade/judge.ts'
import type { Check } from '../upgrade/check.ts'
import type { Mesh, MeshPart, Observation } from '../upgrade/mesh.ts'
import { preview } from '../upgrade/preview.ts'
import { readRecord, type UpgradeRecord } from '../upgrade/record.ts'
import type { Outside, Settings, Situation } from '../upgrade/stage.ts'
import {
  detailView,
  jobOf,
  meshUpgradeView,
  noteView,
  rootJobView,
  stepJobView,
  subjobView,
  summaryView,
  type Shown,
} from '../upgrade/view.ts'
import type { UpgradeSummary } from '../contract/extensions.ts'
import type { Job } from '../contract/jobs.ts'
import type { MeshUpgrade, UpgradeCreate, UpgradeUpdate } from '../contract/upgrades.ts'

/** What may be asked for, by the catalogue of the mesh's cluster. */
export interface Versions {
  /** `v1.31`, `1.31` or `1.31.0` -> `1.31.0`; undefined when nothing known fits. */
  resolve(asked: string): string | undefined
  /** Why this hop is not allowed; undefined = allowed. */
  hop(from: string, to: string): string | undefined
  /** Versions that a mesh of this version may go to. */
  allowed(from: string): readonly string[]
}

export interface UpgradeDoorParts {
  readonly desk: TaskDesk & Pick<TaskStore, 'kept'>
  readonly clock: Clock
  readonly newId: NewId
  readonly settings: Settings
  readonly clustersOf: (mesh: MeshRecord) => Promise<readonly ClusterRecord[]>
  readonly versionsOf: (mesh: MeshRecord) => Promise<Versions>
  readonly meshOf: (record: UpgradeRecord) => Promise<Mesh>
  readonly outsideOf: (record: UpgradeRecord) => Promise<Outside>
  readonly touch: (record: UpgradeRecord) => Promise<void>
}

export function upgradeDoor(parts: UpgradeDoorParts): UpgradeDoor {
  const { desk, clock, newId } = parts
  const upgrades = remembered<Seen<MeshUpgrade>>(desk, viewsKept)
  const jobs = remembered<Seen<Job>>(desk, viewsKept)

  const taskOf = async (project: string, id: string): Promise<Task> => {
    const task = await desk.read(id)
    if (!task || task.project !== project) throw notFound('upgrade', id)
    return task
  }
  const rows = async (shown: Shown): Promise<(job: string) => readonly Item[]> => {
    const all = new Map<string, readonly Item[]>()
    for (const job of shown.record.jobs) all.set(job.id, await desk.items(job.id))
    return (job) => all.get(job) ?? []
  }
  const resolved = async (mesh: MeshRecord, asked: string): Promise<string> => {
    const versions = await parts.versionsOf(mesh)
    const version = versions.resolve(asked)
    const why =
      version === undefined ? `${asked} is not a version that is known here` : versions.hop(mesh.version, version)
    if (version !== undefined && why === undefined) return version
    const allowed = versions.allowed(mesh.version)
    const would =
      allowed.length > 0 ? `Accepted: ${allowed.join(', ')}.` : `There is no version to go to from ${mesh.version}.`
    throw new Problem({
      kind: 'invalid',
      code: 'upgrades/target-version',
      text: `spec.targetVersion: ${why}. ${would}`.replace('..', '.'),
      facts: { allowed },
    })
  }
  const draft = async (
    mesh: MeshRecord,
    name: string,
    asked: UpgradeRecord['asked'],
    version: string,
  ): Promise<UpgradeRecord> => {
    const clusters = (await parts.clustersOf(mesh)).map((cluster) => cluster.name)
    return newUpgrade({
      id: newId(),
      name,
      project: mesh.project,
      mesh: { id: mesh.id, name: mesh.name, clusters },
      asked,
      version,
      now: clock.now(),
    })
  }
  const jobSeen = async (id: string): Promise<Worked<Seen<Job>>> => {
    const root = await desk.read(id)
    if (root) {
      const shown = shownOf(root)
      const rowsOf = await rows(shown)
      const many = shown.record.jobs.reduce((sum, job) => sum + rowsOf(job.id).length, 1)
      return seen(root, rootJobView(shown, rowsOf), many)
    }
    const item = await desk.item(id)
    const owner = item ? await desk.read(item.task) : await desk.ofCommand(id)
    const job = owner && jobOf(shownOf(owner), item?.job ?? id)
    if (!job) throw notFound('job', id)
    const below = await desk.items(job.id)
    return seen(owner, item ? subjobView(item, below, job) : stepJobView(job, below), below.length + 1)
  }
  const say = async (task: Task, command: UpgradeCommand): Promise<Task> =>
    desk.command(task.id, { id: newId(), body: command, at: clock.now() }, task.version)
  /** Which upgrade is in the way, by the name its owner gave it. */
  const busy = async (mesh: MeshRecord, thrown: unknown): Promise<never> => {
    const id = thrown instanceof Problem && thrown.code === 'tasks/busy' ? thrown.facts['task'] : undefined
    const other = typeof id === 'string' ? await desk.read(id) : undefined
    if (!other) throw thrown
    throw new Problem({
      kind: 'conflict',
      code: 'upgrades/unfinished',
      text: `Mesh ${mesh.name} has the unfinished upgrade ${shownOf(other).record.name} (${other.id}): finish it, roll it back or abandon it first.`,
    })
  }
  /** The tick may save while a request is judged: then it is judged again on what was saved, a few times. */
  const judgedOn = async <T>(
    project: string,
    id: string,
    judgement: (task: Task, shown: Shown) => Promise<T>,
  ): Promise<T> => {
    for (let tries = 0; ; tries += 1) {
      const task = await taskOf(project, id)
      try {
        return await judgement(task, shownOf(task))
      } catch (thrown) {
        if (!(thrown instanceof Problem) || !overtaken.includes(thrown.code) || tries >= 5) throw thrown
      }
    }
  }

  return {
    async create(_project, mesh, body: UpgradeCreate, _signal) {
      const version = await resolved(mesh, body.spec.targetVersion)
      const { targetVersion } = body.spec
      const record = await draft(
        mesh,
        body.metadata.name,
        { targetVersion, upgradeStrategy: 'Canary', targetType: 'InCluster' },
        version,
      )
      const command: UpgradeCommand = { do: 'execute', step: 'PreCheck' }
      const made = {
        id: record.id,
        project: mesh.project,
        subject: mesh.id,
        state: record,
        createdAt: record.createdAt,
        command: { id: newId(), body: command, at: record.createdAt },
      }
      const task = await desk.create(made).catch((thrown: unknown) => busy(mesh, thrown))
      return meshUpgradeView(shownOf(task))
    },

    async meshOf(project, id, what = 'upgrade') {
      const known = what === 'job' ? jobs.known(id) : undefined
      if (known?.project === project) return known.mesh
      const found = await desk.read(id)
      if (found?.project === project) return found.subject
      if (what === 'upgrade') throw notFound('upgrade', id)
      const item = await desk.item(id)
      const owner = item ? await desk.read(item.task) : await desk.ofCommand(id)
      if (owner?.project !== project) throw notFound('job', id)
      return owner.subject
    },

    async get(project, id) {
      const found = await upgrades.of(id, async () => {
        // Others may wait for the same: whose project it is, each is asked below.
        const task = await desk.read(id)
        if (!task) throw notFound('upgrade', id)
        return seen(task, meshUpgradeView(shownOf(task)), 1)
      })
      if (found.project !== project) throw notFound('upgrade', id)
      return found.view
    },

    put: (project, id, body: UpgradeUpdate, _signal) =>
      judgedOn(project, id, async (task, shown) => {
        mustEqual(shown.record, body)
        const admission = admit(shown.record, shown.open?.body, body.spec.currentStep)
        if (admission.kind === 'same') return meshUpgradeView(shown)
        return meshUpgradeView(shownOf(await say(task, admission.command)))
      }),

    remove: (project, id) =>
      judgedOn(project, id, async (task, shown) => {
        if (!mayDelete(shown.record, shown.open?.body))
          throw new Problem({
            kind: 'conflict',
            code: 'upgrades/in-between',
            text: `Upgrade ${shown.record.name} has begun to change the mesh: finish it, roll it back or abandon it before it is deleted.`,
          })
        await parts.touch(shown.record)
        await desk.remove(id, task.version)
        return meshUpgradeView(shown)
      }),

    async job(project, id) {
      const found = await jobs.of(id, () => jobSeen(id))
      if (found.project !== project) throw notFound('job', id)
      return found.view
    },

    async list(project, { meshes, state, after, limit }) {
      if (after !== undefined) await taskOf(project, after)
      const items: UpgradeSummary[] = []
      let last = after
      // One more than is asked for tells whether there is more; a state may be rare, so nobody knows how many it takes.
      const size = state === undefined ? Math.min(limit + 1, readAtOnce) : readAtOnce
      for (let read = 0; read < mostRead; read += size) {
        const tasks = await desk
          .page({ project, subjects: meshes, limit: size, ...(last !== undefined && { after: last }) })
          .catch((thrown: unknown) => forgotten(last, thrown))
        for (const task of tasks) {
          const view = summaryView(shownOf(task))
          if (state === undefined || view.state === state) {
            if (items.length === limit) return { items, ...(last !== undefined && { next: last }) }
            items.push(view)
          }
          last = task.id
        }
        if (tasks.length < size) return { items }
      }
      return { items, ...(last !== undefined && { next: last }) }
    },

    async findings(project, id) {
      const { record } = shownOf(await taskOf(project, id))
      const runs: Found[] = []
      for (const key of foundKeys(record.jobs)) {
        const run = (await desk.kept(id, key)) as Found | undefined
        if (run) runs.push(run)
      }
      return { items: lastFound(runs, inOrder) }
    },

    async describe(project, id) {
      const shown = shownOf(await taskOf(project, id))
      return detailView(shown, await rows(shown))
    },

    async plan(project, id, signal) {
      const { record } = shownOf(await taskOf(project, id))
      const mesh = await parts.meshOf(record).catch(noMesh)
      const seen = (await mesh.observe(preview.reads, signal)) as Observation
      return {
        upgrade: id,
        ...preview.of(record.from.revision === '' ? { ...record, ...findOld(seen, record.to.revision) } : record, seen),
      }
    },

    async notes(project, id, after, limit) {
      await taskOf(project, id)
      return { items: (await desk.notes(id, after, limit)).map(noteView) }
    },

    async *noteStream(project, id, after, signal) {
      await taskOf(project, id)
      const news = newsOf(desk, id)
      let last = after
      try {
        while (!signal.aborted) {
          // Both before they are looked for: what comes during the look cuts the next wait short, and the last note is
          // written together with the end.
          const heard = news.heard()
          const task = await desk.read(id)
          const page = await desk.notes(id, last, readAtOnce)
          for (const note of page) {
            if (signal.aborted) return
            yield noteView(note)
            last = note.number
          }
          if (page.length > 0) continue
          // Over and told to its end, or deleted.
          if (!task || task.finished) return
          await news.since(heard, signal)
        }
      } finally {
        news.stop()
      }
    },

    abandon: (project, id) =>
      judgedOn(project, id, async (task, shown) => {
        if (shown.record.ended)
          throw new Problem({
            kind: 'conflict',
            code: 'upgrades/ended',
            text: `Upgrade ${shown.record.name} has ended already (${shown.record.ended}).`,
          })
        const after = shownOf(await say(task, { do: 'abandon' }))
        return detailView(after, await rows(after))
      }),

    async check(_project, mesh, targetVersion, signal) {
      const version = (await parts.versionsOf(mesh)).resolve(targetVersion)
      if (version === undefined) await resolved(mesh, targetVersion)
      const record = await draft(
        mesh,
        'check',
        { targetVersion, upgradeStrategy: 'Canary', targetType: 'InCluster' },
        version ?? targetVersion,
      )
      const access = await judged(
        checks.filter((check) => check.gate === 'access'),
        record,
        parts,
        signal,
      )
      const blocked = access.judgements.some((one) => one.weight === 'blocks' && one.findings.length > 0)
      const start = blocked
        ? undefined
        : await judged(
            checks.filter((check) => check.gate === 'start'),
            record,
            parts,
            signal,
          )
      const all = [...access.judgements, ...(start?.judgements ?? [])]
      const from = start?.upgrade.from ?? { revision: '', version: mesh.version }
      return {
        mesh: { id: mesh.id, name: mesh.name },
        from: { revision: from.revision, version: from.version },
        to: { revision: record.to.revision, version: record.to.version },
        findings: foundIn(all).findings,
        checks: all.map((one) => ({ id: one.check, title: one.title, findings: one.findings.length })),
      }
    },
  }
}

const inOrder = checks.map(({ id }) => id)

/** A view and what has to be asked before somebody may see it. A view is a function of what is stored: no time goes into it. */
interface Seen<View> {
  readonly project: string
  readonly mesh: string
  readonly view: View
}

const seen = <View>(
  { id, project, subject }: Task,
  view: View,
  /** Jobs and subjobs in it. */
  weight: number,
): Worked<Seen<View>> => ({ task: id, value: { project, mesh: subject, view }, weight })

/** Of both kinds of views, in jobs and subjobs: about 1 KiB each, with the text that they are sent as. */
const viewsKept = 20_000

/** Records that are in memory at once. */
const readAtOnce = 100
/** Of one answer: what is looked for may be rare. Then less than was asked for is answered, and where to go on. */
const mostRead = 2_000

/** It was deleted between two pages. */
function forgotten(after: string | undefined, thrown: unknown): never {
  if (after !== undefined && thrown instanceof Problem && thrown.code === 'tasks/unknown')
    throw notFound('upgrade', after)
  throw thrown
}

/** The checks of one gate, as PreCheck runs them, without a task. */
async function judged(
  gate: readonly Check[],
  record: UpgradeRecord,
  parts: UpgradeDoorParts,
  signal: AbortSignal,
): Promise<{ readonly judgements: readonly Judgement[]; readonly upgrade: UpgradeRecord }> {
  const mesh = await parts.meshOf(record)
  const start = gate.some((check) => check.gate === 'start')
  const reads = [
    ...new Set<MeshPart>([
      ...readsOf(gate),
      ...(start ? (['controlPlanes', 'releases', 'webhooks', 'namespaces', 'pods'] as const) : []),
    ]),
  ]
  const seen = (await mesh.observe(reads, signal)) as Observation
  const upgrade = start ? { ...record, ...findOld(seen, record.to.revision) } : record
  const situation: Situation = {
    upgrade,
    job: '',
    seen,
    answers: [],
    before: undefined,
    now: parts.clock.now(),
    settings: parts.settings,
    outside: await parts.outsideOf(record),
  }
  const answers = await mesh.ask(asksOf(gate, checkSituation(situation)), signal)
  return { judgements: judge(gate, checkSituation({ ...situation, answers })), upgrade }
}

function shownOf(task: Task): Shown {
  const { command } = task
  return {
    record: readRecord(task.state),
    open: command && { id: command.id, body: command.body as UpgradeCommand, at: command.at },
  }
}

/** Only `spec.currentStep` may differ from what is stored (asm-api Q14); a version as it was asked for or as it resolved. */
function mustEqual(record: UpgradeRecord, { metadata, spec }: UpgradeUpdate): void {
  const differs = (field: string, stored: string): Problem =>
    new Problem({
      kind: 'invalid',
      code: 'upgrades/fixed-field',
      text: `${field} cannot be changed: it must be ${stored}.`,
    })
  if (metadata.name !== record.name) throw differs('metadata.name', record.name)
  if (spec.meshId !== record.mesh.id) throw differs('spec.meshId', record.mesh.id)
  const bare = spec.targetVersion.replace(/^v/, '')
  if (bare !== record.asked.targetVersion.replace(/^v/, '') && bare !== record.to.version)
    throw differs('spec.targetVersion', record.to.version)
}

/** What the store says when somebody wrote between reading and writing. */
const overtaken: readonly string[] = ['tasks/moved', 'tasks/command-open', 'tasks/finished']

/** No cluster refused anything, as a step would have it: there is nothing to plan for any more. */
function noMesh(thrown: unknown): never {
  if (!(thrown instanceof Problem) || thrown.code !== 'meshes/forgotten') throw thrown
  throw new Problem({ kind: 'conflict', code: thrown.code, text: thrown.message, cause: thrown })
}

function notFound(what: string, id: string): Problem {
  return new Problem({
    kind: 'not-found',
    code: `${what}s/unknown`,
    text: `There is no ${what} ${id} in this project.`,
  })
}
