import { describe, expect, it } from 'vitest'
import { namespace, oldPlane } from '../testing/facts.ts'
import { injector, tag } from '../testing/webhooks.ts'
import { told, type Row } from '../testing/looking.ts'
import { namespaceLabels } from './namespace-labels.ts'

const rows: readonly Row[] = [
  { when: 'each asks for what is there', finds: [] },
  {
    when: 'one asks for the un-revisioned one by its label',
    given: { mesh: { namespaces: [namespace('shop', { 'istio.io/rev': 'default' })] } },
    finds: [],
  },
  {
    when: 'one is kept out',
    given: { mesh: { namespaces: [namespace('shop', { 'istio-injection': 'disabled' })] } },
    finds: [],
  },
  {
    when: 'one has both labels',
    given: { mesh: { namespaces: [namespace('shop', { 'istio-injection': 'enabled', 'istio.io/rev': 'prod' })] } },
    finds: [
      'both shop: Namespace shop has both istio-injection and istio.io/rev=prod; istio-injection wins and the revision is ignored. Remove one of them.',
    ],
  },
  {
    when: 'one has both, and is kept out',
    given: { mesh: { namespaces: [namespace('shop', { 'istio-injection': 'disabled', 'istio.io/rev': 'prod' })] } },
    finds: [
      'both shop: Namespace shop has both istio-injection and istio.io/rev=prod; istio-injection wins and the revision is ignored. Remove one of them.',
    ],
  },
  {
    when: 'one names a revision that is not there',
    given: { mesh: { namespaces: [namespace('shop', { 'istio.io/rev': '1-29-0' })] } },
    finds: [
      'unknown shop: Namespace shop asks for istio.io/rev=1-29-0, and no injector answers to that: its new pods start without a sidecar. Correct the label, or remove it.',
    ],
  },
  {
    when: 'one asks for a default that nobody is',
    given: {
      mesh: { namespaces: [namespace('shop', { 'istio-injection': 'enabled' })], webhooks: [tag('prod', oldPlane)] },
    },
    finds: [
      'unknown shop: Namespace shop asks for istio-injection=enabled, and no injector answers to that: its new pods start without a sidecar. Correct the label, or remove it.',
    ],
  },
  {
    when: 'one names a tag of a control plane that is gone',
    given: {
      mesh: {
        namespaces: [namespace('shop', { 'istio.io/rev': 'canary' })],
        webhooks: [injector(oldPlane), tag('canary', { ...oldPlane, service: 'istiod-1-20' })],
      },
    },
    finds: [
      'dead shop: Namespace shop asks for istio.io/rev=canary, and the injector that answers sends its new pods to Service istiod-1-20, behind which no control plane is known. Correct the label, or the injector.',
    ],
  },
  {
    when: 'one with both is on its way out',
    given: {
      mesh: {
        namespaces: [
          namespace('shop', { 'istio-injection': 'enabled', 'istio.io/rev': 'prod' }, { terminating: true }),
        ],
      },
    },
    finds: [],
  },
]

describe('namespace-labels', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(namespaceLabels, given)).toEqual(finds)
  })
})
