/** The chain of the audit log: each entry carries the hash of the one before it. Pure. */

import { createHmac } from 'node:crypto'
import type { AuditEntry } from '../../contract/iam.ts'
import { timestamp } from '../../lib/clock.ts'
import { canonical } from '../../lib/json.ts'
import type { NewEntry } from './log.ts'

export interface ChainedEntry {
  /** 1, 2, ... */
  readonly number: number
  /** Canonical JSON of a `NewEntry`: what is hashed is what is stored, so a text that is no JSON any more is noticed too. */
  readonly entry: string
  /** Hash of the entry before; empty for the first. */
  readonly previous: string
  readonly hash: string
}

/** The last entry, kept apart from the entries: without it nobody would miss those that were cut off at the end. */
export interface Head {
  readonly number: number
  readonly hash: string
  /** Only who has the key can make it. */
  readonly seal: string
}

/** 64 hexadecimal digits: HMAC-SHA256 of the canonical JSON of `{entry, number, previous}`. */
function entryHash(key: Buffer, number: number, previous: string, entry: string): string {
  return hmac(key, `{"entry":${entry},"number":${number},"previous":${JSON.stringify(previous)}}`)
}

/** Sealed over other members than an entry has, so that none can stand for the other. */
function headSeal(key: Buffer, number: number, hash: string): string {
  return hmac(key, canonical({ head: hash, number }))
}

const hmac = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('hex')

export function isHead(key: Buffer, { number, hash, seal }: Head): boolean {
  return seal === headSeal(key, number, hash)
}

/**
 * The next entry and the new head.
 * @param head as it is stored; undefined in a log that was never written to
 * @param last number of the last entry that is stored; 0 for none. When the head is not ours, or is missing beside
 *   entries, the log was tampered with: a number is left out then, so that going on does not repair the chain.
 */
export function chained(
  key: Buffer,
  entry: NewEntry,
  head: Head | undefined,
  last: number,
): { readonly next: ChainedEntry; readonly head: Head } {
  const known = head !== undefined && isHead(key, head) ? head : undefined
  const fresh = head === undefined && last === 0
  const from = known ?? { number: fresh ? 0 : last + 1, hash: '' }
  // Somebody may have added rows beyond the head: those numbers are taken.
  const number = Math.max(from.number, last) + 1
  // Through JSON first: what it has no word for is neither stored nor covered.
  const text = canonical(JSON.parse(JSON.stringify(entry)))
  const hash = entryHash(key, number, from.hash, text)
  return {
    next: { number, entry: text, previous: from.hash, hash },
    head: { number, hash, seal: headSeal(key, number, hash) },
  }
}

/** Whether it follows on `previous` and is as it was written. */
export function follows(key: Buffer, one: ChainedEntry, previous: { number: number; hash: string }): boolean {
  return (
    one.number === previous.number + 1 &&
    one.previous === previous.hash &&
    one.hash === entryHash(key, one.number, one.previous, one.entry)
  )
}

export function shownEntry({ number, entry, previous, hash }: ChainedEntry): AuditEntry {
  const { at, ...rest }: NewEntry = JSON.parse(entry)
  return { ...rest, at: timestamp(at), number, previous, hash }
}
