import { defineCheck } from '../check.ts'
import { originalLabels, originalOf } from '../moves/namespaces.ts'
import { sentences } from '../reason.ts'

const says = sentences('another-upgrade', {
  unfinished: 'Upgrade {other} of this mesh is not finished. Finish it, roll it back or abandon it first.',
  snapshot:
    'ConfigMap {object} is the record of upgrade {other}, which was never finished or rolled back. Go on with it where it was begun; if its database is lost, give the namespaces the labels that the ConfigMap holds, restart what runs on the new revision, and then delete the ConfigMap.',
  labels:
    'Namespace {namespace} carries annotation {annotation} of another upgrade, which was never finished or rolled back. Go on with that upgrade; if it is surely over, take the annotation away.',
})

/** Also one that another database knows, or a lost one knew: the cluster tells of it. */
export const anotherUpgrade = defineCheck({
  id: 'another-upgrade',
  title: 'No other upgrade of this mesh is under way',
  gate: 'start',
  weight: 'blocks',
  reads: ['snapshots', 'namespaces'],
  says,
  look: ({ upgrade, seen, others }) => [
    ...others.map((other) => ({ about: `upgrade ${other}`, because: says.say.unfinished({ other }) })),
    ...seen.snapshots
      .filter((snapshot) => snapshot.upgrade !== upgrade.id)
      .map((snapshot) => ({
        about: `ConfigMap ${snapshot.name}`,
        because: says.say.snapshot({ object: snapshot.name, other: snapshot.upgrade }),
      })),
    ...seen.namespaces
      .filter(
        (namespace) =>
          namespace.annotations[originalLabels] !== undefined &&
          originalOf(namespace, upgrade.id) === undefined &&
          !namespace.terminating,
      )
      .map(({ name }) => ({
        about: `Namespace ${name}`,
        because: says.say.labels({ namespace: name, annotation: originalLabels }),
      })),
  ],
})
