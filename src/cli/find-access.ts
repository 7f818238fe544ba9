/** Users, groups, projects and policies, by name or id. */

import type { EnterpriseProject, Group, Policy, Project, User } from '../contract/iam.ts'
import { Problem } from '../lib/problem.ts'
import { pick } from './pick.ts'
import type { Session } from './session.ts'

export async function findUser(session: Session, asked: string, signal: AbortSignal): Promise<User> {
  const { items } = await session.call('listUsers', {}, signal)
  return pick('user', asked, items, '"meshlift user add" makes one')
}

export async function findGroup(session: Session, asked: string, signal: AbortSignal): Promise<Group> {
  const { items } = await session.call('listGroups', {}, signal)
  return pick('group', asked, items, '"meshlift group add" makes one')
}

export async function findProject(session: Session, asked: string, signal: AbortSignal): Promise<Project> {
  const { items } = await session.call('listProjects', {}, signal)
  return pick('project', asked, items, '"meshlift project add" makes one')
}

export async function findPolicy(session: Session, asked: string, signal: AbortSignal): Promise<Policy> {
  const { items } = await session.call('listPolicies', {}, signal)
  return pick('policy', asked, items, '"meshlift policy add" writes one')
}

/** Only administrators see the list; what anybody else typed can only be an id, and the server judges it. */
export async function findEnterpriseProject(
  session: Session,
  asked: string,
  signal: AbortSignal,
): Promise<EnterpriseProject> {
  try {
    const { items } = await session.call('listEnterpriseProjects', {}, signal)
    return pick('enterprise project', asked, items, '"meshlift project enterprise add" makes one')
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.kind === 'forbidden') return { id: asked, name: asked }
    throw thrown
  }
}
