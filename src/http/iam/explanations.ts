/** Whether a user may do something, and which statement decides: for whoever writes policies. */

import { found } from '../../access/directory/found.ts'
import type { Decision, Question, Resource } from '../../access/permission.ts'
import type { User } from '../../access/directory/directory.ts'
import { actions } from '../../contract/actions.ts'
import type { ActionName } from '../../contract/actions.ts'
import type { Permission, Route } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import type { ExplainRequest } from '../../contract/iam.ts'
import { assertNever } from '../../lib/problem.ts'
import { knownMesh, meshResource } from '../found.ts'
import type { Handlers } from '../handler.ts'
import { invalidField } from '../invalid-field.ts'
import type { Parts } from '../parts.ts'

type Needs = Pick<Parts, 'access' | 'registry'>

export function explanationHandlers(parts: Needs): Handlers<'explain'> {
  return {
    async explain({ body }) {
      const { directory } = parts.access.office
      const action = knownAction(body.action)
      const user = found(directory.users, 'user', body.user)
      const project = found(directory.projects, 'project', body.project)
      const question: Question = {
        caller: { user: { id: user.id, name: user.name }, domain: directory.domain, administrator: user.administrator },
        project,
        permission: permissionOf(action),
        resource: await resourceOf(parts, action, body),
        now: parts.access.now(),
      }
      const { decision, considered } = parts.access.explain(question)
      return {
        allowed: decision.allowed,
        because: because(decision, user, action),
        by: decision.by,
        ...(decision.by === 'statement' ? { decided: decision.decided } : {}),
        considered,
      }
    },
  }
}

/** The name alone, as the route that has it first asks for it: what else would let that through is another question. */
function permissionOf(action: ActionName): Permission {
  const needs = Object.values<Route>(routes).map((route) => route.needs)
  const first = needs.find((one): one is Permission => typeof one === 'object' && one.actions[0] === action)
  return { ...first, actions: [action] }
}

function knownAction(name: string): ActionName {
  if (Object.hasOwn(actions, name)) return name as ActionName
  throw invalidField('action', `must be one of ${Object.keys(actions).join(', ')}`)
}

async function resourceOf({ registry }: Needs, action: ActionName, asked: ExplainRequest): Promise<Resource> {
  const type = actions[action].resource
  if (asked.mesh === undefined) return { type, id: '*' }
  if (type !== 'mesh') throw invalidField('mesh', `must be left out: ${action} is about clusters`)
  return meshResource(await knownMesh(registry, asked.project, asked.mesh, 'mesh'))
}

function because(decision: Decision, user: User, action: ActionName): string {
  const disabled = user.enabled ? '' : ` ${user.name} is disabled and can ask for nothing at all.`
  return `${sentence(decision, user, action)}${disabled}`
}

function sentence(decision: Decision, { name }: User, action: ActionName): string {
  switch (decision.by) {
    case 'administrator':
      return `${name} is an administrator, and an administrator may do everything.`
    case 'default':
      return `Nothing allows ${name} ${action}.`
    case 'statement': {
      const { policy, statement, sid, effect, through } = decision.decided
      const which = `Statement ${statement}${sid === undefined || sid === '' ? '' : ` (${sid})`} of policy ${policy}`
      return `${which}, held through ${through}, ${effect === 'Allow' ? 'allows' : 'denies'} it.`
    }
    default:
      return assertNever(decision)
  }
}
