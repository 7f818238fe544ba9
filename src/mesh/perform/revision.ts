/** Installing the Helm release of a new revision, and clearing one that was left half-made. */

import { Problem } from '../../lib/problem.ts'
import type { Action } from '../../upgrade/actions.ts'
import { istioNamespace } from '../../upgrade/mesh.ts'
import type { Helm } from '../cluster.ts'
import { installValues } from '../install-values.ts'
import { newestOf, releaseRecord } from '../observe/release-record.ts'
import type { ReleaseRecord } from '../observe/release-record.ts'
import { secrets } from '../resources.ts'
import type { Hands } from './aim.ts'

type WithHelm = Hands & { readonly helm: Helm }

/** A release of that name that already is deployed for this revision is our own of before; any other state is for the engine to look at. */
export async function installRevision(
  hands: WithHelm,
  action: Extract<Action, { do: 'install-revision' }>,
): Promise<void> {
  const { release, version, revision, values } = action
  const stored = await newestRecord(hands, release)
  if (stored?.status === 'deployed' && stored.values['revision'] === revision) return
  if (stored !== undefined) throw notAsSeen(release, `is there already, ${stored.status}`)
  await hands.helm.install(
    { name: release, namespace: istioNamespace },
    { chart: 'istiod', version },
    installValues(values, { revision, version }),
    hands.signal,
  )
}

/** Only a release that never was deployed: everything of a deployed one is removed object by object, as previewed. */
export async function clearRelease(
  hands: WithHelm,
  { release }: Extract<Action, { do: 'clear-release' }>,
): Promise<void> {
  const stored = await newestRecord(hands, release)
  if (stored === undefined) return
  if (stored.status === 'deployed' || stored.version > 1)
    throw notAsSeen(release, `is no half-made installation: version ${stored.version}, ${stored.status}`)
  await hands.helm.uninstall({ name: release, namespace: istioNamespace }, hands.signal)
}

async function newestRecord({ cluster, signal }: Hands, release: string): Promise<ReleaseRecord | undefined> {
  const labelSelector = `owner=helm,name=${release}`
  const stored = await cluster.list(secrets, { namespace: istioNamespace, labelSelector, metadataOnly: true }, signal)
  const [newest] = newestOf(stored)
  if (newest === undefined) return undefined
  const secret = await cluster.get(secrets, { name: newest.metadata.name, namespace: istioNamespace }, signal)
  return secret === undefined ? undefined : releaseRecord(secret)
}

function notAsSeen(release: string, what: string): Problem {
  return new Problem({
    kind: 'conflict',
    code: 'mesh/release-not-as-seen',
    text: `Helm release ${release} ${what}.`,
    facts: { release },
  })
}
