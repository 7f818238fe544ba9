// What the program asked of the API server, counted from the bed's audit log.
import type { AuditLine } from '../test/bed/look/audit.ts'

/**
 * `review` is the program asking whether it may do something (SelfSubjectAccessReview), `dry-run` a write that is judged
 * and not stored. What helm does on the program's behalf is `helm`, whatever it is.
 */
export type RequestKind = 'read' | 'watch' | 'write' | 'dry-run' | 'review' | 'helm'

export type Requests = Readonly<Partial<Record<RequestKind, number>>>

export function kindOf({ userAgent, resource, verb, dryRun }: AuditLine): RequestKind {
  if (userAgent.startsWith('Helm/')) return 'helm'
  if (resource === 'authorization.k8s.io/selfsubjectaccessreviews') return 'review'
  if (verb === 'watch') return 'watch'
  if (verb === 'get' || verb === 'list') return 'read'
  return dryRun ? 'dry-run' : 'write'
}

export function tally<K extends string>(
  lines: readonly AuditLine[],
  by: (line: AuditLine) => K,
): Readonly<Partial<Record<K, number>>> {
  const counted = new Map<K, number>()
  for (const line of lines) counted.set(by(line), (counted.get(by(line)) ?? 0) + 1)
  return Object.fromEntries(counted) as Partial<Record<K, number>>
}

export function totalOf(requests: Requests): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0)
}

/** `read list secrets`: fine enough to see what asks too often. */
export function detailOf(line: AuditLine): string {
  return `${kindOf(line)} ${line.verb} ${line.resource === '' ? (line.uri.split('?')[0] ?? '') : line.resource}`
}
