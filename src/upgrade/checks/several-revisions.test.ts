import { describe, expect, it } from 'vitest'
import {
  controlPlane,
  injectedAs,
  namespace,
  newPlane,
  oldPlane,
  oldRevision,
  pod,
  quietMesh,
} from '../testing/facts.ts'
import { unseen } from '../testing/record.ts'
import { changed, injector, tag } from '../testing/webhooks.ts'
import { told, type Row } from '../testing/looking.ts'
import { severalRevisions } from './several-revisions.ts'

const quiet = quietMesh()
const both = {
  controlPlanes: [controlPlane(oldPlane), controlPlane(oldRevision)],
  webhooks: [...quiet.webhooks, injector(oldRevision)],
}

const whole = tag('canary', oldRevision)
const inPart = changed(whole, {
  webhooks: whole.webhooks.map((one, n) => (n === 0 ? { ...one, service: oldPlane.service } : one)),
})

const rows: readonly Row[] = [
  { when: 'there is one', finds: [] },
  { when: 'another one is there and nothing uses it', given: { mesh: both }, finds: [] },
  {
    when: 'the other one is the target: another check says so',
    given: { mesh: { controlPlanes: [controlPlane(oldPlane), controlPlane(newPlane)] } },
    finds: [],
  },
  {
    when: 'its only pod has ended',
    given: { mesh: { ...both, pods: [pod('pay/old-0', { injection: injectedAs(oldRevision), phase: 'Failed' })] } },
    finds: [],
  },
  {
    when: 'a pod is still on it',
    given: { mesh: { ...both, pods: [pod('pay/old-0', { injection: injectedAs(oldRevision), terminating: true })] } },
    finds: [
      'inUse 1-30-0: Control plane 1-30-0 (1.30.0) is in use beside revision default: pod pay/old-0. Upgrading from more than one revision at once is not supported yet: move these to revision default, then check again.',
    ],
  },
  {
    when: 'a namespace asks for it',
    given: { mesh: { ...both, namespaces: [namespace('pay', { 'istio.io/rev': '1-30-0' })] } },
    finds: [
      'inUse 1-30-0: Control plane 1-30-0 (1.30.0) is in use beside revision default: namespace pay. Upgrading from more than one revision at once is not supported yet: move these to revision default, then check again.',
    ],
  },
  {
    when: 'a tag points to it, with nothing behind the tag',
    given: { mesh: { ...both, webhooks: [...both.webhooks, tag('canary', oldRevision)] } },
    finds: [
      'inUse 1-30-0: Control plane 1-30-0 (1.30.0) is in use beside revision default: tag canary. Upgrading from more than one revision at once is not supported yet: move these to revision default, then check again.',
    ],
  },
  {
    when: 'a tag points to it in part',
    given: { mesh: { ...both, webhooks: [...both.webhooks, inPart] } },
    finds: [
      'inUse 1-30-0: Control plane 1-30-0 (1.30.0) is in use beside revision default: tag canary. Upgrading from more than one revision at once is not supported yet: move these to revision default, then check again.',
    ],
  },
  {
    when: 'a hundred pods are on it',
    given: {
      mesh: {
        ...both,
        pods: Array.from({ length: 100 }, (_, n) => pod(`pay/old-${n}`, { injection: injectedAs(oldRevision) })),
      },
    },
    finds: [
      'inUse 1-30-0: Control plane 1-30-0 (1.30.0) is in use beside revision default: pod pay/old-0, pod pay/old-1, pod pay/old-2, pod pay/old-3, pod pay/old-4, and 95 more. Upgrading from more than one revision at once is not supported yet: move these to revision default, then check again.',
    ],
  },
  {
    when: 'it is not clear which one is meant',
    given: { upgrade: unseen, mesh: both },
    finds: [
      'unclear prod: Control planes default, 1-30-0 are all there, and which of them is to be replaced is not clear. Upgrading from more than one is not supported yet: move everything to one and uninstall the others.',
    ],
  },
  {
    when: 'there is none at all: another check says so',
    given: { upgrade: unseen, mesh: { controlPlanes: [] } },
    finds: [],
  },
]

describe('several-revisions', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(severalRevisions, given)).toEqual(finds)
  })
})
