import type { Action } from '../actions.ts'
import { targetOf } from '../moves/moving.ts'
import { originalOf } from '../moves/namespaces.ts'
import { sentences } from '../reason.ts'
import { defineStage } from '../stage.ts'

const says = sentences('give-back', {
  forgetting: 'Taking our annotations off {count} namespaces.',
  snapshot: 'Deleting the record in the cluster; it is not needed any more.',
  giving: 'Giving back {count} objects: the next Helm change of them would meet a conflict naming us.',
  given: 'Nothing of ours is left in the mesh but the restart stamps on pod templates.',
})

/** The last stage either way. Our entries in managedFields would make the user's next Helm change fail (decision 20). */
export const giveBack = defineStage({
  id: 'give-back',
  title: 'Leave the mesh to its owners',
  reads: ['namespaces', 'snapshots'],
  says,
  asks: ({ upgrade }) => upgrade.mesh.clusters.map((cluster) => ({ ask: 'our-entries' as const, cluster })),
  forward({ upgrade, seen, answers }) {
    const annotated = seen.namespaces.filter((namespace) => originalOf(namespace, upgrade.id) !== undefined)
    if (annotated.length > 0)
      return {
        kind: 'act',
        because: says.say.forgetting({ count: annotated.length }),
        actions: annotated.map((namespace): Action => ({
          do: 'forget-namespace',
          cluster: namespace.cluster,
          target: targetOf(namespace),
        })),
      }
    const entries = answers.flatMap((answer, index) =>
      answer.ask === 'our-entries'
        ? answer.objects.map((object): Action => ({
            do: 'give-back',
            cluster: upgrade.mesh.clusters[index] ?? '',
            object,
          }))
        : [],
    )
    if (entries.length > 0)
      return { kind: 'act', because: says.say.giving({ count: entries.length }), actions: entries }
    const snapshots = seen.snapshots.filter((snapshot) => snapshot.upgrade === upgrade.id)
    if (snapshots.length > 0)
      return {
        kind: 'act',
        because: says.say.snapshot(),
        actions: snapshots.map((snapshot): Action => ({
          do: 'delete-snapshot',
          cluster: snapshot.cluster,
          upgrade: upgrade.id,
        })),
      }
    return { kind: 'done', because: says.say.given() }
  },
})
