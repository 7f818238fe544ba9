/** What is told of upgrades: every answer is a view of what is stored, and no cluster is looked at. */

import type { UpgradeSummary } from '../contract/extensions.ts'
import type { Job } from '../contract/jobs.ts'
import type { MeshUpgrade } from '../contract/upgrades.ts'
import type { UpgradeDoor } from '../http/parts.ts'
import { Problem } from '../lib/problem.ts'
import { whenThere } from '../lib/soon.ts'
import { newsOf } from '../tasks/news.ts'
import { remembered } from '../tasks/remembered.ts'
import type { Worked } from '../tasks/remembered.ts'
import type { Item, Task, TaskDesk, TaskStore } from '../tasks/store.ts'
import { checks } from '../upgrade/checks.ts'
import { foundKeys, lastFound } from '../upgrade/found.ts'
import type { Found } from '../upgrade/found.ts'
import {
  detailView,
  jobOf,
  meshUpgradeView,
  noteView,
  rootJobView,
  stepJobView,
  subjobView,
  summaryView,
} from '../upgrade/view.ts'
import { notFound, rowsOf, shownOf, taskOf } from './upgrade-task.ts'

export interface ReadingParts {
  readonly desk: TaskDesk & Pick<TaskStore, 'kept'>
}

export type UpgradeReading = Pick<
  UpgradeDoor,
  'meshOf' | 'get' | 'job' | 'list' | 'findings' | 'describe' | 'notes' | 'noteStream'
>

export function upgradeReading({ desk }: ReadingParts): UpgradeReading {
  const upgrades = remembered<Seen<MeshUpgrade>>(desk, viewsKept)
  const jobs = remembered<Seen<Job>>(desk, viewsKept)

  /** The task that a job or a subjob is of, and the row of a subjob. */
  const ownerOf = async (job: string): Promise<{ readonly item: Item | undefined; readonly owner?: Task }> => {
    const item = await desk.item(job)
    const owner = item ? await desk.read(item.task) : await desk.ofCommand(job)
    return { item, ...(owner && { owner }) }
  }
  const jobSeen = async (id: string): Promise<Worked<Seen<Job>>> => {
    const root = await desk.read(id)
    if (root) {
      const shown = shownOf(root)
      const rows = await rowsOf(desk, shown)
      const many = shown.record.jobs.reduce((sum, job) => sum + rows(job.id).length, 1)
      return seen(root, rootJobView(shown, rows), many)
    }
    const { item, owner } = await ownerOf(id)
    const job = owner && jobOf(shownOf(owner), item?.job ?? id)
    if (!job) throw notFound('job', id)
    const below = await desk.items(job.id)
    return seen(owner, item ? subjobView(item, below, job) : stepJobView(job, below), below.length + 1)
  }

  const upgradeSeen = async (id: string): Promise<Worked<Seen<MeshUpgrade>>> => {
    const task = await desk.read(id)
    if (!task) throw notFound('upgrade', id)
    return seen(task, meshUpgradeView(shownOf(task)), 1)
  }
  const meshRead = async (project: string, id: string, what: 'upgrade' | 'job'): Promise<string> => {
    const found = await desk.read(id)
    if (found?.project === project) return found.subject
    if (what === 'upgrade') throw notFound('upgrade', id)
    const { owner } = await ownerOf(id)
    if (owner?.project !== project) throw notFound('job', id)
    return owner.subject
  }

  return {
    meshOf(project, id, what = 'upgrade') {
      const known = what === 'job' ? jobs.known(id) : undefined
      return known?.project === project ? known.mesh : meshRead(project, id, what)
    },

    // Others may wait for the same: whose project it is, each is asked afterwards.
    get: (project, id) =>
      whenThere(
        upgrades.of(id, () => upgradeSeen(id)),
        viewIn(project, 'upgrade', id),
      ),

    job: (project, id) =>
      whenThere(
        jobs.of(id, () => jobSeen(id)),
        viewIn(project, 'job', id),
      ),

    async list(project, { meshes, state, after, limit }) {
      if (after !== undefined) await taskOf(desk, project, after)
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
      const { record } = shownOf(await taskOf(desk, project, id))
      const runs: Found[] = []
      for (const key of foundKeys(record.jobs)) {
        const run = (await desk.kept(id, key)) as Found | undefined
        if (run) runs.push(run)
      }
      return { items: lastFound(runs, inOrder) }
    },

    async describe(project, id) {
      const shown = shownOf(await taskOf(desk, project, id))
      return detailView(shown, await rowsOf(desk, shown))
    },

    async notes(project, id, after, limit) {
      await taskOf(desk, project, id)
      return { items: (await desk.notes(id, after, limit)).map(noteView) }
    },

    async *noteStream(project, id, after, signal) {
      await taskOf(desk, project, id)
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

const viewIn =
  (project: string, what: 'upgrade' | 'job', id: string) =>
  <View>(found: Seen<View>): View => {
    if (found.project !== project) throw notFound(what, id)
    return found.view
  }

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
