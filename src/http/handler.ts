/** What a handler is given and what it gives back; the shapes come from the route table. */

import type { Caller, Origin } from '../access/caller.ts'
import type { Resource } from '../access/permission.ts'
import type { Soon } from '../lib/soon.ts'
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
  readonly from: Origin
  /** The request's own headers, for the few that mean something to one route. Names in lower case. */
  readonly header: (name: string) => string | undefined
  /**
   * Throws forbidden (`access/denied`) when policies do not allow the route on this. A route with a permission that
   * answers without having asked is a bug and is refused as one.
   * @param also what this very request needs beside the route's own actions: any of them allows, any of them denies
   */
  readonly permit: (resource: Resource, also?: readonly string[]) => void
  /** The same as a question, for lists. Does not count as having asked: `permitted` does. */
  readonly may: (resource: Resource) => boolean
  /**
   * Of these, those that the caller may see. Throws forbidden when there is none and it may see nothing of that kind in
   * the whole project.
   */
  readonly permitted: <T>(things: readonly T[], resourceOf: (thing: T) => Resource) => readonly T[]
  /** For the audit log: the object as it was. */
  readonly was: (before: unknown) => void
  /** @param name in lower case */
  readonly answerHeader: (name: string, value: string) => void
}

/** Refuses by throwing a Problem. */
export type Handler<Name extends RouteName> = (asked: Asked<Name>) => Soon<Answer<Name>>

export type Handlers<Names extends RouteName = RouteName> = { readonly [Name in Names]: Handler<Name> }
