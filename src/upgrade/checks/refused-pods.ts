import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'
import { inMesh } from '../moves/namespaces.ts'
import { isRefusedByOthers } from '../moves/refusal.ts'

const says = sentences('refused-pods', {
  refused:
    'A plain dry-run pod is refused in namespace {namespace}: {why}. Without one it cannot be proven who injects there, which is not supported yet: make room in its quota, or let image meshlift.invalid/probe through for dry runs.',
})

/** Before each restart a dry-run pod must show who injects; where none can be made, the upgrade would stop in the middle. */
export const refusedPods = defineCheck({
  id: 'refused-pods',
  title: 'Namespaces of the mesh take a dry-run pod',
  gate: 'start',
  weight: 'blocks',
  reads: ['namespaces'],
  says,
  asks: ({ seen }) =>
    inMesh(seen.namespaces).map(({ cluster, name: namespace }) => ({
      ask: 'dry-run-pod' as const,
      cluster,
      namespace,
      labels: {},
      times: 1,
    })),
  look: ({ seen, answers }) =>
    inMesh(seen.namespaces).flatMap(({ name: namespace }, index) => {
      const answer = answers[index]
      const refused = answer?.ask === 'dry-run-pod' ? answer.pods.find((pod) => 'refused' in pod) : undefined
      if (!answer || !refused || !('refused' in refused) || !isRefusedByOthers([answer])) return []
      return [{ about: namespace, because: says.say.refused({ namespace, why: refused.refused }) }]
    }),
})
