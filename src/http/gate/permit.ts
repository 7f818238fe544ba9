/** What policies allow of one request. The handler knows what it is about, so the handler asks. */

import type { Access } from '../../access/access.ts'
import type { Caller, Named } from '../../access/caller.ts'
import type { Decision, Resource } from '../../access/permission.ts'
import { actions } from '../../contract/actions.ts'
import type { Needs, Permission } from '../../contract/route.ts'
import { Problem } from '../../lib/problem.ts'

export interface PermitParts {
  readonly access: Pick<Access, 'decide'>
  readonly needs: Needs
  readonly caller: Caller | undefined
  /** Undefined on routes outside of projects. */
  readonly project: Named | undefined
  readonly now: () => number
}

/** Of one request. */
export class Permits {
  readonly #parts: PermitParts
  /** The route has a permission that nobody asked for so far. */
  #open: boolean

  constructor(parts: PermitParts) {
    this.#parts = parts
    this.#open = typeof parts.needs === 'object'
  }

  may(resource: Resource): boolean {
    return this.#decide(resource).decision.allowed
  }

  permit(resource: Resource, also?: readonly string[]): void {
    const judged = this.#decide(resource, also)
    this.#open = false
    if (!judged.decision.allowed) throw denied(judged)
  }

  permitted<T>(things: readonly T[], resourceOf: (thing: T) => Resource): readonly T[] {
    this.#open = false
    const seen = things.filter((thing) => this.may(resourceOf(thing)))
    if (seen.length > 0) return seen
    // An empty list would hide from somebody without any permission that it is this which is missing.
    const judged = this.#decide({ type: typeOf(this.#parts.needs), id: '*' })
    if (!judged.decision.allowed) throw denied(judged)
    return seen
  }

  /** Throws a bug when the route has a permission that nobody asked for. */
  finish(): void {
    if (this.#open) throw bug('A route with a permission answered without having asked for it.')
  }

  #decide(resource: Resource, also: readonly string[] = []): Judged {
    const { access, needs, caller, project, now } = this.#parts
    if (typeof needs !== 'object' || !caller || !project) throw bug('A permission was asked for that no route has.')
    const permission = (also.length === 0 ? needs : { ...needs, actions: [...needs.actions, ...also] }) as Permission
    const decision = access.decide({ caller, project, permission, resource, now: now() })
    return { decision, user: caller.user.name, permission, resource }
  }
}

function typeOf(needs: Needs): Resource['type'] {
  const [name] = typeof needs === 'object' ? needs.actions : []
  return Object.entries(actions).find(([action]) => action === name)?.[1].resource ?? 'mesh'
}

interface Judged {
  readonly decision: Decision
  readonly user: string
  readonly permission: Permission
  readonly resource: Resource
}

/** Who was denied `meshlift:upgrade:finish` is not told of `asm:mesh:upgrade`, which the same policies may allow. */
function denied({ decision, user, permission, resource: { type, id } }: Judged): Problem {
  const about = id === '*' ? `any ${type} of this project` : `${type} ${id}`
  const byStatement = decision.by === 'statement'
  const action = byStatement ? decision.action : permission.actions.join(' or ')
  const why = byStatement
    ? `a statement of policy ${decision.decided.policy} denies it`
    : 'no policy of this user allows it'
  return new Problem({
    kind: 'forbidden',
    code: 'access/denied',
    text: `User ${user} is not allowed ${action} on ${about}: ${why}. Ask an administrator.`,
    facts: { action, resource: `${type}/${id}` },
  })
}

const bug = (text: string): Problem => new Problem({ kind: 'bug', code: 'http/permission-not-asked', text })
