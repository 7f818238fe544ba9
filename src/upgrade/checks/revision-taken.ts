import { defineCheck } from '../check.ts'
import { revisionLabel, tagLabel } from '../istio/injection.ts'
import { injectorName, validatorName } from '../istio/revisions.ts'
import { istioNamespace } from '../mesh.ts'
import { sentences } from '../reason.ts'

const says = sentences('revision-taken', {
  controlPlane:
    'Control plane {object} of revision {revision} is there already. Uninstall its Helm release if nothing uses it; the name of a revision is not used twice.',
  release:
    'Helm release {object} is there already ({status}). Uninstall it (helm uninstall {object} -n {namespace}), then check again.',
  webhook:
    "Webhook configuration {object} of revision {revision} is there already, left over or somebody else's. Delete it, then check again.",
  tag: 'Tag {revision} has the name of the revision that is to be installed: both would inject the same pods. Rename the tag, then check again.',
  service:
    'Service {object} of revision {revision} is there already. Delete it, or point its tag to the control plane in use, then check again.',
})

/** Before ControlPlaneUpgrade nothing of the new revision is ours, so all of it is in the way. */
export const revisionTaken = defineCheck({
  id: 'revision-taken',
  title: 'The name of the new revision is free',
  gate: 'start',
  weight: 'blocks',
  reads: ['controlPlanes', 'releases', 'webhooks', 'tagServices'],
  says,
  look({ upgrade, seen }) {
    const { revision, release } = upgrade.to
    const names = new Set([injectorName(revision), validatorName(revision, istioNamespace)])
    return [
      ...seen.controlPlanes
        .filter((plane) => plane.revision === revision)
        .map(({ namespace, name }) => `${namespace}/${name}`)
        .map((object) => ({ about: `Deployment ${object}`, because: says.say.controlPlane({ object, revision }) })),
      ...seen.releases
        .filter((one) => one.name === release)
        .map(({ name: object, status, namespace }) => ({
          about: `release ${object}`,
          because: says.say.release({ object, status, namespace }),
        })),
      ...seen.webhooks.flatMap(({ kind, name: object, labels }) => {
        const about = `${kind} ${object}`
        if (labels[tagLabel] === revision) return [{ about, because: says.say.tag({ revision }) }]
        if (labels[revisionLabel] === revision || names.has(object))
          return [{ about, because: says.say.webhook({ object, revision }) }]
        return []
      }),
      ...seen.tagServices
        .filter((service) => service.revision === revision)
        .map(({ namespace, name }) => `${namespace}/${name}`)
        .map((object) => ({ about: `Service ${object}`, because: says.say.service({ object, revision }) })),
    ]
  },
})
