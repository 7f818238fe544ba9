import { describe, expect, test } from 'vitest'
import { uninstall } from './helm-actions.ts'
import { kinds } from './kinds.ts'
import { removeTag, setTag } from './tags.ts'
import { trial, withCanary } from './trial.ts'

describe('B5: an un-revisioned mesh and the tag `default` by istioctl', () => {
  test('switches the old injector off and moves the validator', () => {
    const on = trial('demo')
    withCanary(on)
    setTag(on.api, 'default', '1-31')
    expect(on.probe('shop')).toBe('1-31 1.31.0')
    expect(on.probe('billing')).toBe('1-31 1.31.0')
    expect(on.api.find(kinds.ValidatingWebhookConfiguration, { name: 'istiod-default-validator' })).toMatchObject({
      metadata: {
        labels: { 'istio.io/rev': '1-31', 'istio.io/tag': 'default' },
        annotations: { 'meta.helm.sh/release-name': 'istiod-1-31' },
      },
      webhooks: [{ clientConfig: { service: { name: 'istiod-1-31' } } }],
    })
  })

  test('taken away again, nobody injects: the old injector stays off and the validator is gone', () => {
    const on = trial('demo')
    withCanary(on)
    setTag(on.api, 'default', '1-31')
    removeTag(on.api, 'default')
    on.pass(1000)
    expect(on.probe('shop')).toBe('none')
    expect(on.api.find(kinds.ValidatingWebhookConfiguration, { name: 'istiod-default-validator' })).toBeUndefined()
    uninstall(on.api, { name: 'istiod-1-31', namespace: 'istio-system' })
    on.pass(1000)
    expect(on.probe('shop')).toBe('none')
  })
})

test('a tag of istioctl carries copied marks of Helm, which does not own it', () => {
  const { api } = trial('revisioned')
  const tag = api.find(kinds.MutatingWebhookConfiguration, { name: 'istio-revision-tag-elk' })
  expect(tag?.metadata.annotations?.['meta.helm.sh/release-name']).toBe('istiod-1-29')
  expect(tag?.metadata.managedFields?.map((each) => each.manager)).toContain('istio-ci')
  expect(api.find(kinds.Service, { namespace: 'istio-system', name: 'istiod-revision-tag-elk' })).toBeDefined()
})
