import { expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { deployments, pods } from '../resources.ts'
import { observeControlPlanes } from './control-planes.ts'
import { anObject, stillLook } from './still-look.ts'

function istiod(name: string, rev: string, image: string, status: unknown = {}): KubeObject {
  const containers = [{ name: 'discovery', image }]
  return anObject(
    deployments,
    `istio-system/${name}`,
    { labels: { app: 'istiod', 'istio.io/rev': rev } },
    { spec: { replicas: 2, template: { spec: { containers } } }, status },
  )
}
const pod = (name: string, rev: string, status: unknown = {}) =>
  anObject(pods, `istio-system/${name}`, { labels: { app: 'istiod', 'istio.io/rev': rev } }, { status })
const waiting = (reason: string, message?: string) => ({
  containerStatuses: [{ state: { waiting: { reason, ...(message !== undefined && { message }) } } }],
})

test('each istiod has its own pods and Service', async () => {
  const look = stillLook(
    istiod('istiod', 'default', 'hub.example:5000/pilot:1.30.0'),
    istiod('istiod-1-31', '1-31', 'hub.example:5000/pilot:1.31.0@sha256:abc', { readyReplicas: 2 }),
    pod('a', 'default'),
    pod('b', '1-31'),
    pod('c', '1-31'),
  )
  expect(await observeControlPlanes(look)).toMatchObject([
    { revision: 'default', version: '1.30.0', service: 'istiod', wanted: 2, ready: 0, pods: 1 },
    {
      revision: '1-31',
      version: '1.31.0',
      service: 'istiod-1-31',
      ready: 2,
      pods: 2,
    },
  ])
})

test('an image without a tag has no version', async () => {
  const [seen] = await observeControlPlanes(stillLook(istiod('istiod', 'default', 'hub.example:5000/pilot')))
  expect(seen?.version).toBe('')
})

test('the trouble is what a container waits for, before what the Deployment makes of it', async () => {
  const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }]
  const look = stillLook(
    istiod('istiod', 'default', 'pilot:1.30.0', { conditions }),
    pod('a', 'default', waiting('ImagePullBackOff', 'Back-off pulling image "pilot:1.30.0"')),
  )
  const [seen] = await observeControlPlanes(look)
  expect(seen?.trouble).toBe('ImagePullBackOff: Back-off pulling image "pilot:1.30.0"')
})

test('a pod that has no place says so; one that is only being made is no trouble', async () => {
  const conditions = [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
  ]
  const unplaced = stillLook(istiod('istiod', 'default', 'pilot:1'), pod('a', 'default', { conditions }))
  expect((await observeControlPlanes(unplaced))[0]?.trouble).toBe('Unschedulable: 0/3 nodes are available')
  const starting = stillLook(istiod('istiod', 'default', 'pilot:1'), pod('a', 'default', waiting('ContainerCreating')))
  expect((await observeControlPlanes(starting))[0]).not.toHaveProperty('trouble')
})
