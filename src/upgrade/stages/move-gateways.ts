import { isGateway, movingParts } from '../moves/moving.ts'
import { askForMoves, moveNamespaces, type Selection } from '../moves/namespace-moves.ts'
import { sentences } from '../reason.ts'
import { defineStage } from '../stage.ts'

const says = sentences('move-gateways', {
  moved: 'Gateways that follow their namespace run with proxies of {revision}.',
})

/** After all workloads, so that a bad revision never meets the edge first. */
const selection: Selection = { namespaces: () => true, workloads: isGateway }

export const moveGateways = defineStage({
  id: 'move-gateways',
  title: 'Move classic gateways',
  reads: movingParts,
  says,
  asks: (s) => askForMoves(s, selection),
  forward: (s) =>
    moveNamespaces(s, selection) ?? { kind: 'done', because: says.say.moved({ revision: s.upgrade.to.revision }) },
})
