import { candidateOf, type Template } from '../facts/candidate.ts'
import { defineCheck } from '../check.ts'
import { withKind } from '../facts/injected.ts'
import { effectiveInjection, injectedBy, isInMesh, revisionLabel, withChoice } from '../istio/injection.ts'
import type { Labels } from '../mesh.ts'
import { sentences } from '../reason.ts'

const says = sentences('pinned-pods', {
  pinned:
    '{object} asks for revision {revision} by label istio.io/rev of its own pods, which no restart changes. Moving it is not supported yet: take the label away and label its namespace, or name a tag in it, then check again.',
})

/**
 * `default` is not pinned: the default tag answers to it once it is there. Nor is a pod whose namespace has a label of its
 * own, as long as the injectors prefer that: so they are asked what they would do once the namespace names the new revision.
 */
export const pinnedPods = defineCheck({
  id: 'pinned-pods',
  title: 'No pods name the old revision by themselves',
  gate: 'start',
  weight: 'blocks',
  reads: ['workloads', 'batch', 'namespaces', 'webhooks', 'controlPlanes'],
  says,
  look({ upgrade, seen }) {
    const { revision } = upgrade.from
    if (revision === 'default' || revision === '') return []
    const moved = (labels: Labels): Labels =>
      isInMesh(labels) ? withChoice(labels, { [revisionLabel]: upgrade.to.revision }) : labels
    const stays = (template: Template): boolean => {
      const candidate = candidateOf(template, seen, moved)
      return (
        template.podLabels[revisionLabel] === revision &&
        candidate !== undefined &&
        injectedBy(effectiveInjection(candidate, seen), revision)
      )
    }
    return [...seen.workloads.filter(stays), ...seen.batch.filter((one) => one.active && stays(one))]
      .map(withKind)
      .map((object) => ({ about: object, because: says.say.pinned({ object, revision }) }))
  },
})
