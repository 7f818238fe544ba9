/** One stage, looking at the quiet mesh with something changed. */

import { describeAction } from '../actions.ts'
import { takeSnapshot } from '../stages/take-snapshot.ts'
import type { Answer, Injection, MeshPart, Observation, Parts, Probe } from '../mesh.ts'
import type { Before, ControlPlaneRef, UpgradeRecord } from '../record.ts'
import type { Situation, Stage } from '../stage.ts'
import { controlPlane, injectedAs, newPlane, noon, oldPlane, quietMesh, release } from './facts.ts'
import { upgradeRecord } from './record.ts'
import { injector, revisionValidator } from './webhooks.ts'

export interface Staged {
  readonly mesh?: Partial<Parts>
  /** The control plane that is replaced; the un-revisioned one when left out. */
  readonly from?: ControlPlaneRef
  readonly upgrade?: Partial<UpgradeRecord>
  readonly answers?: readonly Answer[]
  readonly before?: Before
  readonly now?: number
  readonly values?: Readonly<Record<string, unknown>>
}

export const settings: Situation['settings'] = {
  settleMs: 1000,
  readyWithinMs: 300_000,
  rolledWithinMs: 600_000,
  heldAfterMs: 600_000,
  precheckValidMs: 86_400_000,
}

/** The quiet mesh with the new control plane ready beside the old one: nothing is moved yet. */
export function twoPlanes(change: Partial<Parts> = {}, from: ControlPlaneRef = oldPlane): Observation {
  const quiet = quietMesh({}, from)
  return {
    ...quiet,
    controlPlanes: [...quiet.controlPlanes, controlPlane(newPlane)],
    releases: [...quiet.releases, release(newPlane.release, 'istiod', newPlane.version)],
    webhooks: [...quiet.webhooks, injector(newPlane), revisionValidator(newPlane)],
    ...change,
  }
}

export function staged({ mesh, from, upgrade, answers = [], before, now = noon, values = {} }: Staged): Situation {
  return {
    upgrade: upgradeRecord({
      step: 'DataPlaneUpgrade',
      expected: { from: injectedAs(from ?? oldPlane), to: injectedAs(newPlane) },
      ...(from && { from }),
      ...upgrade,
    }),
    job: 'j1',
    seen: twoPlanes(mesh, from),
    answers,
    before,
    now,
    settings,
    outside: { others: [], catalogue: { hop: () => undefined, kubernetes: () => undefined }, values },
  }
}

/** What was recorded before anything of this mesh was changed. */
export function recordedOf(mesh: Partial<Parts> = {}, from: ControlPlaneRef = oldPlane): Before {
  const seen = quietMesh(mesh, from)
  const verdict = takeSnapshot.forward({ ...staged({ from }), seen })
  if (verdict.keep === undefined) throw new Error('nothing was recorded')
  return verdict.keep
}

/** `hold inUse: These still use ...` and an arrow an action, as a table of decisions is read. */
export function decided<P extends MeshPart>(stage: Stage<P>, given: Staged): string {
  const verdict = stage.forward(staged(given) as Situation<P>)
  const { code, text } = verdict.because
  const actions = verdict.kind === 'act' ? verdict.actions.map((action) => ` > ${describeAction(action)}`) : []
  return `${verdict.kind} ${code.split('/')[1]}: ${text}${actions.join('')}`
}

/** `still word: text` of a promise that is broken; undefined while it holds. */
export function promised<P extends MeshPart>(stage: Stage<P>, given: Staged): string | undefined {
  const broken = stage.still?.(staged(given) as Situation<P>)
  return broken && `still ${broken.code.split('/')[1]}: ${broken.text}`
}

export function asked<P extends MeshPart>(stage: Stage<P>, given: Staged): readonly Probe[] {
  return stage.asks?.(staged(given) as Situation<P>) ?? []
}

type DryRun = Extract<Answer, { ask: 'dry-run-pod' }>

/** So many dry-run pods injected like this; `undefined` for no sidecar, a text for a refusal. */
export function dryRun(injection: Injection | string | undefined, times = 1): DryRun {
  const pod = typeof injection === 'string' ? { refused: injection } : { injection }
  return { ask: 'dry-run-pod', pods: Array.from({ length: times }, () => pod) }
}
