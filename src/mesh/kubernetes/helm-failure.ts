/** What helm says on its way down, as a Problem without the user's values. */

import { isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { ProblemKind } from '../../lib/problem.ts'
import type { Ended } from './helm-program.ts'

type Values = Readonly<Record<string, unknown>>

/** @param doing `install istiod-1-31`, ... */
export function problemOfHelm(cluster: string, doing: string, ended: Ended, values: Values = {}): Problem {
  if (ended.code === 127 || ended.code === 126) return noHelm(cluster)
  const { kind, code } = verdict(ended.stderr)
  return new Problem({
    kind,
    code: `helm/${code}`,
    text: `Cluster ${cluster}: helm ${doing} failed: ${words(ended.stderr, values)}`,
    facts: { cluster, doing },
  })
}

export function noHelm(cluster: string): Problem {
  return new Problem({
    kind: 'not-found',
    code: 'helm/no-program',
    text: `Cluster ${cluster}: the helm program is not there. Install Helm 3 or 4, or register the cluster with the path of one.`,
    facts: { cluster },
  })
}

function verdict(stderr: string): { readonly kind: ProblemKind; readonly code: string } {
  if (/cannot re-?use a name|another operation .* is in progress/.test(stderr))
    return { kind: 'conflict', code: 'release-exists' }
  if (/is forbidden: User /.test(stderr)) return { kind: 'forbidden', code: 'forbidden' }
  if (
    /cluster unreachable|connection refused|connection reset|i\/o timeout|no such host|handshake|the server is currently unable|too many requests/i.test(
      stderr,
    )
  )
    return { kind: 'unavailable', code: 'unreachable' }
  return { kind: 'rejected', code: 'failed' }
}

/** The lines from `Error:` on (warnings stand before), in one, with every longer text of the values hidden: a server repeats what it refuses. */
export function words(stderr: string, values: Values): string {
  const from = stderr.lastIndexOf('Error:')
  let text = (from < 0 ? stderr : stderr.slice(from + 'Error:'.length)).replaceAll(/\s+/g, ' ').trim()
  for (const secret of textsOf(values).toSorted((a, b) => b.length - a.length)) text = text.replaceAll(secret, '***')
  if (text === '') return 'it said nothing.'
  return text.length > 800 ? `${text.slice(0, 800)}...` : text
}

/** Short words (`true`, a revision, a port) are no secrets, and hiding them would hide the message. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return value
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.length >= 8)
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return isRecord(value) ? Object.values(value).flatMap(textsOf) : []
}
