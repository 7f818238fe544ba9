import { expect, test } from 'vitest'
import { istioConfiguration, virtualServices } from '../resources.ts'
import { observePinned } from './pinned.ts'
import { anObject, stillLook } from './still-look.ts'

test('configuration that one revision alone reads is told with its kind and revision', async () => {
  const labels = { 'istio.io/rev': '1-30' }
  const filter = istioConfiguration.find((one) => one.kind === 'EnvoyFilter') ?? virtualServices
  const look = stillLook(anObject(virtualServices, 'shop/cart', { labels }), anObject(filter, 'shop/lua', { labels }))
  expect(await observePinned(look)).toEqual([
    { cluster: 'east', about: 'VirtualService shop/cart', revision: '1-30' },
    { cluster: 'east', about: 'EnvoyFilter shop/lua', revision: '1-30' },
  ])
})
