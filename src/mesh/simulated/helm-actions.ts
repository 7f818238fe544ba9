/** What helm does to a cluster: install, upgrade by server-side apply, uninstall by the stored manifest whoever owns the objects by now (B1). */

import { Problem, problemFrom } from '../../lib/problem.ts'
import type { ChartRef, HelmRelease, KubeObject } from '../cluster.ts'
import type { Api } from './api.ts'
import { render } from './charts/render.ts'
import type { Values } from './charts/values.ts'
import { byInstallOrder, owned, refuseForeign, resourceOf, sameObject } from './helm-objects.ts'
import type { StoredRelease } from './helm-releases.ts'
import { forgetReleases, manifestOf, newRelease, storeRelease, storedReleases } from './helm-releases.ts'
import { kinds } from './kinds.ts'

const helm = 'helm'

export interface Started {
  readonly stored: StoredRelease
  readonly objects: readonly KubeObject[]
}

/** First half of an install: CRDs outside of the release, and the record that helm is at it. */
export function beginInstall(api: Api, release: HelmRelease, chart: ChartRef, values: Values): Started {
  refuseIfPending(api, release)
  if (storedReleases(api, release).length > 0)
    throw new Problem({
      kind: 'rejected',
      code: 'simulated/name-in-use',
      text: `helm install ${release.name}: cannot re-use a name that is still in use.`,
    })
  const { objects, outside } = render(release, chart, values, false)
  for (const each of objects) refuseForeign(api, release, each)
  for (const each of outside)
    if (!api.find(kinds.CustomResourceDefinition, each.metadata)) api.create(kinds.CustomResourceDefinition, each, helm)
  const stored = storeRelease(
    api,
    newRelease(api, release, chart, values, objects),
    'pending-install',
    'Initial install underway',
  )
  return { stored, objects }
}

/** Second half. Helm killed after some objects leaves them, and the release pending. @throws Problem `unavailable` when it was killed */
export function finishInstall(api: Api, { stored, objects }: Started): void {
  const { faults } = api.state
  for (const [index, each] of objects.toSorted(byInstallOrder).entries()) {
    if (faults.helmKilledAfter === index) {
      const { helmKilledAfter: _, ...rest } = faults
      api.state.faults = rest
      throw new Problem({
        kind: 'unavailable',
        code: 'simulated/killed',
        text: `helm install ${stored.name} was killed (signal 9) before it ended.`,
      })
    }
    try {
      api.apply(resourceOf(each), owned(stored, each), helm, false)
    } catch (thrown) {
      storeRelease(api, stored, 'failed', `Release "${stored.name}" failed: ${problemFrom(thrown).message}`)
      throw thrown
    }
  }
  storeRelease(api, stored, 'deployed', 'Install complete')
}

/** @throws Problem `conflict` when another manager owns a field that would change, and `force` is not given (B2). */
export function upgrade(api: Api, release: HelmRelease, chart: ChartRef, values: Values, forceConflicts = false): void {
  refuseIfPending(api, release)
  const before = storedReleases(api, release).at(-1)
  if (!before) throw noRelease(release)
  const { objects } = render(release, chart, values, true)
  const old = manifestOf(before)
  for (const each of objects) if (!old.some((other) => sameObject(other, each))) refuseForeign(api, release, each)
  const stored = storeRelease(
    api,
    newRelease(api, release, chart, values, objects),
    'pending-upgrade',
    'Preparing upgrade',
  )
  try {
    for (const each of objects.toSorted(byInstallOrder))
      api.apply(resourceOf(each), owned(stored, each), helm, forceConflicts)
  } catch (thrown) {
    storeRelease(api, stored, 'failed', `Upgrade "${release.name}" failed: ${problemFrom(thrown).message}`)
    throw thrown
  }
  for (const each of old) if (!objects.some((other) => sameObject(other, each))) removeUnlessKept(api, each)
  storeRelease(api, before, 'superseded', 'Upgrade complete')
  storeRelease(api, stored, 'deployed', 'Upgrade complete')
}

function noRelease(release: HelmRelease): Problem {
  return new Problem({
    kind: 'not-found',
    code: 'simulated/no-release',
    text: `helm: release ${release.name} is not there.`,
  })
}

export function uninstall(api: Api, release: HelmRelease): void {
  const newest = storedReleases(api, release).at(-1)
  if (!newest) throw noRelease(release)
  for (const each of manifestOf(newest).toSorted(byInstallOrder).toReversed()) removeUnlessKept(api, each)
  forgetReleases(api, release)
}

function removeUnlessKept(api: Api, object: KubeObject): void {
  if (object.metadata.annotations?.['helm.sh/resource-policy'] !== 'keep')
    api.remove(resourceOf(object), object.metadata, helm)
}

function refuseIfPending(api: Api, release: HelmRelease): void {
  const status = storedReleases(api, release).at(-1)?.info.status
  if (status?.startsWith('pending-'))
    throw new Problem({
      kind: 'conflict',
      code: 'simulated/pending',
      text: `helm ${release.name}: another operation (install/upgrade/rollback) is in progress.`,
    })
}
