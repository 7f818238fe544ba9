import { describe, expect, it } from 'vitest'
import { quietMesh } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { defaultValidatorCheck } from './default-validator.ts'

const { webhooks } = quietMesh()

const rows: readonly Row[] = [
  { when: 'it points at the old control plane', finds: [] },
  {
    when: 'there is none',
    given: { mesh: { webhooks: webhooks.filter((webhook) => webhook.name !== 'istiod-default-validator') } },
    finds: [
      'none istiod-default-validator: There is no default validator: invalid Istio configuration is not refused, before and after. Set defaultRevision=default in Helm release istio-base if it should be.',
    ],
  },
  {
    when: 'it points at another Service',
    given: {
      mesh: {
        webhooks: webhooks.map((webhook) =>
          webhook.name === 'istiod-default-validator'
            ? { ...webhook, webhooks: webhook.webhooks.map((one) => ({ ...one, service: 'istiod-1-29' })) }
            : webhook,
        ),
      },
    },
    finds: [
      'elsewhere istiod-default-validator: The default validator points at istiod-1-29 and not at control plane default; it is left as it is. Set defaultRevision=default in Helm release istio-base if it should follow.',
    ],
  },
]

describe('default-validator', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(defaultValidatorCheck, given)).toEqual(finds)
  })
})
