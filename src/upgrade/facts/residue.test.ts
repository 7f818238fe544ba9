import { describe, expect, it } from 'vitest'
import type { Injection, Parts } from '../mesh.ts'
import { residueOf, uses } from './residue.ts'
import {
  batch,
  controlPlane,
  injectedAs,
  namespace,
  newPlane,
  oldPlane,
  oldRevision,
  pod,
  workload,
} from '../testing/facts.ts'
import { changed, defaultValidatorOf, injector, revisionValidator, tag, tagService } from '../testing/webhooks.ts'

const old = injectedAs(oldPlane)
const moved = injectedAs(newPlane)

/** Everything is moved: only the old control plane's own objects are left. */
const clean: Parts = {
  clusters: [],
  controlPlanes: [controlPlane(oldPlane), controlPlane(newPlane)],
  meshConfigs: [],
  releases: [],
  webhooks: [
    changed(injector(oldPlane), { webhooks: [] }),
    revisionValidator(oldPlane),
    injector(newPlane),
    revisionValidator(newPlane),
    tag('prod', newPlane),
    tag('default', newPlane),
    defaultValidatorOf(newPlane),
  ],
  tagServices: [tagService('prod', newPlane)],
  namespaces: [
    namespace('shop', { 'istio-injection': 'enabled' }),
    namespace('desk', { 'istio.io/rev': 'prod' }),
    namespace('plain'),
  ],
  workloads: [workload('shop/web'), workload('plain/app')],
  pods: [pod('shop/web-0', { injection: moved }), pod('plain/app-0')],
  batch: [],
  budgets: [],
  unsupported: [],
  pinned: [],
  roots: [],
  snapshots: [],
}

const left = (change: Partial<Parts>, revision = oldPlane, other = newPlane): readonly string[] =>
  residueOf(revision, other, { at: 0, ...clean, ...change }).map(
    ({ about, leaving }) => `${about}${leaving ? ' (leaving)' : ''}`,
  )

const oldInjector = injector(oldPlane)
const pinned = { cluster: 'east', about: 'Telemetry shop/all', revision: 'default' }

describe('what still needs the old control plane', () => {
  it('is nothing when everything moved', () => {
    expect(left({})).toEqual([])
  })

  it.each<{ readonly when: string; readonly mesh: Partial<Parts>; readonly left: readonly string[] }>([
    { when: 'a pod', mesh: { pods: [pod('shop/a', { injection: old })] }, left: ['pod shop/a'] },
    {
      when: 'a pod on its way out',
      mesh: { pods: [pod('shop/a', { injection: old, terminating: true })] },
      left: ['pod shop/a (leaving)'],
    },
    {
      when: 'not a pod that has ended',
      mesh: {
        pods: [
          pod('shop/a', { injection: old, phase: 'Succeeded' }),
          pod('shop/b', { injection: old, phase: 'Failed' }),
        ],
      },
      left: [],
    },
    {
      when: 'a pod injected twice in flight, whose annotation lies',
      mesh: { pods: [pod('shop/a', { injection: { ...old, revision: newPlane.revision } })] },
      left: ['pod shop/a'],
    },
    {
      when: 'a namespace whose pods it would inject',
      mesh: {
        webhooks: [...clean.webhooks, oldInjector],
        namespaces: [namespace('shop', { 'istio.io/rev': 'default' })],
      },
      // With a default tag beside it both would inject: that is the tag's stage to settle, and no reason to keep it.
      left: [],
    },
    {
      when: 'a namespace, workloads in it, and a CronJob between two runs',
      mesh: {
        webhooks: [oldInjector, injector(newPlane)],
        namespaces: [namespace('shop', { 'istio-injection': 'enabled' })],
        workloads: [workload('shop/idle', { replicas: 0 })],
        pods: [],
        batch: [batch('CronJob', 'shop/nightly'), batch('Job', 'shop/once')],
      },
      left: ['namespace shop', 'Deployment shop/idle', 'CronJob shop/nightly'],
    },
    {
      when: 'not a namespace on its way out',
      mesh: {
        webhooks: [oldInjector],
        namespaces: [namespace('shop', { 'istio-injection': 'enabled' }, { terminating: true })],
        workloads: [],
      },
      left: [],
    },
    {
      when: 'a workload that asks for it by its own label',
      mesh: {
        webhooks: [oldInjector],
        workloads: [workload('plain/app', { podLabels: { 'istio.io/rev': 'default' } })],
        namespaces: [namespace('plain')],
      },
      left: ['Deployment plain/app'],
    },
    {
      when: 'a tag',
      mesh: { webhooks: [tag('prod', oldPlane)], tagServices: [] },
      left: ['tag prod', 'namespace desk'].toReversed(),
    },
    {
      when: 'the Service of a tag that has moved',
      mesh: { tagServices: [tagService('gone', oldPlane)] },
      left: ['Service istiod-revision-tag-gone of tag gone'],
    },
    {
      when: 'the Service of a tag whose webhooks alone have moved',
      mesh: { tagServices: [tagService('prod', oldPlane)] },
      left: ['Service istiod-revision-tag-prod of tag prod'],
    },
    {
      when: 'a tag with its Service, told once',
      mesh: { webhooks: [tag('prod', oldPlane)], tagServices: [tagService('prod', oldPlane)], namespaces: [] },
      left: ['tag prod'],
    },
    {
      when: 'the default validator',
      mesh: {
        webhooks: [
          ...clean.webhooks.filter(({ name }) => name !== 'istiod-default-validator'),
          defaultValidatorOf(oldPlane),
        ],
      },
      left: ['ValidatingWebhookConfiguration istiod-default-validator'],
    },
    {
      when: 'not its own injector and validator',
      mesh: { webhooks: [revisionValidator(oldPlane)], namespaces: [], tagServices: [] },
      left: [],
    },
    {
      when: 'not configuration labelled default, which the default tag answers by now',
      mesh: { pinned: [pinned] },
      left: [],
    },
    {
      when: 'configuration labelled default where no tag answers',
      mesh: { pinned: [pinned], webhooks: [], namespaces: [] },
      left: ['Telemetry shop/all'],
    },
  ])('$when', ({ mesh, left: expected }) => {
    expect(left(mesh)).toEqual(expected)
  })

  it('the same of the new one, going back', () => {
    expect(
      left(
        {
          pods: [pod('shop/a', { injection: moved })],
          namespaces: [],
          workloads: [],
          webhooks: [injector(newPlane)],
          tagServices: [],
        },
        newPlane,
        oldPlane,
      ),
    ).toEqual(['pod shop/a'])
  })

  it('of a revisioned one by its name', () => {
    const pods = [pod('shop/a', { injection: injectedAs(oldRevision) }), pod('shop/b', { injection: old })]
    expect(left({ pods }, oldRevision)).toEqual(['pod shop/a'])
  })
})

describe('a pod uses a control plane', () => {
  const on = (injection: Injection | undefined): boolean =>
    uses(pod('shop/a', { ...(injection && { injection }) }), oldPlane)
  it.each([
    { when: 'annotation and address name it', injection: old, is: true },
    { when: 'only its annotation does', injection: { ...moved, revision: 'default' }, is: true },
    { when: 'only its address does', injection: { ...old, revision: '1-31-0' }, is: true },
    {
      when: 'its address only begins alike',
      injection: { ...moved, discovery: 'istiod-1-31-0.istio-system.svc:15012' },
      is: false,
    },
    { when: 'it has no sidecar', injection: undefined, is: false },
  ])('($is) when $when', ({ injection, is }) => {
    expect(on(injection)).toBe(is)
  })
})
