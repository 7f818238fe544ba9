/** The table of contents of an upgrade. Order is policy, so it is written down, with reasons. */

import type { Step } from './record.ts'
import type { Stage } from './stage.ts'
import { backBodies } from './stages/back-bodies.ts'
import { backDefault } from './stages/back-default.ts'
import { backLabels } from './stages/back-labels.ts'
import { backWorkloads } from './stages/back-workloads.ts'
import { checkAgain } from './stages/check-again.ts'
import { giveBack } from './stages/give-back.ts'
import { guardFinish } from './stages/guard-finish.ts'
import { installCrds } from './stages/install-crds.ts'
import { installRevision } from './stages/install-revision.ts'
import { judgeStart } from './stages/judge-start.ts'
import { look } from './stages/look.ts'
import { makeDefault } from './stages/make-default.ts'
import { moveFollowers } from './stages/move-followers.ts'
import { moveGateways } from './stages/move-gateways.ts'
import { moveTags } from './stages/move-tags.ts'
import { moveValidator } from './stages/move-validator.ts'
import { moveWorkloadsStage } from './stages/move-workloads.ts'
import { proveClean } from './stages/prove-clean.ts'
import { proveInjection } from './stages/prove-injection.ts'
import { removeCanary } from './stages/remove-canary.ts'
import { removeOld } from './stages/remove-old.ts'
import { restoreLabels } from './stages/restore-labels.ts'
import { takeSnapshot } from './stages/take-snapshot.ts'

export const plan: Readonly<Record<Step, readonly Stage[]>> = {
  PreCheck: [
    look, // can the clusters be reached, and may we
    judgeStart, // nothing is touched until every blocking check is quiet
  ],
  ControlPlaneUpgrade: [
    checkAgain,
    takeSnapshot, // before the first write: what rolling back restores
    installCrds, // shared, forward only; the new istiod needs them
    installRevision, // beside the old one, no traffic
    proveInjection, // a dry-run pod is really injected by it
  ],
  DataPlaneUpgrade: [
    moveWorkloadsStage, // label, prove, restart, look, next
    moveGateways, // after workloads, so that a bad revision never meets the edge first
    moveTags, // from here on new pods by tag
    makeDefault, // and by default
    moveValidator, // configuration is judged by the new one
    moveFollowers, // pods that choose by their own label can only move now
    restoreLabels, // Git and cluster agree again; still reversible
  ],
  PostUpgrade: [
    guardFinish, // refuses while anything still needs the old one
    removeOld, // point of no return: the note of the first removal
    proveClean, // nothing points at what is gone
    giveBack, // our entries, annotations and record go
  ],
}

/** Not the plan reversed (decision 6): new pods first, then running ones, and the new control plane only when nobody uses it. */
export const rollback: readonly Stage[] = [backDefault, backBodies, backLabels, backWorkloads, removeCanary, giveBack]

export function stageById(id: string): Stage | undefined {
  return [...Object.values(plan).flat(), ...rollback].find((stage) => stage.id === id)
}
