/** Where a dry-run pod shows who injects for the default: asked between two writes that move it. */

import { injectionLabel, revisionLabel } from '../istio/injection.ts'
import type { NamespaceFact, Probe } from '../mesh.ts'
import { injectorAnswer } from './moving.ts'
import type { Situation } from '../stage.ts'

/** A namespace that says nothing, and a pod in it that asks for the default by its own label. */
export function askDefault(s: Situation<'namespaces'>): readonly Probe[] {
  const free = s.seen.namespaces.filter(saysNothing)
  const place = free.find((namespace) => namespace.name === 'istio-system') ?? free[0]
  if (!place) return []
  return [
    {
      ask: 'dry-run-pod',
      cluster: place.cluster,
      namespace: place.name,
      labels: { 'sidecar.istio.io/inject': 'true' },
      times: 3,
    },
  ]
}

/** `good`, or who injected instead; `good` too where there is no place to ask. */
export function defaultAnswer(s: Situation<'namespaces'>, revision: string): string {
  return s.answers.length === 0 ? 'good' : injectorAnswer(s.answers, revision)
}

function saysNothing(namespace: NamespaceFact): boolean {
  return (
    namespace.labels[injectionLabel] === undefined &&
    namespace.labels[revisionLabel] === undefined &&
    !namespace.terminating &&
    !namespace.name.startsWith('kube-')
  )
}
