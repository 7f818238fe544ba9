import { describe, expect, test } from 'vitest'
import { kinds } from './kinds.ts'
import { trial } from './trial.ts'

const at = { name: 'shop' }
const config = (labels: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels },
})
const managers = (
  object: { metadata: { managedFields?: readonly { manager: string; operation: string }[] } } | undefined,
) => (object?.metadata.managedFields ?? []).map((each) => `${each.manager}:${each.operation}`)

describe('server-side apply of labels (B4)', () => {
  test('without force is refused where another manager owns the field', () => {
    const { api } = trial('demo')
    expect(() => api.apply(kinds.Namespace, config({ team: 'mine' }), 'meshlift', false)).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        message: expect.stringContaining('conflicts with "kubectl-client-side-apply": .metadata.labels.team') as string,
      }),
    )
  })

  test('cannot remove what another owns: both labels stay', () => {
    const { api } = trial('demo')
    const after = api.apply(kinds.Namespace, config({ 'istio.io/rev': '1-31' }), 'meshlift', true)
    expect(after.metadata.labels).toMatchObject({ 'istio.io/rev': '1-31', 'istio-injection': 'enabled' })
  })

  test('creates a namespace that was deleted meanwhile', () => {
    const { api, pass } = trial('demo')
    api.remove(kinds.Namespace, at, 'kubectl')
    pass(5000)
    expect(api.find(kinds.Namespace, at)).toBeUndefined()
    api.apply(kinds.Namespace, config({ 'istio.io/rev': '1-31' }), 'meshlift', false)
    expect(api.find(kinds.Namespace, at)?.metadata.labels).toMatchObject({ 'istio.io/rev': '1-31' })
  })
})

describe('owners', () => {
  test('of the same value are several, and the next change of one conflicts with the other', () => {
    const { api } = trial('demo')
    api.apply(kinds.Namespace, config({ team: 'shop' }), 'helm', false)
    expect(managers(api.find(kinds.Namespace, at))).toEqual(['kubectl-client-side-apply:Update', 'helm:Apply'])
    expect(() => api.apply(kinds.Namespace, config({ team: 'other' }), 'helm', false)).toThrow(
      /conflicts with "kubectl-client-side-apply"/,
    )
  })

  test('lose a field that somebody patches, and get it back by force', () => {
    const { api } = trial('demo')
    api.apply(kinds.Namespace, config({ tier: 'one' }), 'helm', false)
    api.patch(kinds.Namespace, at, [{ op: 'replace', path: '/metadata/labels/tier', value: 'two' }], 'meshlift')
    expect(managers(api.find(kinds.Namespace, at))).toEqual(['kubectl-client-side-apply:Update', 'meshlift:Update'])
    expect(() => api.apply(kinds.Namespace, config({ tier: 'three' }), 'helm', false)).toThrow(
      /conflicts with "meshlift": .metadata.labels.tier/,
    )
    api.apply(kinds.Namespace, config({ tier: 'three' }), 'helm', true)
    expect(managers(api.find(kinds.Namespace, at))).toEqual(['kubectl-client-side-apply:Update', 'helm:Apply'])
  })

  test('an applied field that is left out next time goes, unless another owns it too', () => {
    const { api } = trial('demo')
    api.apply(kinds.Namespace, config({ mine: 'x', team: 'shop' }), 'helm', false)
    const after = api.apply(kinds.Namespace, config({}), 'helm', false)
    expect(after.metadata.labels).not.toHaveProperty('mine')
    expect(after.metadata.labels).toHaveProperty('team', 'shop')
  })

  test('one entry taken out by a patch gives the fields back; an emptied list makes everything foreign', () => {
    const { api } = trial('demo')
    api.apply(kinds.Namespace, config({ tier: 'one' }), 'helm', false)
    api.patch(kinds.Namespace, at, [{ op: 'replace', path: '/metadata/labels/tier', value: 'two' }], 'meshlift')
    const entries = api.find(kinds.Namespace, at)?.metadata.managedFields ?? []
    const without = entries.filter((each) => each.manager !== 'meshlift')
    api.patch(kinds.Namespace, at, [{ op: 'replace', path: '/metadata/managedFields', value: without }], 'meshlift')
    expect(managers(api.find(kinds.Namespace, at))).not.toContain('meshlift:Update')
    api.apply(kinds.Namespace, config({ tier: 'three' }), 'helm', false)
    api.patch(kinds.Namespace, at, [{ op: 'replace', path: '/metadata/managedFields', value: [] }], 'meshlift')
    expect(() => api.apply(kinds.Namespace, config({ tier: 'four' }), 'helm', false)).toThrow(
      /conflicts with "before-first-apply"/,
    )
  })

  test('applying the same again writes nothing', () => {
    const { api } = trial('demo')
    const first = api.apply(kinds.Namespace, config({ tier: 'one' }), 'helm', false)
    const writes = api.state.log.length
    expect(api.apply(kinds.Namespace, config({ tier: 'one' }), 'helm', false).metadata.resourceVersion).toBe(
      first.metadata.resourceVersion,
    )
    expect(api.state.log).toHaveLength(writes)
  })

  test('webhooks are fields by name: the conflict names the one', () => {
    const { api } = trial('demo')
    const name = 'istio-sidecar-injector'
    api.patch(
      kinds.MutatingWebhookConfiguration,
      { name },
      [{ op: 'replace', path: '/webhooks/2/failurePolicy', value: 'Ignore' }],
      'meshlift',
    )
    const live = api.find(kinds.MutatingWebhookConfiguration, { name })
    const webhooks = ((live?.['webhooks'] ?? []) as { name: string }[]).map((each) => ({
      ...each,
      failurePolicy: 'Fail',
    }))
    const { apiVersion, kind } = live ?? { apiVersion: '', kind: '' }
    expect(() =>
      api.apply(kinds.MutatingWebhookConfiguration, { apiVersion, kind, metadata: { name }, webhooks }, 'helm', false),
    ).toThrow('conflicts with "meshlift": .webhooks[name="namespace.sidecar-injector.istio.io"].failurePolicy')
  })
})
