import { describe, expect, it } from 'vitest'
import type { Labels } from '../mesh.ts'
import { controlPlane, injectedAs, newPlane, oldPlane, oldRevision } from '../testing/facts.ts'
import { changed, injector, tag } from '../testing/webhooks.ts'
import {
  choiceOf,
  effectiveInjection,
  injectedBy,
  injectorsOf,
  isInMesh,
  revisionBehind,
  sameInjection,
  sameProxy,
  withChoice,
  type Candidate,
} from './injection.ts'
import { neverMatch } from './selectors.ts'

/** An un-revisioned control plane, a new revision beside it, and a tag `prod` on the old one. */
const seen = {
  controlPlanes: [controlPlane(oldPlane), controlPlane(newPlane)],
  webhooks: [injector(oldPlane), injector(newPlane), tag('prod', oldPlane)],
}
const ask = (namespace: Labels, pod: Labels = {}, more: Partial<Candidate> = {}): Candidate => ({
  cluster: 'east',
  namespace,
  pod,
  ...more,
})
const nobody = 'nobody'

/** Every namespace label that means something, against every pod label that does: as Istio documents it. */
const namespaces: readonly { readonly labels: Labels; readonly byPod: Readonly<Record<string, string>> }[] = [
  {
    labels: {},
    byPod: {
      none: nobody,
      asks: 'default',
      refuses: nobody,
      new: '1-31-0',
      tag: 'default',
      default: 'default',
      dead: nobody,
    },
  },
  {
    labels: { 'istio-injection': 'enabled' },
    byPod: {
      none: 'default',
      asks: 'default',
      refuses: nobody,
      new: 'default',
      tag: 'default',
      default: 'default',
      dead: 'default',
    },
  },
  {
    labels: { 'istio-injection': 'disabled' },
    byPod: { none: nobody, asks: nobody, refuses: nobody, new: nobody, tag: nobody, default: nobody, dead: nobody },
  },
  {
    labels: { 'istio.io/rev': '1-31-0' },
    byPod: {
      none: '1-31-0',
      asks: '1-31-0',
      refuses: nobody,
      new: '1-31-0',
      tag: '1-31-0',
      default: '1-31-0',
      dead: '1-31-0',
    },
  },
  {
    labels: { 'istio.io/rev': 'prod' },
    byPod: {
      none: 'default',
      asks: 'default',
      refuses: nobody,
      new: 'default',
      tag: 'default',
      default: 'default',
      dead: 'default',
    },
  },
  {
    labels: { 'istio.io/rev': 'default' },
    byPod: {
      none: 'default',
      asks: 'default',
      refuses: nobody,
      new: 'default',
      tag: 'default',
      default: 'default',
      dead: 'default',
    },
  },
  {
    labels: { 'istio.io/rev': '1-20' },
    byPod: { none: nobody, asks: nobody, refuses: nobody, new: nobody, tag: nobody, default: nobody, dead: nobody },
  },
  {
    labels: { 'istio-injection': 'enabled', 'istio.io/rev': '1-31-0' },
    byPod: {
      none: 'default',
      asks: 'default',
      refuses: nobody,
      new: 'default',
      tag: 'default',
      default: 'default',
      dead: 'default',
    },
  },
  {
    labels: { 'istio-injection': 'disabled', 'istio.io/rev': '1-31-0' },
    byPod: { none: nobody, asks: nobody, refuses: nobody, new: nobody, tag: nobody, default: nobody, dead: nobody },
  },
]
const pods: Readonly<Record<string, Labels>> = {
  none: {},
  asks: { 'sidecar.istio.io/inject': 'true' },
  refuses: { 'sidecar.istio.io/inject': 'false', 'istio.io/rev': '1-31-0' },
  new: { 'istio.io/rev': '1-31-0' },
  tag: { 'istio.io/rev': 'prod' },
  default: { 'istio.io/rev': 'default' },
  dead: { 'istio.io/rev': '1-20' },
}
const cells = namespaces.flatMap(({ labels, byPod }) =>
  Object.entries(byPod).map(([pod, by]) => ({ namespace: JSON.stringify(labels), labels, pod, by })),
)

