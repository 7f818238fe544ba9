/** Who has which policy, in names. */

import type { Grant, Group, Policy } from '../contract/iam.ts'
import type { Session } from './session.ts'

interface Names {
  readonly groups: readonly Group[]
  readonly policies: readonly Policy[]
  /** Of everything that a grant names, by id. */
  readonly of: (id: string) => string
}

export async function namesIn(session: Session, signal: AbortSignal): Promise<Names> {
  const { items: users } = await session.call('listUsers', {}, signal)
  const { items: groups } = await session.call('listGroups', {}, signal)
  const { items: policies } = await session.call('listPolicies', {}, signal)
  const { items: projects } = await session.call('listProjects', {}, signal)
  const { items: enterpriseProjects } = await session.call('listEnterpriseProjects', {}, signal)
  const names = new Map(
    [users, groups, policies, projects, enterpriseProjects].flatMap((items) => items.map(({ id, name }) => [id, name])),
  )
  return { groups, policies, of: (id) => names.get(id) ?? id }
}

/** With a head. */
export function grantRows(grants: readonly Grant[], { policies, of }: Names): readonly (readonly string[])[] {
  const versionOf = (id: string): string => policies.find((one) => one.id === id)?.version ?? ''
  return [
    ['POLICY', 'VERSION', 'WHO', 'WHERE', 'GRANT'],
    ...grants.map((grant) => [
      of(grant.policy),
      versionOf(grant.policy),
      whoHas(grant, of),
      whereIt(grant, of),
      grant.id,
    ]),
  ]
}

const whoHas = ({ user, group }: Grant, of: Names['of']): string =>
  user === undefined ? (group === undefined ? '' : `group ${of(group)}`) : `user ${of(user)}`

const whereIt = ({ project, enterpriseProject }: Grant, of: Names['of']): string =>
  [
    project === undefined ? '' : `project ${of(project)}`,
    enterpriseProject === undefined ? '' : `enterprise project ${of(enterpriseProject)}`,
  ]
    .filter(Boolean)
    .join(', ') || 'everywhere'
