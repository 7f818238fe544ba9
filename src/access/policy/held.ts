/** Which policies a user has, directly and through groups, and where each of them counts. */

import { problemFrom } from '../../lib/problem.ts'
import { defaultEnterpriseProject } from '../directory/directory.ts'
import type { Directory, Grant, WrittenPolicy } from '../directory/directory.ts'
import type { Question } from '../permission.ts'
import type { Policy } from './compiled.ts'
import { readPolicy } from './read.ts'
import { systemPolicies } from './system.ts'

export interface Held {
  readonly id: string
  /** Name of the policy. */
  readonly name: string
  /** `user ada`, `group ops in project default`. */
  readonly through: string
  /** Absent: everywhere. */
  readonly scope?: Scope
  readonly policy: Policy | Unreadable
}

type Scope = { readonly project: string } | { readonly enterpriseProject: string }

/** Stored once, and not understood any more: by an older or a newer program, or a hand in the database. */
export interface Unreadable {
  readonly unreadable: string
}

/** Read once for each document: it stays the same object for as long as nobody writes it anew. */
export type Reading = (policy: WrittenPolicy) => Policy | Unreadable

export function readingOnce(): Reading {
  const read = new WeakMap<WrittenPolicy, Policy | Unreadable>()
  return (policy) => {
    const known = read.get(policy)
    if (known !== undefined) return known
    const compiled = tryReading(policy)
    read.set(policy, compiled)
    return compiled
  }
}

function tryReading({ document }: WrittenPolicy): Policy | Unreadable {
  try {
    return readPolicy(document)
  } catch (thrown) {
    return { unreadable: problemFrom(thrown).message }
  }
}

export function heldBy(user: string, directory: Directory, reading: Reading): readonly Held[] {
  return [...directory.grants.values()].flatMap((grant) => {
    const holder = holderOf(grant, user, directory)
    if (holder === undefined) return []
    const written = directory.policies.get(grant.policy) ?? systemPolicies.find(({ id }) => id === grant.policy)
    const scope = scopeOf(grant)
    return {
      id: grant.policy,
      name: written?.name ?? grant.policy,
      through: `${holder}${placeOf(scope, directory)}`,
      ...(scope && { scope }),
      policy: written === undefined ? { unreadable: 'there is no such policy' } : reading(written),
    }
  })
}

/** `user ada`, `group ops`; undefined when it is somebody else's. */
function holderOf(grant: Grant, user: string, { users, groups }: Directory): string | undefined {
  if (grant.user === user) return `user ${users.get(user)?.name ?? user}`
  const group = grant.group === undefined ? undefined : groups.get(grant.group)
  return group?.members.includes(user) ? `group ${group.name}` : undefined
}

/** Only grants of Version 1.1 have one; the office sees to that. */
function scopeOf({ project, enterpriseProject }: Grant): Scope | undefined {
  if (project !== undefined) return { project }
  return enterpriseProject === undefined ? undefined : { enterpriseProject }
}

function placeOf(scope: Scope | undefined, { projects, enterpriseProjects }: Directory): string {
  if (scope === undefined) return ''
  if ('project' in scope) return ` in project ${projects.get(scope.project)?.name ?? scope.project}`
  const { enterpriseProject: id } = scope
  const known = id === defaultEnterpriseProject.id ? defaultEnterpriseProject : enterpriseProjects.get(id)
  return ` in enterprise project ${known?.name ?? id}`
}

/** A cluster is in no enterprise project, so a grant within one says nothing about it. */
export function countsFor({ scope }: Held, { project, resource }: Question): boolean {
  if (scope === undefined) return true
  if ('project' in scope) return scope.project === project.id
  return resource.type === 'mesh' && scope.enterpriseProject === resource.enterpriseProject
}
