/** Labels of namespaces: onto the new revision, back to what stood there, and the memory of it. */

import { isRecord } from '../../lib/json.ts'
import type { Action } from '../../upgrade/actions.ts'
import type { Labels } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { choosingLabels } from '../observe/namespaces.ts'
import { labelsAt, text } from '../observe/read.ts'
import { namespaces } from '../resources.ts'
import { change, current } from './aim.ts'
import type { Hands } from './aim.ts'
import { setMembers } from './json-patch.ts'

type Of<Name extends Action['do']> = Extract<Action, { do: Name }>

/** JSON `{"upgrade": id, "labels": {...}}`: a way back that outlives our database. */
const memory = 'meshlift.io/original-labels'

/** In one patch: with `istio-injection` still there the revision would be ignored, with both gone for a moment pods would come up bare. */
export async function labelNamespace(hands: Hands, action: Of<'label-namespace'>): Promise<void> {
  const { target, revision, upgrade } = action
  const namespace = await current(hands, namespaces, target)
  const remembered = isMemoryOf(upgrade, text(namespace, 'metadata', 'annotations', memory))
  const original = JSON.stringify({ upgrade, labels: chosenBy(namespace) })
  await change(hands, namespaces, target, [
    ...setMembers(namespace, ['metadata', 'labels'], { 'istio.io/rev': revision, 'istio-injection': undefined }),
    // Labelled a second time, the labels that stand there now are ours: the first memory stays.
    ...(remembered ? [] : setMembers(namespace, ['metadata', 'annotations'], { [memory]: original })),
  ])
}

export async function restoreNamespace(hands: Hands, action: Of<'restore-namespace'>): Promise<void> {
  const { target, labels, forget } = action
  const namespace = await current(hands, namespaces, target)
  const wanted = Object.fromEntries(choosingLabels.map((label) => [label, labels[label]]))
  await change(hands, namespaces, target, [
    ...setMembers(namespace, ['metadata', 'labels'], wanted),
    ...(forget ? setMembers(namespace, ['metadata', 'annotations'], { [memory]: undefined }) : []),
  ])
}

export async function forgetNamespace(hands: Hands, action: Of<'forget-namespace'>): Promise<void> {
  const namespace = await current(hands, namespaces, action.target)
  await change(
    hands,
    namespaces,
    action.target,
    setMembers(namespace, ['metadata', 'annotations'], { [memory]: undefined }),
  )
}

function chosenBy(namespace: KubeObject): Labels {
  const labels = labelsAt(namespace, 'metadata', 'labels')
  return Object.fromEntries(
    choosingLabels.flatMap((label) => (labels[label] === undefined ? [] : [[label, labels[label]]])),
  )
}

function isMemoryOf(upgrade: string, annotation: string | undefined): boolean {
  if (annotation === undefined) return false
  try {
    const content: unknown = JSON.parse(annotation)
    return isRecord(content) && content['upgrade'] === upgrade
  } catch {
    return false
  }
}
