/**
 * The port to durable work: who runs what, when, one at a time. It has no idea what an upgrade is: a task's `state` is
 * JSON that only its owner reads. Drivers: memory, SQLite; the same suite holds both.
 */

/** One row; small and mutable. */
export interface Task {
  readonly id: string
  /** The project it belongs to; nobody of another project ever sees it. */
  readonly project: string
  /** What it works on. At most one unfinished task a subject. */
  readonly subject: string
  readonly finished: boolean
  /** JSON of the owner (the upgrade's record). */
  readonly state: unknown
  /** When to look at it next; undefined = only when a command arrives. */
  readonly wakeAt: number | undefined
  readonly createdAt: number
  /** Starts at 1 and grows with each save and each accepted command, for both change what is shown: it is the ETag. */
  readonly version: number
  /** The one command that waits to be folded, if any. */
  readonly command: Command | undefined
}

export interface Command {
  /** Minted by whoever accepted it; the id of the job it starts. */
  readonly id: string
  readonly body: unknown
  readonly at: number
}

/** One row a subjob, keyed by job; written in the tick's transaction. */
export interface Item {
  readonly id: string
  readonly task: string
  readonly job: string
  /** Place in the tree, `/`-joined: `move-workloads/prod/shop/cart`. Unique in a job; a save that gives it to a second item fails whole. */
  readonly path: string
  readonly phase: 'Initializing' | 'Running' | 'Success' | 'Failed'
  readonly title: string
  readonly reason: string
  readonly startedAt?: number
  readonly completedAt?: number
}

/** One line of the diary. `number` is given by the store: 1, 2, ... within a task. */
export interface Note {
  readonly number: number
  readonly at: number
  readonly body: unknown
}

/** What a tick writes, all in one transaction, or nothing of it. */
export interface Save {
  readonly task: string
  /** The version that was read: another one in the store means conflict. */
  readonly version: number
  readonly state: unknown
  readonly finished: boolean
  readonly wakeAt: number | undefined
  /** Id of the command that this save folded into the state. */
  readonly folded?: string
  /** Items to insert or to replace (by id). */
  readonly items: readonly Item[]
  readonly notes: readonly { readonly at: number; readonly body: unknown }[]
  /** Immutable side table: written once a key; a second write of a key is ignored. */
  readonly keep: readonly { readonly key: string; readonly value: unknown }[]
}

/** Number of the lease that was held; a save under an older one is refused with `lease-lost`. */
export type Epoch = number

/** For the worker and the tick: only the holder of the lease row writes. */
export interface TaskStore {
  /**
   * Takes or prolongs the one lease row; undefined while somebody else's has not run out. The same owner takes it back
   * at once, under a new epoch after a restart (`fresh`). An epoch is never given twice.
   */
  lease(owner: string, now: number, ttlMs: number, fresh: boolean): Promise<Epoch | undefined>
  /** Gives the lease up, so that the next process need not wait for it to run out; the epoch ends with it. Does nothing when somebody else holds it. */
  release(owner: string): Promise<void>
  /** Throws lease-lost when the epoch is not the newest. Read again before each action. */
  holds(epoch: Epoch): Promise<void>
  /** Unfinished tasks with an open command or `wakeAt <= now`, oldest wake first. */
  due(now: number, limit: number): Promise<readonly Task[]>
  /** Earliest `wakeAt` of unfinished tasks; undefined when none. */
  nextWake(): Promise<number | undefined>
  /** The tick's one transaction. lease-lost; conflict (`tasks/moved`) when the version moved, (`tasks/finished`); not-found. */
  save(epoch: Epoch, save: Save): Promise<Task>
  kept(task: string, key: string): Promise<unknown>
  read(task: string): Promise<Task | undefined>
}

export interface TaskPage {
  readonly project: string
  readonly subjects: readonly string[]
  /** Id of a task. */
  readonly after?: string
  readonly limit: number
}

/** For requests: create, ask, read, forget. */
export interface TaskDesk {
  /** conflict (`tasks/busy`) when an unfinished task of this subject exists. Its `command` is open in the same transaction; version 1, no wake. */
  create(task: {
    readonly id: string
    readonly project: string
    readonly subject: string
    readonly state: unknown
    readonly createdAt: number
    readonly command: Command
  }): Promise<Task>
  /** conflict (`tasks/finished`) when the task is finished, (`tasks/command-open`) when one waits already, (`tasks/moved`) when it is no longer the `version` that the asker judged; not-found. */
  command(task: string, command: Command, version: number): Promise<Task>
  read(task: string): Promise<Task | undefined>
  /** All of them, newest first. `unfinished`: without those that are finished. */
  list(filter: {
    readonly project?: string
    readonly subject?: string
    readonly unfinished?: true
  }): Promise<readonly Task[]>
  /** Newest first; those older than the task `after`. not-found (`tasks/unknown`) when there is no such task. */
  page(asked: TaskPage): Promise<readonly Task[]>
  /** Every subject that a task of this project is about, each once. */
  subjects(project: string): Promise<readonly string[]>
  /** The task that a command with this id was ever given to. */
  ofCommand(id: string): Promise<Task | undefined>
  /** Items of a job in the order they were first written; or one item by its id. */
  items(job: string): Promise<readonly Item[]>
  item(id: string): Promise<Item | undefined>
  notes(task: string, after: number, limit: number): Promise<readonly Note[]>
  /** Removes the task with items, notes and side rows. not-found; conflict (`tasks/moved`). */
  remove(task: string, version: number): Promise<void>
  /** Calls back after each create, command, save and removal (of this process), until stopped. The listener must not throw. */
  watch(listener: (task: string) => void): () => void
}
