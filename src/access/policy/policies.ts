/** Answers questions from the directory as it is now. */

import type { Directory } from '../directory/directory.ts'
import type { Considered, Decision, ExplainedDecision, Question } from '../permission.ts'
import type { Version } from './compiled.ts'
import { evaluate } from './evaluate.ts'
import type { Outcome } from './evaluate.ts'
import { heldBy, readingOnce } from './held.ts'
import type { Held } from './held.ts'
import { readPolicy } from './read.ts'
import { requestOf } from './request.ts'

export interface Policies {
  decide(question: Question): Decision
  /** Slower: says what it looked at. Decides the same. */
  explain(question: Question): ExplainedDecision
  /** invalid: `policies/invalid`, `policies/limit`; names the element. */
  check(document: unknown): Version
}

export interface PoliciesParts {
  /** A new object after every change, never one that changes: what is worked out from it is kept for as long as it stays. */
  readonly directory: () => Directory
  readonly region: string
  readonly warn: (facts: Readonly<Record<string, unknown>>, text: string) => void
}

export function policies({ directory, region, warn }: PoliciesParts): Policies {
  const reading = readingOnce()
  // A directory that was replaced takes with it what was worked out from it.
  const held = new WeakMap<Directory, Map<string, readonly Held[]>>()
  // By the policy as it was read: written anew, it is worth a word again.
  const remarked = new WeakSet<object>()

  const heldNow = (user: string): readonly Held[] => {
    const now = directory()
    const lists = held.get(now) ?? new Map<string, readonly Held[]>()
    held.set(now, lists)
    const list = lists.get(user) ?? heldBy(user, now, reading)
    lists.set(user, list)
    return list
  }

  const remark = ({ remark: one }: Outcome, question: Question): void => {
    if (one === undefined || remarked.has(one.held.policy)) return
    remarked.add(one.held.policy)
    const facts = { policy: one.held.id, name: one.held.name, action: question.permission.actions[0] }
    if (one.about === 'also')
      warn(facts, 'A policy decides by the name of another action that the documents mix up with this one.')
    else warn(facts, 'A policy cannot be read: whoever has it may do nothing.')
  }

  const judge = (question: Question, heard?: (one: Considered) => void): Decision => {
    if (question.caller.administrator) return { allowed: true, by: 'administrator' }
    const outcome = evaluate(heldNow(question.caller.user.id), requestOf(question, region), heard)
    remark(outcome, question)
    return outcome.decision
  }

  return {
    decide: (question) => judge(question),
    explain: (question) => {
      const considered: Considered[] = []
      return { decision: judge(question, (one) => considered.push(one)), considered }
    },
    check: (document) => readPolicy(document).version,
  }
}
