/** What the simulated API server answers when it does not do as asked. */

import { Problem } from '../../lib/problem.ts'
import type { Address, Resource } from '../cluster.ts'

function named(resource: Resource, at: Address): string {
  const group = resource.group === '' ? '' : `.${resource.group}`
  return `${resource.plural}${group} "${at.namespace === undefined || !resource.namespaced ? '' : `${at.namespace}/`}${at.name}"`
}

export function absent(resource: Resource, at: Address): Problem {
  return new Problem({ kind: 'not-found', code: 'simulated/not-found', text: `${named(resource, at)} not found.` })
}

export function unknownResource(resource: Resource): Problem {
  return new Problem({
    kind: 'not-found',
    code: 'simulated/unknown-resource',
    text: `The server could not find the requested resource ${resource.plural}.${resource.group}/${resource.version}.`,
  })
}

export function alreadyExists(resource: Resource, at: Address): Problem {
  return new Problem({ kind: 'conflict', code: 'simulated/exists', text: `${named(resource, at)} already exists.` })
}

export function conflict(resource: Resource, at: Address): Problem {
  return new Problem({
    kind: 'conflict',
    code: 'simulated/conflict',
    text: `Operation cannot be fulfilled on ${named(resource, at)}: the object has been modified.`,
  })
}

export function wrongUid(resource: Resource, at: Address): Problem {
  return new Problem({
    kind: 'conflict',
    code: 'simulated/other-object',
    text: `${named(resource, at)} is another object than the one seen: its uid differs.`,
  })
}

export function terminating(resource: Resource, at: Address): Problem {
  return new Problem({
    kind: 'forbidden',
    code: 'simulated/terminating',
    text: `${named(resource, at)} cannot be created: namespace ${at.namespace} is being terminated.`,
  })
}

export function rejected(text: string): Problem {
  return new Problem({ kind: 'rejected', code: 'simulated/rejected', text })
}
