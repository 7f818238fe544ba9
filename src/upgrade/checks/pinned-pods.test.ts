import { describe, expect, it } from 'vitest'
import { batch, namespace, oldRevision, workload } from '../testing/facts.ts'
import { changed, injector } from '../testing/webhooks.ts'
import { told, type Row } from '../testing/looking.ts'
import { pinnedPods } from './pinned-pods.ts'

const asks = { 'istio.io/rev': '1-30-0' }
const unlabelled = { namespaces: [namespace('plain')] }
const pinned = workload('plain/own', { podLabels: asks })
/** A newer Istio can be set so that the pod's own label wins: its selector does not look at the namespace then. */
const podFirst = changed(injector(oldRevision), {
  webhooks: injector(oldRevision).webhooks.map((one) =>
    one.name.startsWith('rev.object') ? { ...one, namespaceSelector: {} } : one,
  ),
})

const rows: readonly Row[] = [
  { when: 'pods follow their namespaces', given: { from: oldRevision }, finds: [] },
  {
    when: 'a workload names the revision in a namespace that says nothing',
    given: { from: oldRevision, mesh: { ...unlabelled, workloads: [pinned] } },
    finds: [
      'pinned Deployment plain/own: Deployment plain/own asks for revision 1-30-0 by label istio.io/rev of its own pods, which no restart changes. Moving it is not supported yet: take the label away and label its namespace, or name a tag in it, then check again.',
    ],
  },
  {
    when: 'a CronJob does',
    given: {
      from: oldRevision,
      mesh: { ...unlabelled, batch: [batch('CronJob', 'plain/report', { podLabels: asks })] },
    },
    finds: [
      'pinned CronJob plain/report: CronJob plain/report asks for revision 1-30-0 by label istio.io/rev of its own pods, which no restart changes. Moving it is not supported yet: take the label away and label its namespace, or name a tag in it, then check again.',
    ],
  },
  {
    when: 'a Job that ended did',
    given: {
      from: oldRevision,
      mesh: { ...unlabelled, batch: [batch('Job', 'plain/report', { podLabels: asks, active: false })] },
    },
    finds: [],
  },
  {
    when: 'its pods are kept out',
    given: {
      from: oldRevision,
      mesh: {
        ...unlabelled,
        workloads: [workload('plain/own', { podLabels: { ...asks, 'sidecar.istio.io/inject': 'false' } })],
      },
    },
    finds: [],
  },
  {
    when: 'the label of the namespace is stronger',
    given: { from: oldRevision, mesh: { namespaces: [namespace('plain', asks)], workloads: [pinned] } },
    finds: [],
  },
  {
    when: 'the injectors prefer the label of the pod',
    given: {
      from: oldRevision,
      mesh: { namespaces: [namespace('plain', asks)], workloads: [pinned], webhooks: [podFirst] },
    },
    finds: [
      'pinned Deployment plain/own: Deployment plain/own asks for revision 1-30-0 by label istio.io/rev of its own pods, which no restart changes. Moving it is not supported yet: take the label away and label its namespace, or name a tag in it, then check again.',
    ],
  },
  {
    when: 'it names a tag, which moves',
    given: {
      from: oldRevision,
      mesh: { ...unlabelled, workloads: [workload('plain/own', { podLabels: { 'istio.io/rev': 'prod' } })] },
    },
    finds: [],
  },
  {
    when: 'it names the default, which moves',
    given: {
      mesh: { ...unlabelled, workloads: [workload('plain/own', { podLabels: { 'istio.io/rev': 'default' } })] },
    },
    finds: [],
  },
  {
    when: 'its namespace is gone',
    given: { from: oldRevision, mesh: { namespaces: [], workloads: [pinned] } },
    finds: [],
  },
]

describe('pinned-pods', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(pinnedPods, given)).toEqual(finds)
  })
})
