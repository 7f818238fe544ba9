// The bed about itself: before it is trusted to judge a program, each pair must be what the stories think it is.
import { readAudit, requestsBy, templateGenerations, writesIn } from '../look/audit.ts'
import { configIsChecked } from '../look/config.ts'
import { describe, probePod, readInjection } from '../look/probe.ts'
import type { PodBody } from '../look/probe.ts'
import { differences, takeSnapshot } from '../look/snapshot.ts'
import { pathOf, rolledOut, workloadsOf } from '../apps.ts'
import { ingressNamespace, istioNamespace, pairs, plainNamespace } from '../pairs.ts'
import type { PairName } from '../pairs.ts'
import { hasReadyEndpoint, istiodReady } from '../install-pair.ts'
import type { Stage, Story } from '../story.ts'
import { until } from '../time.ts'
import { probeAll } from './moved.ts'

function bedItself(name: PairName): Story {
  const pair = pairs[name]
  return {
    name: `bed-${name}`,
    shows: `the bed carries pair ${name}: ${pair.about}`,
    pair: name,
    within: 120_000,
    async tell(stage) {
      const { bed, claim, claimNone } = stage
      const before = await takeSnapshot(bed.cluster)
      const loop = probeAll(stage, pair)
      const kind = pair.from.version === '1.22.0' ? 'ordinary' : 'native'
      const as = (proxy: string): string => `${pair.from.label} ${proxy} ${pair.from.version} @${pair.from.service}`
      const expected = as(kind)
      for (const namespace of Object.keys(pair.meshed)) {
        const words = describe(await probePod(bed.cluster, namespace))
        claim(words === expected, `a pod in ${namespace} is injected as ${expected}`, words)
      }
      for (const { namespace, name: app } of workloadsOf(pair)) {
        const pods = await bed.cluster.list<PodBody>(`/api/v1/namespaces/${namespace}/pods`)
        const own = namespace === ingressNamespace ? as('ordinary') : expected // a gateway is its proxy: never an init container
        const odd = pods
          .map(readInjection)
          .map(describe)
          .filter((words) => words !== own)
        claimNone(odd, `the pods beside ${namespace}/${app} are injected as ${own}`)
      }
      const plain = describe(await probePod(bed.cluster, plainNamespace))
      claim(plain === 'no sidecar', 'a pod outside the mesh gets no sidecar', plain)
      const config = await configIsChecked(bed.cluster)
      claim(config === 'checked', 'Istio configuration is checked', config)
      await restartOnce(stage, name)
      const tally = await loop.stop()
      claim(tally.count > 20, `dry-run pods were made all the time (${tally.count})`)
      claimNone(tally.harm, 'none was refused or came up without a sidecar')
      claimNone(
        differences(before, await takeSnapshot(bed.cluster)),
        'a restart changes nothing that a snapshot compares',
      )
      await plantChange(stage, before)
      await faults(stage, name)
    },
  }
}

/** The audit log must see one template generation more, by us. */
async function restartOnce({ bed, claim }: Stage, name: PairName): Promise<void> {
  const [workload] = workloadsOf(pairs[name])
  if (workload === undefined) throw new Error('a pair without workloads')
  const key = `${workload.namespace}/${workload.kind}/${workload.name}`
  const first = templateGenerations(await readAudit(bed.auditLog)).get(key)
  const annotations = { 'meshlift.io/restarted': 'once' }
  await bed.cluster.patch(pathOf(workload), { spec: { template: { metadata: { annotations } } } }, 'merge')
  await rolledOut(bed, workload)
  const lines = await readAudit(bed.auditLog)
  const second = templateGenerations(lines).get(key)
  claim(first === 1 && second === 2, `the audit log counts the templates of ${key}`, { first, second })
  const ours = writesIn(lines).filter(
    (line) => line.user === 'admin' && line.verb === 'patch' && line.name === workload.name,
  )
  claim(ours.length === 1, 'and names who wrote', ours)
  claim((requestsBy(lines, ({ user }) => user)['admin']?.['create'] ?? 0) > 10, 'requests are counted by user')
}

/** A comparison that cannot see a change would make every rollback look right. */
async function plantChange({ bed, claim }: Stage, before: unknown): Promise<void> {
  const validator = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/istiod-default-validator'
  await bed.cluster.patch('/api/v1/namespaces/shop', { metadata: { labels: { planted: 'yes' } } }, 'merge')
  const ops = [{ op: 'replace', path: '/webhooks/0/clientConfig/service/name', value: 'istiod-elsewhere' }]
  const { webhooks } = await bed.cluster.get<{ webhooks: { clientConfig: { service: { name: string } } }[] }>(validator)
  await bed.cluster.patch(validator, ops, 'json')
  const seen = differences(before, await takeSnapshot(bed.cluster))
  claim(seen.length === 2, 'a snapshot sees a planted label and a planted webhook target', seen)
  await bed.cluster.patch('/api/v1/namespaces/shop', { metadata: { labels: { planted: null } } }, 'merge')
  const back = [
    { op: 'replace', path: '/webhooks/0/clientConfig/service/name', value: webhooks[0]?.clientConfig.service.name },
  ]
  await bed.cluster.patch(validator, back, 'json')
  claim(differences(before, await takeSnapshot(bed.cluster)).length === 0, 'and that they are gone again')
}

async function faults({ bed, claim }: Stage, name: PairName): Promise<void> {
  const { from } = pairs[name]
  const { signal } = bed
  // Not ready takes the endpoint away; calls over a connection that is open already still go through, as with a kube-proxy.
  bed.setFault(from.label, { kind: 'never-ready' })
  await until(
    { what: 'no ready endpoint', within: 15_000, signal },
    async () => !(await hasReadyEndpoint(bed, from.service)) || undefined,
  )
  claim(true, 'a never-ready istiod loses its endpoint')
  bed.setFault(from.label, { kind: 'dead' })
  const refused = await until({ what: 'a refused pod', within: 15_000, signal }, async () => {
    const pod = await probePod(bed.cluster, 'shop')
    return pod.kind === 'injected' ? undefined : describe(pod)
  })
  claim(refused.startsWith('refused 500'), 'with a dead istiod pods are refused', refused)
  bed.setFault(from.label, undefined)
  await istiodReady(bed, from.service)
  await until({ what: 'pods are injected again', within: 15_000, signal }, async () => {
    const pod = await probePod(bed.cluster, 'shop')
    return pod.kind === 'injected' ? true : undefined
  })
  claim(true, 'and injected again when the fault is lifted')
  const pods = await bed.cluster.list(`/api/v1/namespaces/${istioNamespace}/pods`)
  claim(pods.length === 1, 'there is still one istiod', pods.length)
}

export const bedStories: readonly Story[] = [bedItself('P'), bedItself('Q'), bedItself('U')]
