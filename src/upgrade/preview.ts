/** A dry run: what each stage would do, as far as it can be known from what is seen now. Pure. */

import { isInMesh } from './istio/injection.ts'
import { defaultTag, defaultValidator } from './istio/revisions.ts'
import type { MeshPart, Observation } from './mesh.ts'
import { follow, isGateway, isImmovable, livePodsOf, movingParts, nameOf } from './moves/moving.ts'
import { inMesh, isGatewayNamespace, isOn } from './moves/namespaces.ts'
import { rollback, stageById } from './plan.ts'
import { steps, type Step, type UpgradeRecord } from './record.ts'
import { pointsTo, tagName, tagsOf, webhookOf } from './facts/seen.ts'

type Seen = Observation
interface StagePlan {
  readonly id: string
  readonly title: string
  readonly actions: readonly string[]
}
export interface Preview {
  readonly steps: readonly { readonly name: Step; readonly stages: readonly StagePlan[] }[]
  readonly rollback: readonly StagePlan[]
}

const reads: readonly MeshPart[] = [...movingParts, 'tagServices', 'releases']

function of(upgrade: UpgradeRecord, seen: Seen): Preview {
  const stagePlan = (id: string): StagePlan => ({
    id,
    title: stageById(id)?.title ?? id,
    actions: lines[id]?.(upgrade, seen) ?? [],
  })
  return {
    steps: steps.map((name) => ({ name, stages: upgrade.plan[name].map(stagePlan) })),
    rollback: rollback.map((stage) => ({ id: stage.id, title: stage.title, actions: [] })),
  }
}

type Lines = (upgrade: UpgradeRecord, seen: Seen) => readonly string[]

const moving = (upgrade: UpgradeRecord, seen: Seen, gateways: boolean): readonly string[] =>
  inMesh(seen.namespaces)
    .filter((namespace) => isOn(namespace, upgrade.from.revision, seen))
    .flatMap((namespace) => {
      const workloads = seen.workloads.filter(
        (workload) =>
          workload.cluster === namespace.cluster &&
          workload.namespace === namespace.name &&
          isGateway(workload) === gateways &&
          livePodsOf(workload, seen.pods).some((pod) => pod.injection) &&
          !isImmovable(workload),
      )
      const label =
        isGatewayNamespace(namespace, seen) === gateways
          ? [`label-namespace ${namespace.name} ${upgrade.to.revision}`]
          : []
      return [
        ...label,
        ...workloads.map(
          (workload) => `restart-workload ${nameOf(workload)} (${workload.kind}, ${workload.replicas} pods)`,
        ),
      ]
    })

/** By stage id; a stage that is not here only looks. */
const lines: Readonly<Record<string, Lines>> = {
  'take-snapshot': (upgrade) => [`write-snapshot ${upgrade.id}`],
  'install-crds': (upgrade) => [`apply-crds ${upgrade.to.version}, those that differ`],
  'install-revision': (upgrade) => [
    `install-revision ${upgrade.to.revision} (${upgrade.to.version}) as Helm release ${upgrade.to.release}`,
  ],
  'move-workloads': (upgrade, seen) => moving(upgrade, seen, false),
  'move-gateways': (upgrade, seen) => moving(upgrade, seen, true),
  'move-tags': (upgrade, seen) =>
    tagsOf(seen.webhooks)
      .filter((tag) => tag.name !== defaultTag && pointsTo(tag, upgrade.from.service))
      .map((tag) => `point-tag ${tagName(tag)} ${upgrade.to.revision}`),
  'make-default'(upgrade, seen) {
    if (upgrade.from.revision === 'default')
      return [`redirect-injector, apply-default-tag ${upgrade.to.revision}, deactivate-injector`]
    return tagsOf(seen.webhooks).some((tag) => tag.name === defaultTag)
      ? [`point-tag default ${upgrade.to.revision}`]
      : []
  },
  'move-validator': (upgrade, seen) =>
    upgrade.mesh.clusters.flatMap((cluster) =>
      webhookOf(seen.webhooks, cluster, defaultValidator)
        ? [`point-validator ${defaultValidator} ${upgrade.to.service}`]
        : [],
    ),
  'move-followers': (upgrade, seen) =>
    seen.workloads
      .filter((workload) => followsByPod(workload, upgrade, seen))
      .map((workload) => `restart-workload ${nameOf(workload)} (${workload.kind}, ${workload.replicas} pods)`),
  'restore-labels': (upgrade, seen) =>
    inMesh(seen.namespaces)
      .filter(
        (namespace) =>
          isOn(namespace, upgrade.from.revision, seen) && !namesOld(namespace.labels['istio.io/rev'], upgrade),
      )
      .map((namespace) => `restore-namespace ${namespace.name}`),
  'remove-old': (upgrade) => [
    `delete what Helm release ${upgrade.from.release} made, but for tags and what was taken over; no way back from here`,
  ],
}

function followsByPod(workload: Seen['workloads'][number], upgrade: UpgradeRecord, seen: Seen): boolean {
  const namespace = seen.namespaces.find((one) => one.cluster === workload.cluster && one.name === workload.namespace)
  return namespace !== undefined && !isInMesh(namespace.labels) && follow(workload, upgrade.from.revision, seen)
}

/** The concrete old revision; `default` leads to the default tag once that is there. */
function namesOld(label: string | undefined, { from }: UpgradeRecord): boolean {
  return label === from.revision && from.revision !== 'default'
}

export const preview = { reads, of }
