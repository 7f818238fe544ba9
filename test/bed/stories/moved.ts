// Claims that several stories make about a mesh after it has moved.
import type { AuditLine } from '../look/audit.ts'
import { readAudit, templateGenerations } from '../look/audit.ts'
import { configIsChecked } from '../look/config.ts'
import { describe, keepProbing, probePod, readInjection } from '../look/probe.ts'
import type { PodBody, ProbeLoop, Tally } from '../look/probe.ts'
import { workloadsOf } from '../apps.ts'
import type { KubeObject } from '../cluster.ts'
import { ingressNamespace, plainNamespace } from '../pairs.ts'
import type { Pair } from '../pairs.ts'
import type { Stage } from '../story.ts'

/** Every namespace of a pair under a loop of dry-run pods. */
export function probeAll({ bed }: Stage, pair: Pair): ProbeLoop {
  const meshed = Object.keys(pair.meshed).map((name) => [name, 'meshed'] as const)
  const namespaces = {
    ...Object.fromEntries(meshed),
    [ingressNamespace]: 'gateway',
    [plainNamespace]: 'plain',
  } as const
  return keepProbing(bed.cluster, namespaces, 50, bed.signal)
}

export function claimNoHarm({ note, claim, claimNone }: Stage, tally: Tally): void {
  for (const [namespace, outcomes] of Object.entries(tally.seen))
    for (const [words, { count, first, last }] of Object.entries(outcomes))
      note(`      ${namespace}: ${words} x${count}, ${Math.round(first)}..${Math.round(last)} ms`)
  claim(tally.count > 100, `dry-run pods were made all the time (${tally.count})`)
  claimNone(tally.harm, 'none was refused, and none of the mesh came up without a sidecar')
}

/** Pods that run and pods that would be made now: all are of the revision, whole and once. */
export async function claimInjectedBy(
  { bed, claim, claimNone }: Stage,
  pair: Pair,
  revision: string,
  version: string,
): Promise<void> {
  const odd: string[] = []
  const good = (pod: PodBody): boolean => {
    const seen = readInjection(pod)
    return seen.kind === 'injected' && seen.revision === revision && seen.imageTag === version && !seen.double
  }
  const namespaces = new Set(workloadsOf(pair).map(({ namespace }) => namespace))
  for (const namespace of namespaces)
    for (const pod of await bed.cluster.list<KubeObject<PodBody>>(`/api/v1/namespaces/${namespace}/pods`))
      if (pod.metadata.deletionTimestamp === undefined && !good(pod))
        odd.push(`${namespace}/${pod.metadata.name}: ${describe(readInjection(pod))}`)
  claimNone(odd, `every pod of the mesh is injected by ${revision} (${version})`)
  for (const namespace of Object.keys(pair.meshed)) {
    const words = describe(await probePod(bed.cluster, namespace))
    claim(
      words.startsWith(`${revision} `) && words.includes(` ${version} `) && !words.includes('DOUBLE'),
      `a new pod in ${namespace} is as well`,
      words,
    )
  }
  const plain = describe(await probePod(bed.cluster, plainNamespace))
  claim(plain === 'no sidecar', 'a pod outside the mesh still gets no sidecar', plain)
  const config = await configIsChecked(bed.cluster)
  claim(config === 'checked', 'Istio configuration is checked', config)
}

/** Each meshed workload has had exactly so many pod templates, the first one included; nothing else was restarted. */
export async function claimTemplates({ bed, claimNone }: Stage, pair: Pair, count: number): Promise<void> {
  const generations = templateGenerations(await readAudit(bed.auditLog))
  const wrong = workloadsOf(pair)
    .map(({ namespace, kind, name }) => `${namespace}/${kind}/${name}`)
    .filter((key) => generations.get(key) !== count)
    .map((key) => `${key} had ${generations.get(key)}`)
  const legacy = generations.get(`${plainNamespace}/deployments/legacy`)
  if (legacy !== 1) wrong.push(`the app outside the mesh had ${legacy}`)
  claimNone(wrong, `each workload had ${count} pod templates and no more`)
}

/** What of the audit log the program under test did. */
export async function auditOf({ bed }: Stage, user: string): Promise<readonly AuditLine[]> {
  return (await readAudit(bed.auditLog)).filter((line) => line.user === user)
}
