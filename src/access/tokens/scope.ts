/** What a token is asked for: a project, the domain, or neither (asm-api 6). */

import type { TokenRequest } from '../../contract/tokens.ts'
import { Problem } from '../../lib/problem.ts'
import type { Named } from '../caller.ts'
import type { Directory } from '../directory/directory.ts'

/**
 * The project; undefined for a token without one. Project wins over domain; in each of them the id wins over the name.
 * not-found: `access/unknown-project`, `access/unknown-domain`. Only asked once the password was right.
 *
 * @param mayKnow which projects are named to whoever asked for one that is not there: those of others are not their affair
 */
export function scopeOf(
  { projects, domain }: Directory,
  scope: TokenRequest['auth']['scope'],
  mayKnow: (project: Named) => boolean,
): Named | undefined {
  if (scope?.project !== undefined) {
    const found = meant([...projects.values()], scope.project)
    if (found) return found
    const offered = [...projects.values()].filter(mayKnow)
    throw unknown('project', scope.project, offered.map(({ name }) => name).slice(0, 10))
  }
  if (scope?.domain !== undefined && !meant([domain], scope.domain))
    throw unknown('domain', scope.domain, [domain.name])
  return undefined
}

interface Asked {
  readonly id?: string
  readonly name?: string
}

const meant = (all: readonly Named[], { id, name }: Asked): Named | undefined =>
  all.find((one) => (id === undefined ? one.name === name : one.id === id))

function unknown(what: 'project' | 'domain', { id, name }: Asked, there: readonly string[]): Problem {
  return new Problem({
    kind: 'not-found',
    code: `access/unknown-${what}`,
    text: `Could not find ${what}: ${id ?? name ?? 'neither id nor name was given'}. There is ${there.join(', ') || 'none that you have rights in'}.`,
  })
}
