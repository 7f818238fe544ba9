import type { Injection, Probe } from '../mesh.ts'
import { injectorAnswer } from '../moves/moving.ts'
import { isInMesh } from '../istio/injection.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('prove-injection', {
  noPlace:
    'No namespace without istio-injection and istio.io/rev is there for a dry-run pod; {namespace} would do if its label were taken away.',
  waiting: 'A dry-run pod that asks for {revision} is not injected by it yet: {answer}.',
  proven:
    'Dry-run pods in {namespace} are injected by {revision} ({image}) when they ask for it, and by {old} ({oldImage}) when they ask for that.',
})

function place(s: Situation<'namespaces'>): string | undefined {
  const free = s.seen.namespaces.filter(
    (namespace) =>
      !isInMesh(namespace.labels) &&
      namespace.labels['istio-injection'] === undefined &&
      !namespace.terminating &&
      !namespace.name.startsWith('kube-'),
  )
  return (free.find((namespace) => namespace.name === 'istio-system') ?? free[0])?.name
}

/** Asked by the pod's own label, in a namespace that says nothing: no namespace is touched for the proof. */
export const proveInjection = defineStage({
  id: 'prove-injection',
  title: 'Prove that the new control plane injects',
  reads: ['namespaces'],
  says,
  asks(s) {
    const namespace = place(s)
    const ask = (cluster: string, revision: string): Probe => ({
      ask: 'dry-run-pod',
      cluster,
      namespace: namespace ?? '',
      labels: { 'istio.io/rev': revision },
      times: 1,
    })
    return namespace === undefined
      ? []
      : s.upgrade.mesh.clusters.flatMap((cluster) => [
          ask(cluster, s.upgrade.to.revision),
          ask(cluster, s.upgrade.from.revision),
        ])
  },
  forward(s) {
    const { from, to } = s.upgrade
    const namespace = place(s)
    if (namespace === undefined)
      return { kind: 'hold', needs: 'repair', because: says.say.noPlace({ namespace: 'istio-system' }) }
    for (const [index, ref] of [to, from].entries()) {
      const answer = injectorAnswer(s.answers.slice(index, index + 1), ref.revision)
      if (answer !== 'good')
        return {
          kind: 'wait',
          lookAgainInMs: 1000,
          because: says.say.waiting({ revision: ref.revision, answer }),
          about: ref.revision,
        }
    }
    const [onTo, onFrom] = [injectionOf(s, 0), injectionOf(s, 1)]
    return {
      kind: 'done',
      because: says.say.proven({
        namespace,
        revision: to.revision,
        image: onTo.image,
        old: from.revision,
        oldImage: onFrom.image,
      }),
      learned: { expected: { to: onTo, from: onFrom } },
    }
  },
})

function injectionOf(s: Situation<'namespaces'>, index: number): Injection {
  const answer = s.answers[index]
  const pod = answer?.ask === 'dry-run-pod' ? answer.pods[0] : undefined
  return pod && 'injection' in pod && pod.injection
    ? pod.injection
    : { revision: '', image: '', discovery: '', native: false, proxies: 0 }
}
