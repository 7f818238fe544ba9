/** What a handler is given and what it gives back; the shapes come from the route table. */

import type { Caller } from '../access/access.ts'
import type { Answer, Body, Params, Query, RouteName } from '../contract/routes.ts'

export interface Asked<Name extends RouteName> {
  readonly params: Params<Name>
  readonly query: Query<Name>
  /** Checked, and without members that the shape does not know. */
  readonly body: Body<Name>
  /** Aborted when the caller goes away or the server stops. */
  readonly signal: AbortSignal
  /** Absent where nobody needs to be known. */
  readonly caller: Caller | undefined
  readonly answerHeader: (name: string, value: string) => void
}

/** Refuses by throwing a Problem. */
export type Handler<Name extends RouteName> = (asked: Asked<Name>) => Promise<Answer<Name>>

export type Handlers<Names extends RouteName = RouteName> = { readonly [Name in Names]: Handler<Name> }
