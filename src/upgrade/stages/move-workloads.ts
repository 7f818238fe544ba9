import { isGateway, movingParts } from '../moves/moving.ts'
import { askForMoves, moveNamespaces, writerOf, type Selection } from '../moves/namespace-moves.ts'
import { sameJson } from '../../lib/json.ts'
import type { NamespaceFact } from '../mesh.ts'
import { choice, isGatewayNamespace, isOn, originalOf } from '../moves/namespaces.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'
import type { MovingPart } from '../moves/moving.ts'
import { passesRestoring } from './restore-labels.ts'

const says = sentences('move-workloads', {
  moved: "All workloads of the mesh's namespaces run with proxies of {revision}.",
  broken:
    'Namespace {namespace} was moved to {revision}, and {writer} has changed its labels since. Put istio.io/rev={revision} back, or roll back.',
})

const selection = (s: Situation<MovingPart>): Selection => ({
  namespaces: (namespace) => !isGatewayNamespace(namespace, s.seen),
  workloads: (workload) => !isGateway(workload),
})

export const moveWorkloadsStage = defineStage({
  id: 'move-workloads',
  title: 'Move namespaces and their workloads',
  reads: movingParts,
  says,
  asks: (s) => askForMoves(s, selection(s)),
  forward(s) {
    return (
      moveNamespaces(s, selection(s)) ?? { kind: 'done', because: says.say.moved({ revision: s.upgrade.to.revision }) }
    )
  },
  /** Every namespace that we relabelled goes on asking for the new revision. Where labels that were given back lead is another promise. */
  still(s) {
    const { to, id } = s.upgrade
    const givenBack = (namespace: NamespaceFact): boolean =>
      passesRestoring(s.upgrade) && sameJson(choice(namespace), originalOf(namespace, id))
    const broken = s.seen.namespaces.find(
      (namespace) =>
        originalOf(namespace, id) !== undefined && !isOn(namespace, to.revision, s.seen) && !givenBack(namespace),
    )
    return broken && says.say.broken({ namespace: broken.name, revision: to.revision, writer: writerOf(broken) })
  },
})