describe('who injects, by the selectors of the charts', () => {
  it.each(cells)('namespace $namespace, pod $pod: $by', ({ labels, pod, by }) => {
    const effective = effectiveInjection(ask(labels, pods[pod]), seen)
    expect(effective).toEqual(by === nobody ? { by: 'none' } : { by: 'revision', revision: by })
    expect(injectedBy(effective, '1-31-0')).toBe(by === '1-31-0')
  })
})

describe('who injects, beyond labels', () => {
  it('passes over pods on the network of their node, and pods with the annotation that refuses', () => {
    const enabled = { 'istio-injection': 'enabled' }
    expect(injectorsOf(ask(enabled, {}, { hostNetwork: true }), seen)).toEqual([])
    expect(injectorsOf(ask(enabled, {}, { podAnnotations: { 'sidecar.istio.io/inject': 'false' } }), seen)).toEqual([])
    expect(injectorsOf(ask(enabled, {}, { podAnnotations: { 'sidecar.istio.io/inject': 'true' } }), seen)).toHaveLength(
      1,
    )
  })

  it('does not take an annotation for a request: webhooks see labels only', () => {
    expect(effectiveInjection(ask({}, {}, { podAnnotations: { 'sidecar.istio.io/inject': 'true' } }), seen)).toEqual({
      by: 'none',
    })
  })

  it('looks at webhooks of its own cluster', () => {
    expect(injectorsOf(ask({ 'istio-injection': 'enabled' }, {}, { cluster: 'west' }), seen)).toEqual([])
  })

  it("resolves by Service, never by name: a default tag may be anybody's", () => {
    const tagged = { ...seen, webhooks: [tag('default', newPlane)] }
    expect(effectiveInjection(ask({ 'istio-injection': 'enabled' }), tagged)).toEqual({
      by: 'revision',
      revision: '1-31-0',
    })
    expect(effectiveInjection(ask({ 'istio.io/rev': 'default' }), tagged)).toEqual({
      by: 'revision',
      revision: '1-31-0',
    })
  })

  it('says several when two control planes answer (B5: a default tag beside the un-revisioned injector)', () => {
    const both = { ...seen, webhooks: [injector(oldPlane), tag('default', newPlane)] }
    expect(effectiveInjection(ask({ 'istio-injection': 'enabled' }), both)).toEqual({
      by: 'several',
      webhooks: ['istio-sidecar-injector', 'istio-revision-tag-default'],
    })
  })

  it('does not say several of one control plane', () => {
    const both = { ...seen, webhooks: [injector(oldPlane), tag('default', oldPlane)] }
    expect(effectiveInjection(ask({ 'istio-injection': 'enabled' }), both)).toEqual({
      by: 'revision',
      revision: 'default',
    })
    expect(injectorsOf(ask({ 'istio-injection': 'enabled' }), both)).toHaveLength(2)
  })

  it('says unknown when nobody known is behind the Service', () => {
    const dead = { ...seen, webhooks: [tag('canary', oldRevision)] }
    expect(effectiveInjection(ask({ 'istio.io/rev': 'canary' }), dead)).toEqual({
      by: 'unknown',
      service: 'istiod-1-30-0',
    })
    expect(injectedBy(effectiveInjection(ask({ 'istio.io/rev': 'canary' }), dead), '1-30-0')).toBe(false)
  })

  it('follows an injector that was switched off, and one that was pointed elsewhere', () => {
    const enabled = ask({ 'istio-injection': 'enabled' })
    const each = (change: object) =>
      changed(injector(oldPlane), { webhooks: injector(oldPlane).webhooks.map((one) => ({ ...one, ...change })) })
    expect(
      effectiveInjection(enabled, {
        ...seen,
        webhooks: [each({ namespaceSelector: neverMatch, objectSelector: neverMatch })],
      }),
    ).toEqual({ by: 'none' })
    expect(effectiveInjection(enabled, { ...seen, webhooks: [each({ service: newPlane.service })] })).toEqual({
      by: 'revision',
      revision: '1-31-0',
    })
    expect(effectiveInjection(enabled, { ...seen, webhooks: [each({ injects: false })] })).toEqual({ by: 'none' })
  })

  it('knows a control plane by its Service in its own cluster', () => {
    expect(revisionBehind('istiod', 'east', seen)).toBe('default')
    expect(revisionBehind('istiod', 'west', seen)).toBeUndefined()
    expect(revisionBehind('', 'east', seen)).toBeUndefined()
  })
})

