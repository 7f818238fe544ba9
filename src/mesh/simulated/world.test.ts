import { describe, expect, test } from 'vitest'
import type { FixtureName } from './fixtures/fixture.ts'
import { fixtures } from './fixtures/fixtures.ts'
import { installedVersion } from './installed.ts'
import { kinds } from './kinds.ts'
import type { Pod } from './shapes.ts'
import { isReady } from './shapes.ts'
import { contents } from './shelves.ts'
import { trial, withCanary } from './trial.ts'

const names = Object.keys(fixtures) as readonly FixtureName[]

describe.each(names)('the fixture %s', (name) => {
  test('has settled: all is ready, every mesh namespace injects, nothing is due, nothing was written since', () => {
    const on = trial(name)
    const pods = on.api.all(kinds.Pod) as unknown as readonly Pod[]
    expect(pods.filter((each) => !isReady(each)).map((each) => each.metadata.name)).toEqual([])
    const { istio, namespaces } = fixtures[name]
    for (const { name: namespace, labels } of namespaces) {
      const meshed = 'istio-injection' in labels || 'istio.io/rev' in labels
      expect(on.probe(namespace)).toBe(
        meshed ? `${istio.revision === '' ? 'default' : istio.revision} ${istio.version}` : 'none',
      )
    }
    expect(installedVersion(on.world)).toBe(istio.version)
    expect(on.world.log).toEqual([])
    on.pass(3_600_000)
    expect(on.world.log).toEqual([])
  })
})

test('the same seed makes the same story, another one another', () => {
  const story = (seed: number): string => {
    const on = trial('demo', {}, seed)
    on.api.remove(kinds.Deployment, { namespace: 'shop', name: 'cart' }, 'me')
    on.pass(5000)
    on.api.remove(kinds.Pod, { namespace: 'shop', name: 'orders-1' }, 'me')
    on.pass(5000)
    return JSON.stringify([contents(on.api.state.objects), on.world.log])
  }
  expect(story(1)).toBe(story(1))
  expect(story(1)).not.toBe(story(2))
})

test('a new istiod that never gets ready says why', () => {
  const on = trial('demo', { neverReady: ['1-31'] })
  withCanary(on)
  on.pass(60_000)
  const [pod] = on.api.all(kinds.Pod, { selector: { matchLabels: { app: 'istiod', 'istio.io/rev': '1-31' } } })
  expect(pod?.['status']).toMatchObject({
    containerStatuses: [{ ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  })
  expect(on.probe('reports', { 'istio.io/rev': '1-31' })).toContain('no endpoints available for service "istiod-1-31"')
  on.world.setFaults({ neverReady: [] })
  on.pass(3000)
  expect(on.probe('reports', { 'istio.io/rev': '1-31' })).toBe('1-31 1.31.0')
})

test('an istiod that dies comes back when its time is over', () => {
  const on = trial('demo', { dead: [{ revision: 'default', fromMs: 5000, toMs: 9000 }] })
  const ready = (): number =>
    (on.api.all(kinds.Pod, { namespace: 'istio-system' }) as unknown as readonly Pod[]).filter(isReady).length
  on.pass(4999)
  expect(ready()).toBe(2)
  on.pass(1)
  expect(ready()).toBe(0)
  on.pass(6000)
  expect(ready()).toBe(2)
})

test('two revisions write their own certificates, validators are raised to Fail in the same write', () => {
  const on = trial('demo')
  const validator = { name: 'istiod-default-validator' }
  on.api.patch(
    kinds.ValidatingWebhookConfiguration,
    validator,
    [
      { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' },
      { op: 'remove', path: '/webhooks/0/clientConfig/caBundle' },
    ],
    'me',
  )
  on.pass(100)
  expect(on.api.find(kinds.ValidatingWebhookConfiguration, validator)).toMatchObject({
    webhooks: [{ failurePolicy: 'Fail', clientConfig: { caBundle: expect.any(String) as string } }],
  })
  expect(on.world.log.map((each) => each.by)).toEqual(['me', 'pilot-discovery'])
  // A label that names no living revision: nobody repairs it.
  on.api.patch(
    kinds.ValidatingWebhookConfiguration,
    validator,
    [
      { op: 'replace', path: '/metadata/labels/istio.io~1rev', value: 'gone' },
      { op: 'remove', path: '/webhooks/0/clientConfig/caBundle' },
    ],
    'me',
  )
  on.pass(1000)
  expect(JSON.stringify(on.api.find(kinds.ValidatingWebhookConfiguration, validator)?.['webhooks'])).not.toContain(
    'caBundle',
  )
})
