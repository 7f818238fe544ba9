/** What the program ends with, so that a script knows what happened without reading. */

import type { Problem, ProblemKind } from '../lib/problem.ts'

export const exitCodes = {
  done: 0,
  other: 1,
  invalid: 2,
  unauthenticated: 3,
  notFound: 4,
  conflict: 5,
  /** Checks object. */
  blocked: 6,
  unavailable: 7,
  /** Stands still until somebody does something, and everything may still go well. */
  held: 8,
  /** Failed or rolled back. */
  failed: 9,
  /** Asked whether somebody else may do something: no. Code 3 is about who asks. */
  denied: 10,
  /** As a shell reports a program that ctrl-c ended. */
  interrupted: 130,
} as const

const byKind: Readonly<Record<ProblemKind, number>> = {
  invalid: exitCodes.invalid,
  unauthenticated: exitCodes.unauthenticated,
  forbidden: exitCodes.unauthenticated,
  'not-found': exitCodes.notFound,
  conflict: exitCodes.conflict,
  blocked: exitCodes.blocked,
  rejected: exitCodes.other,
  unavailable: exitCodes.unavailable,
  timeout: exitCodes.unavailable,
  'lease-lost': exitCodes.unavailable,
  aborted: exitCodes.interrupted,
  bug: exitCodes.other,
}

export const exitCodeOf = ({ kind }: Problem): number => byKind[kind]

/** For help. */
export const exitCodesInWords =
  '0 done, 1 other error, 2 invalid, 3 not logged in or not allowed, 4 not found, 5 conflict, 6 blocked by checks, ' +
  '7 not reachable or timed out, 8 held, 9 failed or rolled back, 10 explained and denied, 130 interrupted'
