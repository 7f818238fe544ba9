/** Action, NotAction, Resource and NotResource (asm-api 8.3, 8.4). */

import type { ActionPattern, Named, ResourcePattern, Version } from './compiled.ts'
import { isEverything, pattern } from './pattern.ts'
import { refused, shown, tooMuch } from './refuse.ts'

/** Of Version 1.1. In 5.0 no numbers are documented: there the size of the whole policy is what limits them. */
const most = { actions: 100, resources: 10, resourceLength: 128 } as const

/** 1.1: an array, as documented. 5.0: one alone may stand without brackets; it can mean nothing else. */
function listed(element: string, value: unknown, version: Version): readonly unknown[] {
  const list: unknown = version === '5.0' && typeof value === 'string' ? [value] : value
  if (!Array.isArray(list))
    throw refused(element, `must be an array of texts${version === '5.0' ? ', or one text' : ''}, not ${shown(value)}`)
  if (list.length === 0) throw refused(element, 'is empty: it must name at least one')
  return list
}

/** @param value of the element that is there */
export function readActions(element: string, value: unknown, except: boolean, version: Version): Named<ActionPattern> {
  const list = listed(element, value, version)
  if (version === '1.1' && list.length > most.actions)
    throw tooMuch(element, `has ${list.length} actions; Version 1.1 allows ${most.actions}`)
  return { except, patterns: list.map((one, at) => readAction(`${element}[${at}]`, one, version)) }
}

export function readResources(
  element: string,
  value: unknown,
  except: boolean,
  version: Version,
): Named<ResourcePattern> {
  const list = listed(element, value, version)
  if (version === '1.1' && list.length > most.resources)
    throw tooMuch(element, `has ${list.length} resources; Version 1.1 allows ${most.resources}`)
  return { except, patterns: list.map((one, at) => readResource(`${element}[${at}]`, one, version)) }
}

const service = /^[a-z][a-z0-9-]*$/
const actionPart = { '1.1': /^[A-Za-z0-9_*-]+$/, '5.0': /^[A-Za-z0-9_*?-]+$/ } as const

/**
 * `*` does not stand for a part and its colon: `asm:*` is refused rather than guessed at. The service is spelt out,
 * unless all of it is `*:*:*` (in an example of Version 1.1) or, in 5.0, `*`.
 */
function readAction(element: string, value: unknown, version: Version): ActionPattern {
  const accepts = `service:type:operation with the service in lower case and no * in it, such as asm:mesh:get or asm:*:*, or ${version === '5.0' ? '*' : '*:*:*'} for everything`
  const no = () => refused(element, `is ${shown(value)}; an action is ${accepts}`)
  if (typeof value !== 'string') throw no()
  if (value === '*:*:*' || (version === '5.0' && value === '*')) return { written: value, matches: () => true }
  const parts = value.split(':')
  const [first = '', ...rest] = parts
  if (parts.length !== 3 || !service.test(first) || !rest.every((part) => actionPart[version].test(part))) throw no()
  return { written: value, matches: pattern(value, { one: version === '5.0', ignoreCase: true }) }
}

/**
 * Compared exactly: ids, regions and types are lower case wherever they are made. Stars stand for a whole part or a piece
 * of it and never reach over a colon, but in the last one, which is all of the rest. 5.0: a service is spelt out; the
 * region may be empty (global services), which no resource of ours has; `*` alone is every resource.
 */
function readResource(element: string, value: unknown, version: Version): ResourcePattern {
  const accepts =
    version === '5.0'
      ? 'service:region:account:type:id with the service spelt out, such as asm:*:*:mesh:*, or *'
      : 'service:region:domain:type:path where any part may be *, such as asm:*:*:mesh:*'
  const no = () => refused(element, `is ${shown(value)}; a resource is ${accepts}`)
  if (typeof value !== 'string') throw no()
  if (version === '1.1' && value.length > most.resourceLength)
    throw tooMuch(element, `has ${value.length} characters; Version 1.1 allows ${most.resourceLength}`)
  if (version === '5.0' && value === '*') return { written: value, matches: () => true }
  const parts = /^([^:]*):([^:]*):([^:]*):([^:]+):(.+)$/s.exec(value)?.slice(1)
  if (parts === undefined) throw no()
  const [owner = '', region = '', domain = '', type = '', id = ''] = parts
  if (!service.test(owner) && !(version === '1.1' && owner === '*')) throw no()
  if (version === '1.1' && (region === '' || domain === '')) throw no()
  const options = { one: version === '5.0', ignoreCase: false }
  const [fitsOwner, fitsRegion, fitsDomain, fitsType, fitsId] = [owner, region, domain, type, id].map((part) =>
    pattern(part, options),
  )
  const everyId = isEverything(id)
  return {
    written: value,
    matches: (urn) =>
      fitsOwner?.(urn.service) === true &&
      fitsRegion?.(urn.region) === true &&
      fitsDomain?.(urn.domain) === true &&
      fitsType?.(urn.type) === true &&
      // What is not there yet, or all of a project, is named by nothing narrower than every id: who may delete
      // `mesh:blue` may not make a mesh, and who may not touch `mesh:b*` may still make one.
      (urn.id === '*' ? everyId : fitsId?.(urn.id) === true),
  }
}
