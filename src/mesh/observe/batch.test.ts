import { expect, test } from 'vitest'
import { cronJobs, jobs } from '../resources.ts'
import { observeBatch } from './batch.ts'
import { anObject, stillLook } from './still-look.ts'

const template = { metadata: { labels: { 'sidecar.istio.io/inject': 'true' } } }

test('what may still make pods is active', async () => {
  const ended = (type: string) => ({ spec: { template }, status: { conditions: [{ type, status: 'True' }] } })
  const seen = await observeBatch(
    stillLook(
      anObject(jobs, 'shop/running', {}, { spec: { template }, status: { active: 1 } }),
      anObject(jobs, 'shop/complete', {}, ended('Complete')),
      anObject(jobs, 'shop/failed', {}, ended('Failed')),
      anObject(jobs, 'shop/suspended', {}, { spec: { template, suspend: true } }),
      anObject(cronJobs, 'shop/nightly', {}, { spec: { jobTemplate: { spec: { template } } } }),
      anObject(cronJobs, 'shop/paused', {}, { spec: { jobTemplate: { spec: { template } }, suspend: true } }),
    ),
  )
  expect(seen.filter((one) => one.active).map((one) => `${one.kind} ${one.name}`)).toEqual([
    'Job running',
    'CronJob nightly',
  ])
  for (const one of seen) expect(one.podLabels).toEqual(template.metadata.labels)
})