describe('labels that choose', () => {
  it('are two, and a namespace with a refusal only is outside', () => {
    expect(isInMesh({ 'istio.io/rev': '' })).toBe(true)
    expect(isInMesh({ 'istio-injection': 'enabled' })).toBe(true)
    expect(isInMesh({ 'istio-injection': 'disabled' })).toBe(false)
    expect(isInMesh({ team: 'a' })).toBe(false)
    expect(choiceOf({ team: 'a', 'istio.io/rev': 'prod', 'istio-injection': 'disabled' })).toEqual({
      'istio.io/rev': 'prod',
      'istio-injection': 'disabled',
    })
    expect(choiceOf({ team: 'a' })).toEqual({})
  })

  it('are exchanged as a whole, and nothing else is', () => {
    expect(withChoice({ team: 'a', 'istio-injection': 'enabled' }, { 'istio.io/rev': '1-31-0' })).toEqual({
      team: 'a',
      'istio.io/rev': '1-31-0',
    })
    expect(withChoice({ 'istio.io/rev': '1-31-0' }, {})).toEqual({})
  })
})

describe('the same proxy', () => {
  it.each([
    ['proxyv2:1.31.0', 'proxyv2:1.31.0-debug', true],
    ['proxyv2:1.31.0-distroless', 'proxyv2:1.31.0-debug', true],
    ['proxyv2:1.31.0-distroless@sha256:0a', 'proxyv2:1.31.0@sha256:0a', true],
    ['proxyv2:1.31.0-rc.1', 'proxyv2:1.31.0', false],
    ['registry-debug.test/proxyv2:1.31.0', 'registry.test/proxyv2:1.31.0', false],
  ])('%s and %s: %s', (image, other, is) => {
    expect(sameProxy(image, other)).toBe(is)
  })
})

describe('the same injection', () => {
  const expected = injectedAs(newPlane)
  const image = 'registry.test/proxyv2:special'
  it.each([
    { when: 'everything is as expected', injection: expected, is: true },
    { when: 'there is no sidecar', injection: undefined, is: false },
    { when: 'the annotation names another revision', injection: { ...expected, revision: 'default' }, is: false },
    {
      when: 'it was injected twice in flight: new annotation, old proxy',
      injection: { ...injectedAs(oldPlane), revision: '1-31-0' },
      is: false,
    },
    {
      when: 'only the address is the old one',
      injection: { ...expected, discovery: 'istiod.istio-system.svc:15012' },
      is: false,
    },
    { when: 'only the image is the old one', injection: { ...expected, image: injectedAs(oldPlane).image }, is: false },
    {
      when: 'its namespace chose another build of the same version',
      injection: { ...expected, image: `${expected.image}-distroless` },
      is: true,
    },
    {
      when: 'it is the other version in that build',
      injection: { ...expected, image: `${injectedAs(oldPlane).image}-distroless` },
      is: false,
    },
    { when: 'there are two proxies', injection: { ...expected, proxies: 2 }, is: false },
    { when: 'the sidecar is of the other form', injection: { ...expected, native: false }, is: true },
    {
      when: 'the pod asks for an image of its own and has it',
      injection: { ...expected, image },
      annotations: { 'sidecar.istio.io/proxyImage': image },
      is: true,
    },
    {
      when: 'it asks for one and has another',
      injection: expected,
      annotations: { 'sidecar.istio.io/proxyImage': image },
      is: false,
    },
  ])('$when: $is', ({ injection, annotations, is }) => {
    expect(sameInjection(injection, expected, annotations)).toBe(is)
  })
})
