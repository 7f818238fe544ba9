/** Watches one upgrade until something is so, and shows it meanwhile. */

import type { Note, UpgradeDetail } from '../contract/extensions.ts'
import type { Clock } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import type { Session } from './session.ts'

/** What people see while they wait. */
export interface Show {
  /** Asked often; `notes` are the new ones. */
  update(upgrade: UpgradeDetail, notes: readonly Note[]): void
  /** The server does not answer; it is asked again. */
  trouble(problem: Problem): void
  end(): void
}

export interface FollowOptions {
  readonly session: Session
  readonly id: string
  readonly until: (upgrade: UpgradeDetail, notes: readonly Note[]) => boolean
  readonly show: Show
  /** Notes up to this number were shown before. */
  readonly after: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface Followed {
  readonly upgrade: UpgradeDetail
  /** Number of the last note that was shown. */
  readonly last: number
}

const lookEveryMs = 200
/** A server that is started anew is back by then. */
const patienceMs = 60_000
const page = 1000

/** Throws what the server refuses; unavailable when it stays away; the signal's reason when it is aborted. */
export async function follow({ session, id, until, show, after, clock, signal }: FollowOptions): Promise<Followed> {
  let last = after
  let silentSince: number | undefined
  for (;;) {
    signal.throwIfAborted()
    try {
      // Notes after the upgrade: those of its state are then among them.
      const upgrade = await session.call('describeUpgrade', { mesh_upgrade_id: id }, signal)
      const notes = await notesAfter(session, id, last, signal)
      last = notes.at(-1)?.number ?? last
      silentSince = undefined
      show.update(upgrade, notes)
      if (until(upgrade, notes)) return { upgrade, last }
    } catch (thrown) {
      if (session.inProcess || !(thrown instanceof Problem) || thrown.kind !== 'unavailable') throw thrown
      silentSince ??= clock.now()
      if (clock.now() - silentSince > patienceMs) throw thrown
      show.trouble(thrown)
    }
    await clock.sleep(lookEveryMs, signal)
  }
}

export async function notesAfter(
  session: Session,
  id: string,
  after: number,
  signal: AbortSignal,
): Promise<readonly Note[]> {
  const all: Note[] = []
  for (;;) {
    const query = { after: String(all.at(-1)?.number ?? after), limit: String(page) }
    const { items } = await session.call('listNotes', { mesh_upgrade_id: id, query }, signal)
    all.push(...items)
    if (items.length < page) return all
  }
}
