import { revisionLabel } from '../istio/injection.ts'
import { tagServiceSelector } from '../istio/revisions.ts'
import type { Action } from '../actions.ts'
import { targetOf } from '../moves/moving.ts'
import { sentences } from '../reason.ts'
import { whenReady } from '../moves/receiver.ts'
import { pointsTo, releaseAnnotation, tagName, tagServiceOf, tagsOf } from '../facts/seen.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('move-tags', {
  moving: 'Pointing tag {tag} at {revision}.',
  moved: 'Tags point at {revision}: {tags}.',
  none: 'There is no tag to move.',
  broken: 'Tag {tag} points at {service} again; somebody moved it back. Point it at {revision}, or roll back.',
})

type Part = 'webhooks' | 'tagServices'

/** One patch an object: label, owner and every webhook's Service switch together. The default tag is another stage's. */
export const moveTags = defineStage({
  id: 'move-tags',
  title: 'Point the tags at the new control plane',
  reads: ['webhooks', 'tagServices', 'controlPlanes'],
  says,
  forward(s) {
    const { to } = s.upgrade
    const tags = tagsOf(s.seen.webhooks).filter((tag) => tagName(tag) !== 'default')
    for (const tag of tags) {
      const actions = tagActions(s, tag)
      if (actions.length > 0)
        return whenReady(s, to, {
          kind: 'act',
          because: says.say.moving({ tag: tagName(tag), revision: to.revision }),
          about: tagName(tag),
          actions,
        })
    }
    if (tags.length === 0) return { kind: 'done', because: says.say.none() }
    return { kind: 'done', because: says.say.moved({ revision: to.revision, tags: tags.map(tagName) }) }
  },
  still(s) {
    const { from, to } = s.upgrade
    const back = tagsOf(s.seen.webhooks).find((tag) => tagName(tag) !== 'default' && pointsTo(tag, from.service))
    return back && says.say.broken({ tag: tagName(back), service: from.service, revision: to.revision })
  },
})

/**
 * What is left to do for one tag that belongs to the old revision; a tag of another revision is not ours to move. One that
 * somebody moved already still names the old release as its owner, and would go with it (B1).
 */
export function tagActions(s: Situation<Part>, tag: ReturnType<typeof tagsOf>[number]): readonly Action[] {
  const { from, to } = s.upgrade
  const { cluster } = tag
  const owned = (annotations: Readonly<Record<string, string>>): { readonly release?: string } =>
    annotations[releaseAnnotation] === undefined ? {} : { release: to.release }
  const ownedByOld = (annotations: Readonly<Record<string, string>>): boolean =>
    annotations[releaseAnnotation] === from.release
  const actions: Action[] = []
  if (
    tag.labels[revisionLabel] === from.revision ||
    pointsTo(tag, from.service) ||
    (pointsTo(tag, to.service) && ownedByOld(tag.annotations))
  )
    actions.push({
      do: 'point-tag',
      cluster,
      target: targetOf(tag),
      revision: to.revision,
      service: to.service,
      ...owned(tag.annotations),
    })
  const service = tagServiceOf(s.seen.tagServices, cluster, tagName(tag))
  if (
    service &&
    (service.revision === from.revision || (service.revision === to.revision && ownedByOld(service.annotations)))
  )
    actions.push({
      do: 'point-tag-service',
      cluster,
      target: targetOf(service),
      revision: to.revision,
      selector: tagServiceSelector(to.revision),
      ...owned(service.annotations),
    })
  return actions
}
