import { expect, test } from 'vitest'
import { daemonSets, deployments, statefulSets } from '../resources.ts'
import { anObject, stillLook } from './still-look.ts'
import { observeWorkloads } from './workloads.ts'

const template = { metadata: { labels: { app: 'cart' } }, spec: { containers: [{ name: 'app' }] } }

test('a Deployment that does not get on says why, as Kubernetes does', async () => {
  const condition = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' }
  const status = { observedGeneration: 2, replicas: 3, updatedReplicas: 1, readyReplicas: 2, conditions: [condition] }
  const cart = anObject(deployments, 'shop/cart', { generation: 3 }, { spec: { replicas: 2, template }, status })
  const [seen] = await observeWorkloads(stillLook(cart))
  expect(seen).toMatchObject({
    kind: 'Deployment',
    replicas: 2,
    updated: 1,
    ready: 2,
    total: 3,
    observed: false,
    strategy: 'RollingUpdate',
    hasReadinessProbe: false,
    trouble: 'ProgressDeadlineExceeded: timed out',
  })
})

test('one that was never told how many replicas it has wants one', async () => {
  const [seen] = await observeWorkloads(stillLook(anObject(deployments, 'shop/cart', {}, { spec: { template } })))
  expect(seen).toMatchObject({ replicas: 1, ready: 0, observed: true, paused: false })
})

test('a StatefulSet tells its partition, a DaemonSet counts by nodes', async () => {
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } }
  const status = {
    desiredNumberScheduled: 3,
    updatedNumberScheduled: 2,
    numberReady: 1,
    currentNumberScheduled: 3,
    numberMisscheduled: 1,
  }
  const seen = await observeWorkloads(
    stillLook(
      anObject(statefulSets, 'shop/db', {}, { spec: { replicas: 3, template, updateStrategy } }),
      anObject(daemonSets, 'shop/agent', {}, { spec: { template, updateStrategy: { type: 'OnDelete' } }, status }),
    ),
  )
  expect(seen).toMatchObject([
    { kind: 'StatefulSet', replicas: 3, partition: 2 },
    { kind: 'DaemonSet', replicas: 3, updated: 2, ready: 1, total: 4, strategy: 'OnDelete' },
  ])
})

test('workloads of kube-system are no part of any mesh', async () => {
  expect(await observeWorkloads(stillLook(anObject(daemonSets, 'kube-system/kube-proxy')))).toEqual([])
})
