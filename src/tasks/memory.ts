/** Tasks in memory: for tests, simulations and checks that leave nothing behind. */

import { Problem } from '../lib/problem.ts'
import { giveUpLease, holdsLease, noLease, takeLease } from './lease.ts'
import { taskListeners } from './listeners.ts'
import { alreadyFinished, busy, commandOpen, leaseLost, moved, unknownTask } from './refusals.ts'
import type { Command, Epoch, Item, Note, Save, Task, TaskDesk, TaskStore } from './store.ts'

interface Entry {
  readonly task: Task
  readonly notes: readonly Note[]
  readonly kept: ReadonlyMap<string, unknown>
}

/** Values go in and come out as copies, as they do in a database. */
function copied<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value))
}

export function memoryTasks(): TaskStore & TaskDesk {
  const entries = new Map<string, Entry>()
  const items = new Map<string, { readonly task: string; readonly item: Item }>()
  const places = new Map<string, string>()
  /** Every command that was accepted, and its task. */
  const commands = new Map<string, string>()
  const { watch, tell } = taskListeners()
  let lease = noLease

  const place = ({ job, path }: Item): string => `${job}\u0000${path}`
  const all = (): readonly Task[] => [...entries.values()].map(({ task }) => task)
  const entryOf = (task: string): Entry => {
    const entry = entries.get(task)
    if (entry === undefined) throw unknownTask(task)
    return entry
  }
  const check = (epoch: Epoch): void => {
    if (!holdsLease(lease, epoch)) throw leaseLost()
  }
  const checkPlaces = (written: readonly Item[]): void => {
    const taken = new Map<string, string>()
    for (const item of written) {
      const holder = taken.get(place(item)) ?? places.get(place(item))
      if (holder !== undefined && holder !== item.id)
        throw new Problem({
          kind: 'bug',
          code: 'tasks/path-taken',
          text: `Two items of job ${item.job} stand at ${item.path}.`,
        })
      taken.set(place(item), item.id)
    }
  }
  const put = (written: Item): void => {
    const before = items.get(written.id)
    if (before !== undefined) places.delete(place(before.item))
    places.set(place(written), written.id)
    items.set(written.id, { task: written.task, item: copied(written) }) // a key that is there keeps its place in the order
  }
  const newestFirst = (chosen: (task: Task) => boolean): readonly Task[] =>
    all()
      .filter(chosen)
      .toReversed()
      .toSorted((a, b) => b.createdAt - a.createdAt)
  /** Whoever minted one id twice has a bug; nothing is written then. */
  const note = ({ id }: Command, task: string): void => {
    if (commands.has(id))
      throw new Problem({ kind: 'bug', code: 'tasks/command-taken', text: `There was a command ${id} before.` })
    commands.set(id, task)
  }
  const read = async (task: string): Promise<Task | undefined> => copied(entries.get(task)?.task)
  const write = (entry: Entry): Task => {
    entries.set(entry.task.id, entry)
    tell(entry.task.id)
    return copied(entry.task)
  }

  const store: TaskStore = {
    lease: async (owner, now, ttlMs, fresh) => {
      const taken = takeLease(lease, { owner, now, ttlMs, fresh })
      lease = taken ?? lease
      return taken?.epoch
    },
    release: async (owner) => {
      lease = giveUpLease(lease, owner)
    },
    holds: async (epoch) => check(epoch),
    due: async (now, limit) =>
      all()
        .filter((task) => !task.finished && (task.command !== undefined || (task.wakeAt ?? Infinity) <= now))
        .toSorted((a, b) => dueSince(a) - dueSince(b))
        .slice(0, limit)
        .map(copied),
    nextWake: async () => {
      const wakes = all().flatMap(({ finished, wakeAt }) => (finished || wakeAt === undefined ? [] : [wakeAt]))
      return wakes.length === 0 ? undefined : Math.min(...wakes)
    },
    save: async (epoch, save) => {
      check(epoch)
      const entry = entryOf(save.task)
      const { task } = entry
      if (task.finished) throw alreadyFinished(task.id)
      if (task.version !== save.version) throw moved(task.id)
      if (save.folded !== undefined && task.command?.id !== save.folded) throw moved(task.id)
      checkPlaces(save.items)
      for (const item of save.items) put(item)
      return write(saved(entry, save))
    },
    kept: async (task, key) => copied(entries.get(task)?.kept.get(key)),
    read,
  }

  const desk: TaskDesk = {
    create: async (asked) => {
      const unfinished = all().find(({ subject, finished }) => subject === asked.subject && !finished)
      if (unfinished !== undefined) throw busy(asked.subject, unfinished.id)
      if (entries.has(asked.id))
        throw new Problem({ kind: 'bug', code: 'tasks/id-taken', text: `Task ${asked.id} exists.` })
      const { id, project, subject, createdAt } = asked
      note(asked.command, id)
      const given = { state: copied(asked.state), command: copied(asked.command) }
      const task: Task = { id, project, subject, createdAt, ...given, finished: false, wakeAt: undefined, version: 1 }
      return write({ task, notes: [], kept: new Map() })
    },
    command: async (id, command, version) => {
      const { task, notes, kept } = entryOf(id)
      if (task.finished) throw alreadyFinished(id)
      if (task.command !== undefined) throw commandOpen(id, task.command.id)
      if (task.version !== version) throw moved(id)
      note(command, id)
      return write({ task: { ...task, version: version + 1, command: copied(command) }, notes, kept })
    },
    read,
    list: async ({ project, subject, unfinished }) =>
      newestFirst(
        (task) =>
          task.project === (project ?? task.project) &&
          task.subject === (subject ?? task.subject) &&
          !(unfinished && task.finished),
      ).map(copied),
    page: async ({ project, subjects, after, limit }) => {
      const whole = newestFirst((task) => task.project === project)
      const start = after === undefined ? 0 : whole.findIndex(({ id }) => id === after) + 1
      if (after !== undefined && start === 0) throw unknownTask(after)
      return whole
        .slice(start)
        .filter(({ subject }) => subjects.includes(subject))
        .slice(0, limit)
        .map(copied)
    },
    subjects: async (project) => [
      ...new Set(all().flatMap((task) => (task.project === project ? [task.subject] : []))),
    ],
    ofCommand: async (id) => read(commands.get(id) ?? ''),
    items: async (job) => [...items.values()].filter(({ item }) => item.job === job).map(({ item }) => copied(item)),
    item: async (id) => copied(items.get(id)?.item),
    notes: async (task, after, limit) =>
      (entries.get(task)?.notes ?? []).slice(Math.max(0, after), Math.max(0, after) + limit).map(copied),
    remove: async (id, version) => {
      if (entryOf(id).task.version !== version) throw moved(id)
      entries.delete(id)
      for (const [key, { task, item }] of items)
        if (task === id) {
          items.delete(key)
          places.delete(place(item))
        }
      for (const [command, task] of commands) if (task === id) commands.delete(command)
      tell(id)
    },
    watch,
  }

  return { ...store, ...desk }
}

/** A command is due from the moment it was given. */
function dueSince({ wakeAt, command }: Task): number {
  return Math.min(wakeAt ?? Infinity, command?.at ?? Infinity)
}

function saved({ task, notes, kept }: Entry, save: Save): Entry {
  return {
    task: {
      ...task,
      state: copied(save.state),
      finished: save.finished,
      wakeAt: save.wakeAt,
      version: task.version + 1,
      command: save.folded === undefined ? task.command : undefined,
    },
    notes: [...notes, ...save.notes.map((note, index) => ({ ...copied(note), number: notes.length + index + 1 }))],
    kept: new Map([...save.keep.map(({ key, value }) => [key, copied(value)] as const).toReversed(), ...kept]),
  }
}
