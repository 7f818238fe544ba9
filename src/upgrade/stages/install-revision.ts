import { controlPlaneOf, releaseOf } from '../facts/seen.ts'
import type { Observation } from '../mesh.ts'
import { sentences } from '../reason.ts'
import type { ControlPlaneRef } from '../record.ts'
import { defineStage } from '../stage.ts'
import { valuesFor } from '../facts/values.ts'

const says = sentences('install-revision', {
  noRelease:
    'Helm release {release} of the old control plane is not there any more; its values are needed for the new one. Roll back, or put it back.',
  pending: 'Helm release {release} is {status}; a helm that is still at work may finish it.',
  clearing: 'Helm release {release} was left {status} by an install that was interrupted; removing it to start anew.',
  installing: 'Installing control plane {revision} ({version}) beside control plane {old}.',
  starting: '{ready} of {wanted} replicas of control plane {revision} are ready{trouble}.',
  late: '{ready} of {wanted} replicas of control plane {revision} are ready after {seconds} s{trouble}. Look at the pods of Deployment istio-system/{deployment}; it goes on by itself when they are ready, or roll back.',
  foreign:
    '{object} is there already and is not of this upgrade; nothing of it is touched. Remove it if nobody needs it, or roll back and choose another version.',
  ready: 'Control plane {revision} ({version}) is ready beside control plane {old}; no workload uses it yet.',
  gone: 'Control plane {revision} is not there any more. Roll back, or install Helm release {release} again.',
})
const say = says.say

function foundBefore(
  seen: Observation<'controlPlanes' | 'releases'>,
  cluster: string,
  to: ControlPlaneRef,
): string | undefined {
  const plane = controlPlaneOf(seen.controlPlanes, cluster, to.revision)
  if (plane) return `Deployment ${plane.namespace}/${plane.name}`
  return releaseOf(seen.releases, cluster, to.release) && `Helm release ${to.release}`
}

/** A killed helm of ours may still be at work; after this long its release is nobody's. */
const pendingMs = 20_000

export const installRevision = defineStage({
  id: 'install-revision',
  title: 'Install the new control plane beside the old one',
  reads: ['controlPlanes', 'releases', 'webhooks'],
  says,
  forward({ upgrade, seen, now, settings, outside }) {
    const { from, to } = upgrade
    for (const cluster of upgrade.mesh.clusters) {
      const release = releaseOf(seen.releases, cluster, to.release)
      // Whoever made it since PreCheck looked: it is not ours to take over, nor to remove when rolling back.
      const foreign = upgrade.installs ? undefined : foundBefore(seen, cluster, to)
      if (foreign !== undefined)
        return { kind: 'hold', needs: 'repair', because: say.foreign({ object: foreign }), about: to.revision }
      if (release?.status.startsWith('pending')) {
        const facts = { release: to.release, status: release.status }
        if (now - release.lastDeployed < pendingMs)
          return { kind: 'wait', lookAgainInMs: 1000, because: say.pending(facts) }
        return {
          kind: 'act',
          because: say.clearing(facts),
          actions: [{ do: 'clear-release', cluster, release: to.release }],
        }
      }
      if (release?.status === 'failed')
        return {
          kind: 'act',
          because: say.clearing({ release: to.release, status: release.status }),
          actions: [{ do: 'clear-release', cluster, release: to.release }],
        }
      if (!release) {
        const old = releaseOf(seen.releases, cluster, from.release)
        if (!old) return { kind: 'hold', needs: 'repair', because: say.noRelease({ release: from.release }) }
        const values = valuesFor(old, to, outside.values)
        return {
          kind: 'act',
          because: say.installing({ revision: to.revision, version: to.version, old: from.revision }),
          about: to.revision,
          actions: [{ do: 'install-revision', cluster, ...to, values }],
          learned: { installs: true },
        }
      }
      const plane = controlPlaneOf(seen.controlPlanes, cluster, to.revision)
      const facts = {
        revision: to.revision,
        ready: plane?.ready ?? 0,
        wanted: plane?.wanted ?? 1,
        trouble: plane?.trouble ? ` (${plane.trouble})` : '',
        deployment: plane?.name ?? to.service,
      }
      const injector = seen.webhooks.find(
        (one) =>
          one.cluster === cluster &&
          one.kind === 'MutatingWebhookConfiguration' &&
          one.labels['istio.io/rev'] === to.revision &&
          one.labels['istio.io/tag'] === undefined,
      )
      if (
        plane &&
        plane.ready >= plane.wanted &&
        plane.ready > 0 &&
        injector?.webhooks.every((webhook) => webhook.hasCaBundle)
      )
        continue
      const took = now - Math.max(release.lastDeployed, upgrade.jobs.at(-1)?.startedAt ?? 0)
      if (took > settings.readyWithinMs)
        return {
          kind: 'hold',
          needs: 'repair',
          because: say.late({ ...facts, seconds: Math.round(took / 1000) }),
          about: to.revision,
        }
      return { kind: 'wait', lookAgainInMs: 1000, because: say.starting(facts), about: to.revision, ownLimit: true }
    }
    return { kind: 'done', because: say.ready({ revision: to.revision, version: to.version, old: from.revision }) }
  },
  still({ upgrade, seen }) {
    const { to } = upgrade
    const missing = upgrade.mesh.clusters.find(
      (cluster) =>
        !controlPlaneOf(seen.controlPlanes, cluster, to.revision) || !releaseOf(seen.releases, cluster, to.release),
    )
    return missing === undefined ? undefined : say.gone({ revision: to.revision, release: to.release })
  },
})
