import { defineCheck } from '../check.ts'
import { defaultValidator } from '../istio/revisions.ts'
import { sentences } from '../reason.ts'
import { pointsTo, webhookOf } from '../facts/seen.ts'

const says = sentences('default-validator', {
  none: 'There is no default validator: invalid Istio configuration is not refused, before and after. Set defaultRevision={revision} in Helm release {release} if it should be.',
  elsewhere:
    'The default validator points at {service} and not at control plane {revision}; it is left as it is. Set defaultRevision={revision} in Helm release {release} if it should follow.',
})

/** A revisioned installation whose base release never got `defaultRevision` has a validator that points at nobody. */
export const defaultValidatorCheck = defineCheck({
  id: 'default-validator',
  title: 'The old control plane validates Istio configuration',
  gate: 'start',
  weight: 'warns',
  reads: ['webhooks'],
  says,
  look({ upgrade, seen }) {
    const { from, baseRelease, mesh } = upgrade
    if (from.revision === '') return []
    return mesh.clusters.flatMap((cluster) => {
      const validator = webhookOf(seen.webhooks, cluster, defaultValidator)
      const facts = { revision: from.revision, release: baseRelease }
      if (!validator) return [{ about: defaultValidator, because: says.say.none(facts) }]
      if (pointsTo(validator, from.service)) return []
      const service = validator.webhooks[0]?.service ?? 'a URL'
      return [{ about: defaultValidator, because: says.say.elsewhere({ ...facts, service }) }]
    })
  },
})
