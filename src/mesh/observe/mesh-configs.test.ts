import { expect, test } from 'vitest'
import { configMaps, deployments } from '../resources.ts'
import { observeMeshConfigs } from './mesh-configs.ts'
import { anObject, stillLook } from './still-look.ts'

const istiod = (name: string, labels: Readonly<Record<string, string>>) =>
  anObject(deployments, `istio-system/${name}`, { labels: { app: 'istiod', ...labels } })
const config = (name: string, data: Readonly<Record<string, string>>) =>
  anObject(configMaps, `istio-system/${name}`, {}, { data })

test('each revision has the ConfigMap of its name; one without it has none', async () => {
  const look = stillLook(
    istiod('istiod', {}),
    istiod('istiod-1-31', { 'istio.io/rev': '1-31' }),
    istiod('istiod-1-32', { 'istio.io/rev': '1-32' }),
    config('istio', { mesh: 'a: 1' }),
    config('istio-1-31', { mesh: 'a: 2', meshNetworks: 'networks: {}' }),
  )
  expect(await observeMeshConfigs(look)).toEqual([
    { cluster: 'east', revision: 'default', mesh: 'a: 1' },
    { cluster: 'east', revision: '1-31', mesh: 'a: 2' },
  ])
})
