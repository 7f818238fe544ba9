/**
 * The mesh behind both drivers: what is seen, asked and done is written once, against the inner port, and runs on a
 * real cluster as it runs on the simulated one.
 */

import type { Clock } from '../lib/clock.ts'
import { Problem, assertNever } from '../lib/problem.ts'
import type { Action } from '../upgrade/actions.ts'
import type { Answer, Mesh, MeshPart, Observation, Parts, Probe } from '../upgrade/mesh.ts'
import { askBelongings } from './ask/belongings.ts'
import { askChart } from './ask/chart.ts'
import { askCrds } from './ask/crds.ts'
import { askDryRunConfig } from './ask/dry-run-config.ts'
import { askDryRunPod } from './ask/dry-run-pod.ts'
import { askOurEntries } from './ask/our-entries.ts'
import type { ManifestMemo } from './ask/stored-releases.ts'
import type { Cluster, Helm } from './cluster.ts'
import { crdsMemo } from './crds-memo.ts'
import type { CrdsMemo } from './crds-memo.ts'
import { observeBatch } from './observe/batch.ts'
import { observeBudgets } from './observe/budgets.ts'
import { observeClusters } from './observe/clusters.ts'
import type { GrantMemo } from './observe/clusters.ts'
import { observeControlPlanes } from './observe/control-planes.ts'
import { eachOf, lookAt } from './observe/look.ts'
import type { Look } from './observe/look.ts'
import { observeMeshConfigs } from './observe/mesh-configs.ts'
import { observeNamespaces } from './observe/namespaces.ts'
import { observePinned } from './observe/pinned.ts'
import { observePods } from './observe/pods.ts'
import { observeReleases } from './observe/releases.ts'
import type { ReleaseMemo } from './observe/releases.ts'
import { observeRoots } from './observe/roots.ts'
import { observeSnapshots } from './observe/snapshots.ts'
import { observeTagServices } from './observe/tag-services.ts'
import { observeUnsupported } from './observe/unsupported.ts'
import { observeWebhooks } from './observe/webhooks.ts'
import { observeWorkloads } from './observe/workloads.ts'
import type { Hands } from './perform/aim.ts'
import { applyCrds } from './perform/crds.ts'
import { applyDefaultTag } from './perform/default-tag.ts'
import { giveBack } from './perform/give-back.ts'
import { deactivateInjector, redirectInjector } from './perform/injector.ts'
import { forgetNamespace, labelNamespace, restoreNamespace } from './perform/namespaces.ts'
import { putBack } from './perform/put-back.ts'
import { deleteObject } from './perform/removal.ts'
import { clearRelease, installRevision } from './perform/revision.ts'
import { deleteSnapshot, writeSnapshot } from './perform/snapshot.ts'
import { pointTag, pointTagService } from './perform/tags.ts'
import { pointValidator } from './perform/validator.ts'
import { restartWorkload } from './perform/workloads.ts'

export interface Driven {
  readonly cluster: Cluster
  readonly helm: Helm
  readonly clock: Clock
}

/** With what was found before. */
type Remembering = Driven & { readonly crdsOf: CrdsMemo; readonly manifests: ManifestMemo }

/** A mesh of hundreds of namespaces asks about each: the API server and its webhooks serve others too. */
const probesAtOnce = 8

type Observers = { readonly [P in MeshPart]: (look: Look) => Promise<Parts[P]> }

