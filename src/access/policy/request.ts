/** A question in the words that statements are written in. */

import type { Question } from '../permission.ts'
import type { Urn, Version } from './compiled.ts'

export interface Request {
  readonly question: Question
  readonly urn: Urn
  /** The names that what is asked for has, in lower case; the documented one first. */
  readonly actions: Readonly<Record<Version, readonly string[]>>
}

const serviceOf = { mesh: 'asm', cluster: 'meshlift' } as const

export function requestOf(question: Question, region: string): Request {
  const { permission, resource, caller } = question
  const own = permission.actions.map((name) => name.toLowerCase())
  const also = permission.alsoInRolePolicies
  return {
    question,
    urn: {
      service: serviceOf[resource.type],
      region,
      domain: caller.domain.id,
      type: resource.type,
      id: resource.id,
    },
    actions: { '1.1': also ? [...own, ...also.map((name) => name.toLowerCase())] : own, '5.0': own },
  }
}
