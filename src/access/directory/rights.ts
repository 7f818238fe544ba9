/** The rules about projects, policies and grants: what a directory becomes, or why not. */

import { defaultEnterpriseProject } from './directory.ts'
import type { Directory, Grant, WrittenPolicy } from './directory.ts'
import type { Named } from '../caller.ts'
import { Problem } from '../../lib/problem.ts'
import { found, inUse, invalid, named, refuseTaken } from './found.ts'
import { holders, laterFor } from './generations.ts'
import type { Made } from './people.ts'

export function projectMade({ projects }: Directory, project: Named): Made<Named> {
  refuseTaken(projects.values(), 'project', project.name)
  return { changes: [{ put: 'project', row: project }], row: project }
}

/** @param content what is still in it, in words */
export function projectRemoved(directory: Directory, id: string, content: string | undefined): Made<Named> {
  const project = found(directory.projects, 'project', id)
  const grants = [...directory.grants.values()].filter((grant) => grant.project === id).length
  const by = content ?? (grants > 0 ? `${counted(grants, 'grant')} within it` : undefined)
  if (by !== undefined) throw inUse('project', project.name, `there is still ${by}`)
  return { changes: [{ remove: 'project', id }], row: project }
}

export function enterpriseProjectMade({ enterpriseProjects }: Directory, made: Named): Made<Named> {
  refuseTaken([defaultEnterpriseProject, ...enterpriseProjects.values()], 'enterprise-project', made.name)
  return { changes: [{ put: 'enterprise-project', row: made }], row: made }
}

export function enterpriseProjectRemoved(directory: Directory, id: string, content: string | undefined): Made<Named> {
  if (id === defaultEnterpriseProject.id)
    throw inUse('enterprise-project', defaultEnterpriseProject.name, 'it is always there')
  const project = found(directory.enterpriseProjects, 'enterprise-project', id)
  const grants = [...directory.grants.values()].filter((grant) => grant.enterpriseProject === id).length
  const by = content ?? (grants > 0 ? `${counted(grants, 'grant')} within it` : undefined)
  if (by !== undefined) throw inUse('enterprise-project', project.name, `there is still ${by}`)
  return { changes: [{ remove: 'enterprise-project', id }], row: project }
}

/** @param system the policies of the program, whose names are taken too */
export function policyMade(
  { policies }: Directory,
  system: readonly WrittenPolicy[],
  policy: WrittenPolicy,
): Made<WrittenPolicy> {
  refuseTaken([...system, ...policies.values()], 'policy', policy.name)
  return { changes: [{ put: 'policy', row: policy }], row: policy }
}

export function policyChanged(
  directory: Directory,
  system: readonly WrittenPolicy[],
  id: string,
  { version, document }: Pick<WrittenPolicy, 'version' | 'document'>,
): Made<WrittenPolicy> {
  refuseSystem(system, id)
  const policy = found(directory.policies, 'policy', id)
  const grants = [...directory.grants.values()].filter((grant) => grant.policy === id)
  // Grants were accepted for the version it had, and the other version has other rules for them.
  if (version !== policy.version && grants.length > 0)
    throw new Problem({
      kind: 'conflict',
      code: 'access/in-use',
      text: `The policy ${policy.name} is of Version ${policy.version} and was granted ${counted(grants.length, 'time')}; take it back first, or write the Version ${version} as a new policy.`,
    })
  const row = { ...policy, version, document }
  return {
    changes: [
      { put: 'policy', row },
      ...laterFor(
        directory,
        grants.flatMap((grant) => holders(directory, grant)),
      ),
    ],
    row,
  }
}

export function policyRemoved(directory: Directory, system: readonly WrittenPolicy[], id: string): Made<WrittenPolicy> {
  refuseSystem(system, id)
  const policy = found(directory.policies, 'policy', id)
  const grants = [...directory.grants.values()].filter((grant) => grant.policy === id).length
  if (grants > 0) throw inUse('policy', policy.name, `it was granted ${counted(grants, 'time')}; take it back first`)
  return { changes: [{ remove: 'policy', id }], row: policy }
}

/** The rules of contract/iam.ts about what may be granted to whom, and where. */
export function grantMade(directory: Directory, system: readonly WrittenPolicy[], grant: Grant): Made<Grant> {
  const policy =
    system.find(({ id }) => id === grant.policy) ?? named(directory.policies, 'policy', grant.policy, 'policy')
  if (grant.user !== undefined && grant.group !== undefined)
    throw shape('group', 'must be absent where there is a user: a grant is to one of them.')
  if (grant.user !== undefined) named(directory.users, 'user', grant.user, 'user')
  if (grant.group !== undefined) named(directory.groups, 'group', grant.group, 'group')
  if (policy.version === '1.1') refuseAgainstRoles(directory, grant)
  else refuseAgainstIdentities(grant)
  for (const other of directory.grants.values())
    if (aboutTheSame(other, grant))
      throw new Problem({
        kind: 'conflict',
        code: 'access/already-granted',
        text: `The policy ${policy.name} was granted so already (${other.id}).`,
      })
  return { changes: [{ put: 'grant', row: grant }, ...laterFor(directory, holders(directory, grant))], row: grant }
}

export function grantRemoved(directory: Directory, id: string): Made<Grant> {
  const grant = found(directory.grants, 'grant', id)
  return { changes: [{ remove: 'grant', id }, ...laterFor(directory, holders(directory, grant))], row: grant }
}

function refuseAgainstRoles(directory: Directory, { user, group, project, enterpriseProject }: Grant): void {
  if (user !== undefined) throw shape('user', 'cannot be granted a policy of Version 1.1; grant it to a group.')
  if (group === undefined) throw shape('group', 'is missing: a policy of Version 1.1 is granted to a group.')
  if (project !== undefined && enterpriseProject !== undefined)
    throw shape('enterpriseProject', 'must be absent where there is a project: a grant is within one of them.')
  if (project !== undefined) named(directory.projects, 'project', project, 'project')
  if (enterpriseProject !== undefined && enterpriseProject !== defaultEnterpriseProject.id)
    named(directory.enterpriseProjects, 'enterprise-project', enterpriseProject, 'enterpriseProject')
}

function refuseAgainstIdentities({ user, group, project, enterpriseProject }: Grant): void {
  if (user === undefined && group === undefined) throw shape('user', 'is missing: a grant is to a user or to a group.')
  if (project !== undefined)
    throw shape('project', 'must be absent: a policy of Version 5.0 says in its own Resource where it holds.')
  if (enterpriseProject !== undefined)
    throw shape('enterpriseProject', 'must be absent: a policy of Version 5.0 has g:EnterpriseProjectId for that.')
}

const shape = (field: string, text: string): Problem => invalid(field, text, 'access/grant')

const aboutTheSame = (one: Grant, other: Grant): boolean =>
  one.policy === other.policy &&
  one.user === other.user &&
  one.group === other.group &&
  one.project === other.project &&
  one.enterpriseProject === other.enterpriseProject

function refuseSystem(system: readonly WrittenPolicy[], id: string): void {
  const policy = system.find((one) => one.id === id)
  if (policy)
    throw new Problem({
      kind: 'conflict',
      code: 'access/system-policy',
      text: `${policy.name} is defined by the program and cannot be changed or removed.`,
    })
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
