/** What to put into Git and Helm after success (decision 5): otherwise the user's next Helm run conflicts, or undoes the upgrade (B2). */

import { revisionLabel } from './istio/injection.ts'
import { defaultTag, defaultValidator } from './istio/revisions.ts'
import { originalOf } from './moves/namespaces.ts'
import { releaseAnnotation, tagName, tagsOf, webhookOf } from './facts/seen.ts'
import type { Situation } from './stage.ts'

export function closingLines({ upgrade, seen, before }: Situation<'namespaces' | 'webhooks'>): readonly string[] {
  const { to, from, baseRelease } = upgrade
  const tags = tagsOf(seen.webhooks).filter((tag) => tag.labels[revisionLabel] === to.revision)
  const byHelm = tags.filter(
    (tag) =>
      wasHelms(tag.name, before) ||
      (tag.name === defaultTag && tag.annotations[releaseAnnotation] === to.release && !wasThere(tag.name, before)),
  )
  const byHand = tags.filter((tag) => !byHelm.includes(tag))
  const pinned = seen.namespaces.filter(
    (namespace) => namespace.labels[revisionLabel] === to.revision && originalOf(namespace, upgrade.id) !== undefined,
  )
  const validators = upgrade.mesh.clusters.flatMap(
    (cluster) => webhookOf(seen.webhooks, cluster, defaultValidator) ?? [],
  )
  const names = byHelm.map(tagName).toSorted()
  return [
    `Helm release ${baseRelease} (chart base ${to.version}): set defaultRevision=${to.revision}.`,
    `Helm release ${to.release} (chart istiod ${to.version}): keep revision=${to.revision}${names.length > 0 ? ` and set revisionTags={${names.join(',')}}` : ''} in its values file.`,
    ...(names.length > 0
      ? [
          `revisionTags must stay in the values file for good: an upgrade without them, once Helm had them, deletes ${names.join(', ')} silently.`,
        ]
      : []),
    ...(byHand.length > 0
      ? [
          `Tags made by istioctl were moved and must not be named in revisionTags (Helm would refuse them): ${byHand.map(tagName).toSorted().join(', ')}.`,
        ]
      : []),
    ...(validators.some((validator) => validator.managers.includes('istio-ci'))
      ? [
          `The default validator was once written by istioctl: the next upgrade of ${baseRelease} needs --force-conflicts once.`,
        ]
      : []),
    ...(pinned.length > 0
      ? [
          `Set istio.io/rev=${to.revision} in Git on: ${pinned
            .map((namespace) => namespace.name)
            .toSorted()
            .join(', ')}.`,
        ]
      : []),
    `Helm release ${from.release} is gone; take it out of Git.`,
  ]
}

type Bodies = {
  readonly metadata?: {
    readonly name?: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
    readonly managedFields?: unknown
  }
}

function bodyOf(name: string, before: Situation['before']): Bodies | undefined {
  return before?.bodies.map(({ body }) => body as Bodies).find((body) => body.metadata?.name === name)
}

const wasThere = (name: string, before: Situation['before']): boolean => bodyOf(name, before) !== undefined

/**
 * A tag made by istioctl carries copied Helm annotations although Helm does not own it: the writer tells.
 * The record keeps which tags the release's values named.
 */
function wasHelms(name: string, before: Situation['before']): boolean {
  const tag = bodyOf(name, before)?.metadata?.labels?.['istio.io/tag']
  if (tag === undefined) return false
  return (before?.releases ?? []).some((release) => release.tags.includes(tag))
}
