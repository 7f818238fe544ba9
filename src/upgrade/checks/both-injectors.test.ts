import { describe, expect, it } from 'vitest'
import { controlPlane, namespace, oldPlane, oldRevision, workload } from '../testing/facts.ts'
import { injector, tag } from '../testing/webhooks.ts'
import { told, type Row } from '../testing/looking.ts'
import { bothInjectors } from './both-injectors.ts'

const two = {
  controlPlanes: [controlPlane(oldPlane), controlPlane(oldRevision)],
  webhooks: [injector(oldPlane), injector(oldRevision), tag('default', oldRevision)],
}

const rows: readonly Row[] = [
  { when: 'selectors exclude each other', finds: [] },
  {
    when: 'a default tag stands beside the un-revisioned injector, of the same control plane',
    given: { mesh: { webhooks: [injector(oldPlane), tag('default', oldPlane)] } },
    finds: [],
  },
  {
    when: 'it is of another control plane (B5)',
    given: {
      mesh: {
        ...two,
        namespaces: [namespace('shop', { 'istio-injection': 'enabled' }), namespace('plain')],
        workloads: [workload('shop/web'), workload('plain/legacy')],
      },
    },
    finds: [
      'namespace shop: New pods of namespace shop are injected by several control planes at once (istio-sidecar-injector, istio-revision-tag-default). Let one of these webhook configurations match, then check again.',
    ],
  },
  {
    when: 'only a pod of an unlabelled namespace asks for the default',
    given: {
      mesh: {
        ...two,
        namespaces: [namespace('plain')],
        workloads: [
          workload('plain/own', { podLabels: { 'sidecar.istio.io/inject': 'true' } }),
          workload('plain/legacy'),
        ],
      },
    },
    finds: [
      'workload Deployment plain/own: New pods of Deployment plain/own are injected by several control planes at once (istio-sidecar-injector, istio-revision-tag-default). Correct the labels of its pods, or let one of these webhook configurations match.',
    ],
  },
  {
    when: 'that pod is kept out',
    given: {
      mesh: {
        ...two,
        namespaces: [namespace('plain')],
        workloads: [
          workload('plain/own', { podLabels: { 'istio.io/rev': 'default', 'sidecar.istio.io/inject': 'false' } }),
        ],
      },
    },
    finds: [],
  },
  {
    when: 'it is on the network of its node',
    given: {
      mesh: {
        ...two,
        namespaces: [namespace('plain')],
        workloads: [workload('plain/own', { podLabels: { 'istio.io/rev': 'default' }, hostNetwork: true })],
      },
    },
    finds: [],
  },
]

describe('both-injectors', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(bothInjectors, given)).toEqual(finds)
  })
})
