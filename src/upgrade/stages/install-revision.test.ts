import { describe, expect, it } from 'vitest'
import type { Parts, ReleaseFact } from '../mesh.ts'
import { controlPlane, newPlane, noon, oldPlane, quietMesh, release } from '../testing/facts.ts'
import { decided, promised, staged, twoPlanes, type Staged } from '../testing/staging.ts'
import { changed, injector } from '../testing/webhooks.ts'
import { installRevision } from './install-revision.ts'

const quiet = quietMesh()
/** As it is before anything is installed. */
const before: Partial<Parts> = {
  controlPlanes: quiet.controlPlanes,
  releases: quiet.releases,
  webhooks: quiet.webhooks,
}
const ours = { installs: true } as const
const stored = (change: Partial<ReleaseFact>): Partial<Parts> => ({
  ...before,
  releases: [...quiet.releases, release(newPlane.release, 'istiod', newPlane.version, change)],
})
const plane = (change: object): Partial<Parts> => ({
  controlPlanes: [controlPlane(oldPlane), controlPlane(newPlane, change)],
})
const starting = (ago: number): Staged => ({
  upgrade: { ...ours, jobs: [] },
  now: noon,
  mesh: {
    ...plane({ ready: 0, wanted: 2, trouble: 'CrashLoopBackOff' }),
    releases: [...quiet.releases, release(newPlane.release, 'istiod', newPlane.version, { lastDeployed: noon - ago })],
  },
})
const noCaBundle = changed(injector(newPlane), {
  webhooks: injector(newPlane).webhooks.map((one) => ({ ...one, hasCaBundle: false })),
})

const rows: readonly { readonly when: string; readonly given: Staged; readonly is: string }[] = [
  {
    when: 'nothing of it is there',
    given: { mesh: before },
    is: 'act installing: Installing control plane 1-31-0 (1.31.0) beside control plane default. > install-revision 1-31-0 (1.31.0)',
  },
  {
    when: 'the old release is gone, with its values',
    given: { mesh: { ...before, releases: [] } },
    is: 'hold noRelease: Helm release istiod of the old control plane is not there any more; its values are needed for the new one. Roll back, or put it back.',
  },
  {
    when: 'somebody else made one of that name',
    given: {},
    is: 'hold foreign: Deployment istio-system/istiod-1-31-0 is there already and is not of this upgrade; nothing of it is touched. Remove it if nobody needs it, or roll back and choose another version.',
  },
  {
    when: 'somebody else began to',
    given: { mesh: stored({ status: 'pending-install' }) },
    is: 'hold foreign: Helm release istiod-1-31-0 is there already and is not of this upgrade; nothing of it is touched. Remove it if nobody needs it, or roll back and choose another version.',
  },
  {
    when: 'our helm may still be at it',
    given: { upgrade: ours, mesh: stored({ status: 'pending-install', lastDeployed: noon - 19_000 }) },
    is: 'wait pending: Helm release istiod-1-31-0 is pending-install; a helm that is still at work may finish it.',
  },
  {
    when: 'our helm is surely dead',
    given: { upgrade: ours, mesh: stored({ status: 'pending-install', lastDeployed: noon - 20_000 }) },
    is: 'act clearing: Helm release istiod-1-31-0 was left pending-install by an install that was interrupted; removing it to start anew. > clear-release istiod-1-31-0',
  },
  {
    when: 'our helm failed',
    given: { upgrade: ours, mesh: stored({ status: 'failed', lastDeployed: noon }) },
    is: 'act clearing: Helm release istiod-1-31-0 was left failed by an install that was interrupted; removing it to start anew. > clear-release istiod-1-31-0',
  },
  {
    when: 'it starts',
    given: starting(300_000),
    is: 'wait starting: 0 of 2 replicas of control plane 1-31-0 are ready (CrashLoopBackOff).',
  },
  {
    when: 'it takes too long',
    given: starting(301_000),
    is: 'hold late: 0 of 2 replicas of control plane 1-31-0 are ready after 301 s (CrashLoopBackOff). Look at the pods of Deployment istio-system/istiod-1-31-0; it goes on by itself when they are ready, or roll back.',
  },
  {
    when: 'a retry gives it as long again',
    given: { ...starting(900_000), upgrade: { ...ours } },
    is: 'wait starting: 0 of 2 replicas of control plane 1-31-0 are ready (CrashLoopBackOff).',
  },
  {
    when: 'only some are ready',
    given: { upgrade: ours, mesh: plane({ ready: 1, wanted: 2 }) },
    is: 'wait starting: 1 of 2 replicas of control plane 1-31-0 are ready.',
  },
  {
    when: 'none is wanted',
    given: { upgrade: ours, mesh: plane({ ready: 0, wanted: 0 }) },
    is: 'wait starting: 0 of 0 replicas of control plane 1-31-0 are ready.',
  },
  {
    when: 'its Deployment is not to be seen yet',
    given: { upgrade: ours, mesh: { controlPlanes: [controlPlane(oldPlane)] } },
    is: 'wait starting: 0 of 1 replicas of control plane 1-31-0 are ready.',
  },
  {
    when: 'its injector has no CA bundle yet',
    given: { upgrade: ours, mesh: { webhooks: [...quiet.webhooks, noCaBundle] } },
    is: 'wait starting: 1 of 1 replicas of control plane 1-31-0 are ready.',
  },
  {
    when: 'it is ready',
    given: { upgrade: ours },
    is: 'done ready: Control plane 1-31-0 (1.31.0) is ready beside control plane default; no workload uses it yet.',
  },
]

describe('installing the new control plane', () => {
  it.each(rows)('when $when', ({ given, is }) => {
    const releases = given.mesh?.releases ?? twoPlanes().releases.map((one) => ({ ...one, lastDeployed: noon }))
    expect(decided(installRevision, { ...given, mesh: { ...given.mesh, releases } })).toBe(is)
  })

  it('remembers that it did, before it does', () => {
    const verdict = installRevision.forward(staged({ mesh: before }))
    expect(verdict).toMatchObject({ kind: 'act', learned: { installs: true } })
  })

  it('promises that Deployment and release stay', () => {
    const gone =
      'still gone: Control plane 1-31-0 is not there any more. Roll back, or install Helm release istiod-1-31-0 again.'
    expect(promised(installRevision, {})).toBeUndefined()
    expect(promised(installRevision, { mesh: { controlPlanes: quiet.controlPlanes } })).toBe(gone)
    expect(promised(installRevision, { mesh: { releases: quiet.releases } })).toBe(gone)
  })
})
