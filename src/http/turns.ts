/** Rules that look at several stores before one is written: what is about the same thing goes one after the other. */

import { inTurn } from '../lib/in-turn.ts'
import type { InTurn } from '../lib/in-turn.ts'

/** Taken in this order where one needs several, so that two requests never wait for each other. */
export interface Turns {
  /** So that no upgrade of a mesh begins while it is forgotten. */
  readonly ofMesh: InTurn
  /** So that nothing is put into a project while that is removed. */
  readonly ofProject: InTurn
  /** The same for an enterprise project. */
  readonly ofEnterpriseProject: InTurn
}

export const turns = (): Turns => ({ ofMesh: inTurn(), ofProject: inTurn(), ofEnterpriseProject: inTurn() })
