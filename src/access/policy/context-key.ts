/** What conditions can be about (asm-api 8.2, 8.3), and what a request has of it. */

import { timestamp } from '../../lib/clock.ts'
import type { Question } from '../permission.ts'

/** `absent`: a key of another service, which no request of ours has. */
export type ContextKey =
  | { readonly is: GlobalKey | 'absent' }
  /** `tag`: exactly as the mesh has it. */
  | { readonly is: 'tag'; readonly tag: string }

const globalKeys = [
  'g:CurrentTime',
  'g:DomainName',
  'g:EnterpriseProjectId',
  'g:MFAAge',
  'g:MFAPresent',
  'g:ProjectName',
  'g:ServiceName',
  'g:UserId',
  'g:UserName',
] as const
type GlobalKey = (typeof globalKeys)[number]

const byLowerCase = new Map(globalKeys.map((key) => [key.toLowerCase(), key]))
const tagKey = /^g:resourcetag\/(.+)$/is
const foreignKey = /^([a-z][a-z0-9-]*):[A-Za-z0-9/_.@-]+$/
const ours: readonly string[] = ['g', 'asm', 'meshlift']

export const acceptedKeys = `${globalKeys.join(', ')} and g:ResourceTag/<tag key>`

/**
 * Undefined when there is no such key. One of `g`, `asm` or `meshlift` that we do not fill is refused, not kept as one
 * that is always absent: a Deny that hangs on a misspelt `g:UserNmae` would never apply, and nobody would know. Keys of
 * other services stand in policies that are about other services too; here they are absent. The names of keys are looked
 * up without regard to case, as the names of actions are (the documents are silent); tags are told apart by it.
 */
export function readContextKey(written: string): ContextKey | undefined {
  const known = byLowerCase.get(written.toLowerCase())
  if (known !== undefined) return { is: known }
  const tag = tagKey.exec(written)?.[1]
  if (tag !== undefined) return { is: 'tag', tag }
  const service = foreignKey.exec(written)?.[1]
  return service === undefined || ours.includes(service) ? undefined : { is: 'absent' }
}

/**
 * Undefined: the request has no such key. Nobody logs in with a second factor here, so there is no age of one. The last
 * two are of meshes: "a condition key listed for an action that has resource types applies to those types only"
 * (asm-api 8.4), so for a cluster they are absent, whatever the question carries.
 * @param action in lower case; a request that has several names is looked at as each of them
 */
export function valueOf(key: ContextKey, question: Question, action: string): string | undefined {
  const { caller, project, resource, now } = question
  switch (key.is) {
    case 'g:CurrentTime':
      return timestamp(now)
    case 'g:DomainName':
      return caller.domain.name
    case 'g:MFAPresent':
      return 'false'
    case 'g:MFAAge':
    case 'absent':
      return undefined
    case 'g:ProjectName':
      return project.name
    case 'g:ServiceName':
      return action.slice(0, action.indexOf(':'))
    case 'g:UserId':
      return caller.user.id
    case 'g:UserName':
      return caller.user.name
    case 'g:EnterpriseProjectId':
      return resource.type === 'mesh' ? resource.enterpriseProject : undefined
    case 'tag': {
      const tags = resource.type === 'mesh' ? resource.tags : undefined
      return tags !== undefined && Object.hasOwn(tags, key.tag) ? tags[key.tag] : undefined
    }
  }
}
