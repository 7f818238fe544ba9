// The API server's audit log: who asked for what, and what became of each workload's pod template.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

export interface AuditLine {
  readonly user: string
  readonly userAgent: string
  readonly verb: string
  /** `apps/deployments`, `namespaces`, `apps/deployments/scale`; empty for paths that are no resource. */
  readonly resource: string
  readonly namespace: string
  readonly name: string
  readonly uri: string
  readonly status: number
  readonly at: string
  readonly dryRun: boolean
  readonly request: unknown
  readonly response: unknown
}

interface RawLine {
  readonly auditID: string
  readonly user: { readonly username: string }
  readonly userAgent?: string
  readonly verb: string
  readonly requestURI: string
  readonly objectRef?: {
    readonly resource: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
    readonly apiGroup?: string
  }
  readonly responseStatus?: { readonly code?: number }
  readonly requestReceivedTimestamp: string
  readonly requestObject?: unknown
  readonly responseObject?: unknown
}

/**
 * One line a request so far, oldest first. A watch is logged when it begins and again when it ends: the first counts. A
 * half-written last line is left out.
 */
export async function readAudit(file: string): Promise<readonly AuditLine[]> {
  const text = await readFile(file, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const known = new Set<string>()
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RawLine)
    .filter(({ auditID }) => !known.has(auditID) && known.add(auditID))
    .map(toLine)
}

function toLine(raw: RawLine): AuditLine {
  const { apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = raw.objectRef ?? {}
  return {
    user: raw.user.username,
    userAgent: raw.userAgent ?? '',
    verb: raw.verb,
    resource: [apiGroup, resource, subresource].filter((part) => part !== '').join('/'),
    namespace,
    name,
    uri: raw.requestURI,
    status: raw.responseStatus?.code ?? 0,
    at: raw.requestReceivedTimestamp,
    dryRun: raw.requestURI.includes('dryRun=All'),
    request: raw.requestObject,
    response: raw.responseObject,
  }
}

const writing = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/** Writes that were accepted and stored. */
export function writesIn(lines: readonly AuditLine[]): readonly AuditLine[] {
  return lines.filter((line) => writing.has(line.verb) && line.status < 300 && !line.dryRun)
}

/**
 * How many different pod templates each workload has had, `namespace/resource/name` -> count. Making it is one; a restart
 * is one more; a restart asked for twice is two more.
 */
export function templateGenerations(lines: readonly AuditLine[]): ReadonlyMap<string, number> {
  const templates = new Map<string, Set<string>>()
  for (const line of writesIn(lines)) {
    if (!['apps/deployments', 'apps/statefulsets', 'apps/daemonsets'].includes(line.resource)) continue
    const { metadata, spec } = (line.response ?? {}) as { metadata?: { name?: string }; spec?: { template?: unknown } }
    if (spec?.template === undefined) continue
    const key = `${line.namespace}/${line.resource.replace('apps/', '')}/${metadata?.name ?? line.name}`
    const known = templates.get(key) ?? new Set()
    known.add(createHash('sha256').update(JSON.stringify(spec.template)).digest('hex'))
    templates.set(key, known)
  }
  return new Map([...templates].map(([key, known]) => [key, known.size]))
}

/** Requests a user agent's first word made, by verb: `meshlift` -> `{ get: 12, watch: 5 }`. Watches count once each. */
export function requestsBy(
  lines: readonly AuditLine[],
  by: (line: AuditLine) => string,
): Readonly<Record<string, Record<string, number>>> {
  const counted: Record<string, Record<string, number>> = {}
  for (const line of lines) {
    const verbs = (counted[by(line)] ??= {})
    verbs[line.verb] = (verbs[line.verb] ?? 0) + 1
  }
  return counted
}
