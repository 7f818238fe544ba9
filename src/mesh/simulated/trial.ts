/** A world on a clock that the test moves by hand, and the questions tests ask of it. */

import { problemFrom } from '../../lib/problem.ts'
import type { Labels } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import type { Api } from './api.ts'
import { render } from './charts/render.ts'
import type { Values } from './charts/values.ts'
import type { Faults } from './faults.ts'
import type { Fixture, FixtureName } from './fixtures/fixture.ts'
import { beginInstall, finishInstall } from './helm-actions.ts'
import { kinds } from './kinds.ts'
import type { Pod } from './shapes.ts'
import { virtualClock } from './virtual-clock.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { makeWorld } from './world.ts'
import type { World } from './world.ts'

export interface Trial {
  readonly clock: VirtualClock
  readonly world: World
  readonly api: Api
  /** Time passes, and what is due happens. */
  readonly pass: (ms: number) => void
  /** A dry-run pod there: `revision image-tag`, `none` without a proxy, or the refusal. */
  readonly probe: (namespace: string, labels?: Labels) => string
  /** The same of a stored pod. */
  readonly describe: (pod: KubeObject) => string
  readonly label: (namespace: string, labels: Readonly<Record<string, string | null>>) => void
}

export const start = Date.parse('2026-11-22T10:00:00Z')

export function trial(mesh: FixtureName | Fixture, faults: Partial<Faults> = {}, seed = 1): Trial {
  const clock = virtualClock(start)
  const world = makeWorld({ clock, mesh, faults, seed })
  const { api } = world
  return {
    clock,
    world,
    api,
    pass: (ms) => {
      clock.advance(ms)
      world.catchUp()
    },
    probe: (namespace, labels = {}) => {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'probe', namespace, labels },
        spec: { containers: [{ name: 'app', image: 'app' }] },
      }
      try {
        return describe(api.create(kinds.Pod, pod, 'test', true))
      } catch (thrown) {
        const problem = problemFrom(thrown)
        if (problem.kind === 'bug') throw thrown
        return problem.message
      }
    },
    describe,
    label: (name, labels) => {
      const namespace = api.find(kinds.Namespace, { name })
      if (!namespace) throw new Error(`no namespace ${name}`)
      const merged = Object.entries({ ...namespace.metadata.labels, ...labels }).filter(
        (each): each is [string, string] => each[1] !== null,
      )
      api.update(
        kinds.Namespace,
        { ...namespace, metadata: { ...namespace.metadata, labels: Object.fromEntries(merged) } },
        'kubectl-label',
      )
    },
  }
}

export const base = { name: 'istio-base', namespace: 'istio-system' }
export const canary = { name: 'istiod-1-31', namespace: 'istio-system' }
export const v131 = {
  base: { chart: 'base', version: '1.31.0' },
  istiod: { chart: 'istiod', version: '1.31.0' },
} as const

/** The CRDs of 1.31, with the base release's ownership, and the revision 1-31 beside what is there. */
export function withCanary(on: Trial, values: Values = {}): void {
  applyCrds(on.api)
  finishInstall(on.api, beginInstall(on.api, canary, v131.istiod, { revision: '1-31', ...values }))
  on.pass(5000)
}

export function applyCrds(api: Api): void {
  const annotations = { 'meta.helm.sh/release-name': base.name, 'meta.helm.sh/release-namespace': base.namespace }
  for (const each of render(base, v131.base, {}, false).objects)
    if (each.kind === 'CustomResourceDefinition')
      api.apply(
        kinds.CustomResourceDefinition,
        { ...each, metadata: { ...each.metadata, annotations: { ...each.metadata.annotations, ...annotations } } },
        'helm',
        true,
      )
}

function describe(object: KubeObject): string {
  const pod = object as Pod
  const proxies = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].filter(
    (each) => each.name === 'istio-proxy',
  )
  if (proxies.length === 0) return 'none'
  return `${pod.metadata.annotations?.['istio.io/rev']} ${proxies.map((each) => each.image.split(':').at(-1)).join('+')}`
}
