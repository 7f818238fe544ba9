/**
 * What must be true whatever happens, judged by the world alone, without anything of the program under test but its
 * last saved record and note.
 */

import { problemFrom } from '../../src/lib/problem.ts'
import type { KubeObject } from '../../src/mesh/cluster.ts'
import { injectionOf } from '../../src/mesh/observe/injection.ts'
import { kinds } from '../../src/mesh/simulated/kinds.ts'
import type { World } from '../../src/mesh/simulated/world.ts'
import type { Action } from '../../src/upgrade/actions.ts'
import { describeAction } from '../../src/upgrade/actions.ts'
import type { Injection } from '../../src/upgrade/mesh.ts'
import type { NoteBody } from '../../src/upgrade/note.ts'
import type { UpgradeRecord } from '../../src/upgrade/record.ts'

export interface Invariants {
  /** Before an action, while the note and the record that announced it are the newest. */
  acting(action: Action, record: UpgradeRecord, note: NoteBody | undefined): void
  /** At any moment. */
  always(): void
  /** Once an upgrade has ended, forward or back: every proxy is of one piece. */
  finished(): void
}

const stampAnnotation = 'meshlift.io/restarted'

interface PodTemplate {
  readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } }
  readonly replicas?: number
}
interface Rollout {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
}

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`

/**
 * @param world as it is before the upgrade: which namespaces are in the mesh, and whether there is a default, is read now
 */
export function invariants(world: World): Invariants {
  const { api } = world
  const broken = (what: string): never => {
    throw new Error(`invariant broken: ${what}`)
  }
  const members = api
    .all(kinds.Namespace)
    .filter(({ metadata: { labels = {} } }) => labels['istio-injection'] === 'enabled' || labels['istio.io/rev'])
    .map(({ metadata }) => metadata.name)

  /** Who would inject; undefined where an istiod that is down refuses pods, which is nobody's mistake. */
  const probe = (namespace: string, labels: Readonly<Record<string, string>>): Injection | 'bare' | undefined => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'probe', namespace, labels },
      spec: { containers: [{ name: 'app', image: 'app' }] },
    }
    try {
      return injectionOf(api.create(kinds.Pod, pod, 'test', true)) ?? 'bare'
    } catch (thrown) {
      const { message } = problemFrom(thrown)
      if (message.includes('no endpoints available')) return undefined
      return broken(`a pod in ${namespace} is refused: ${message}`)
    }
  }
  let looked = -1
  /** Those that rolling back does not wait for any longer. */
  let leftBehind: readonly string[] = []
  const asksForDefault = { 'sidecar.istio.io/inject': 'true' }
  const began = probe('default', asksForDefault)
  const outside = began === 'bare'

  const planes = (): readonly KubeObject[] =>
    api
      .all(kinds.Deployment, { namespace: 'istio-system' })
      .filter(({ metadata }) => metadata.labels?.['app'] === 'istiod')
  const readyOf = (revision: string): number => {
    const plane = planes().find(({ metadata }) => metadata.labels?.['istio.io/rev'] === revision)
    return (plane?.['status'] as Rollout | undefined)?.readyReplicas ?? 0
  }
  const workloads = (): readonly KubeObject[] =>
    [kinds.Deployment, kinds.StatefulSet, kinds.DaemonSet].flatMap((kind) => api.all(kind))
  const stamped = (workload: KubeObject): boolean =>
    (workload['spec'] as PodTemplate).template?.metadata?.annotations?.[stampAnnotation] !== undefined
  const rolling = (workload: KubeObject): boolean => {
    const { replicas = 1 } = workload['spec'] as PodTemplate
    const status = (workload['status'] ?? {}) as Rollout
    const seen = status.observedGeneration === workload.metadata['generation']
    return !seen || (status.updatedReplicas ?? 0) < replicas || (status.readyReplicas ?? 0) < replicas
  }
  const pods = (): readonly KubeObject[] =>
    api
      .all(kinds.Pod)
      .filter(
        (pod) => !['Succeeded', 'Failed'].includes((pod['status'] as { phase?: string } | undefined)?.phase ?? ''),
      )

  const oneSidecar = (): void => {
    for (const pod of pods()) {
      if (!members.includes(pod.metadata.namespace ?? '')) continue
      const injection = injectionOf(pod)
      if (injection?.proxies !== 1) broken(`pod ${nameOf(pod)} has ${injection?.proxies ?? 0} proxies`)
    }
  }
  const everyProxyHasItsControlPlane = (): void => {
    const services = new Set(planes().map(({ metadata }) => metadata.name))
    for (const pod of pods()) {
      const service = injectionOf(pod)?.discovery.split('.')[0]
      if (service !== undefined && !services.has(service)) broken(`pod ${nameOf(pod)} needs ${service}, which is gone`)
    }
  }
  const newPodsAreInjected = (): void => {
    for (const namespace of members) {
      const found = probe(namespace, {})
      if (found === 'bare') broken(`a new pod in ${namespace} gets no sidecar`)
      if (found !== undefined && found !== 'bare' && found.proxies !== 1) broken(`a new pod in ${namespace} gets two`)
    }
  }
  const oneDefault = (): void => {
    const found = probe('default', asksForDefault)
    if (found !== undefined && (found === 'bare') !== outside) broken(`the default injects ${JSON.stringify(found)}`)
  }
  const oneInMotion = (): void => {
    const moving = workloads()
      .filter((workload) => stamped(workload) && rolling(workload))
      .filter(({ metadata }) => !leftBehind.includes(metadata.uid ?? ''))
    if (moving.length > 1) broken(`in motion at once: ${moving.map(nameOf).join(', ')}`)
  }

  return {
    acting(action, record, note) {
      const what = describeAction(action)
      if (record.standing !== 'working') broken(`${what} while the upgrade is ${record.standing}`)
      if (note?.kind !== 'act' || !note.actions?.includes(what)) broken(`${what} was not announced by a note`)
      if (action.do === 'delete-object' && record.direction === 'forward' && !record.pastReturn)
        broken(`${what} before the record says that there is no way back`)
      leftBehind = record.passedOver?.uids ?? []
      if (action.do !== 'restart-workload') return
      const onto = record.direction === 'back' ? record.from : record.to
      if (readyOf(onto.revision) < 1) broken(`${what} while ${onto.revision} is not ready`)
    },
    always() {
      // A world in which nothing was written since is as good as it was.
      if (api.state.resourceVersion === looked) return
      oneSidecar()
      everyProxyHasItsControlPlane()
      newPodsAreInjected()
      oneDefault()
      oneInMotion()
      looked = api.state.resourceVersion
    },
    finished() {
      for (const pod of pods()) {
        const injection = injectionOf(pod)
        if (injection === undefined || (pod.metadata['deletionTimestamp'] ?? undefined) !== undefined) continue
        const plane = planes().find(({ metadata }) => metadata.name === injection.discovery.split('.')[0])
        const revision = plane?.metadata.labels?.['istio.io/rev']
        if (injection.proxies !== 1 || injection.revision !== revision)
          broken(`pod ${nameOf(pod)} says ${injection.revision} and talks to ${injection.discovery}`)
      }
    },
  }
}