export function meshOn(driven: Driven): Mesh {
  const { cluster, clock } = driven
  const observers = observersWithMemory(clock)
  const remembering: Remembering = { ...driven, crdsOf: crdsMemo(driven), manifests: new Map() }
  return {
    observe: async <P extends MeshPart>(parts: readonly P[], signal: AbortSignal) => {
      const at = clock.now() // before the first request: what is seen is never older than it says
      const look = lookAt(cluster, signal)
      const found = await Promise.all(parts.map(async (part) => [part, await observers[part](look)] as const))
      return { ...Object.fromEntries(found), at } as Observation<P>
    },
    ask: async (probes, signal) => {
      // One look for all: several questions about the same lists ask for them once.
      const look = lookAt(cluster, signal)
      // Several checks ask the same of the charts, and rendering them keeps helm busy for a second: answered once.
      const asked = new Map<string, Promise<Answer>>()
      return eachOf(probes, probesAtOnce, (probe) => {
        const key = JSON.stringify(probe)
        const known = asked.get(key) ?? answer(remembering, look, probe)
        asked.set(key, known)
        return known
      })
    },
    perform: async (action, signal) => {
      mustBe(cluster, action.cluster)
      await act({ ...remembering, signal }, action)
    },
    changed: (ms, signal) => cluster.changed(ms, signal),
  }
}

async function answer(driven: Remembering, look: Look, probe: Probe): Promise<Answer> {
  const { cluster, helm } = driven
  const { signal } = look
  mustBe(cluster, probe.cluster)
  switch (probe.ask) {
    case 'dry-run-pod':
      return askDryRunPod(driven, probe, signal)
    case 'dry-run-config':
      return askDryRunConfig(cluster, signal)
    case 'chart':
      return askChart(helm, probe, signal)
    case 'crds':
      return askCrds(driven, probe, signal)
    case 'belongings':
      return askBelongings(look, probe, driven.manifests)
    case 'our-entries':
      return askOurEntries(look)
    default:
      return assertNever(probe)
  }
}

async function act(hands: Remembering & Hands, action: Action): Promise<void> {
  switch (action.do) {
    case 'write-snapshot':
      return writeSnapshot(hands, action)
    case 'delete-snapshot':
      return deleteSnapshot(hands, action)
    case 'apply-crds':
      return applyCrds(hands, action)
    case 'install-revision':
      return installRevision(hands, action)
    case 'clear-release':
      return clearRelease(hands, action)
    case 'label-namespace':
      return labelNamespace(hands, action)
    case 'restore-namespace':
      return restoreNamespace(hands, action)
    case 'forget-namespace':
      return forgetNamespace(hands, action)
    case 'restart-workload':
      return restartWorkload(hands, action)
    case 'point-tag':
      return pointTag(hands, action)
    case 'point-tag-service':
      return pointTagService(hands, action)
    case 'redirect-injector':
      return redirectInjector(hands, action)
    case 'apply-default-tag':
      return applyDefaultTag(hands, action)
    case 'deactivate-injector':
      return deactivateInjector(hands, action)
    case 'point-validator':
      return pointValidator(hands, action)
    case 'put-back':
      return putBack(hands, action)
    case 'delete-object':
      return deleteObject(hands, action)
    case 'give-back':
      return giveBack(hands, action)
    default:
      return assertNever(action)
  }
}

/** Nothing may ever be asked of or done to another cluster than the one that was meant. */
function mustBe(cluster: Cluster, named: string): void {
  if (cluster.name === named) return
  throw new Problem({
    kind: 'bug',
    code: 'mesh/other-cluster',
    text: `Cluster ${named} was meant, and this mesh is on cluster ${cluster.name}.`,
  })
}

function observersWithMemory(clock: Clock): Observers {
  const granted: GrantMemo = new Map()
  const releases: ReleaseMemo = new Map()
  return {
    clusters: (look) => observeClusters(look, { granted, now: clock.now() }),
    controlPlanes: observeControlPlanes,
    meshConfigs: observeMeshConfigs,
    releases: (look) => observeReleases(look, releases),
    webhooks: observeWebhooks,
    tagServices: observeTagServices,
    namespaces: observeNamespaces,
    workloads: observeWorkloads,
    pods: observePods,
    batch: observeBatch,
    budgets: observeBudgets,
    unsupported: observeUnsupported,
    pinned: observePinned,
    roots: observeRoots,
    snapshots: observeSnapshots,
  }
}
