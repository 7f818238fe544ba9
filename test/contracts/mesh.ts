/**
 * What every mesh must do, whatever cluster is behind it: each part, each question, each action, there and back. Meant
 * for an un-revisioned control plane with a tag that Helm owns and one namespace on `istio-injection=enabled`.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../src/lib/clock.ts'
import { canonical, isRecord } from '../../src/lib/json.ts'
import { problemFrom } from '../../src/lib/problem.ts'
import type { Problem } from '../../src/lib/problem.ts'
import type { Action, Target } from '../../src/upgrade/actions.ts'
import type {
  Answer,
  Mesh,
  NamespaceFact,
  Observation,
  Probe,
  TagServiceFact,
  WebhookFact,
  WorkloadFact,
} from '../../src/upgrade/mesh.ts'

export interface ArrangedMesh {
  readonly mesh: Mesh
  readonly clock: Clock
  /** The cluster's name. */
  readonly cluster: string
  /** A version above the installed one whose charts are there. */
  readonly version: string
  /** Writes that the cluster stored so far, by anybody. */
  readonly writes: () => number
  readonly close: () => Promise<void>
}

const revision = 'canary'
const release = 'istiod-canary'
const service = 'istiod-canary'
const upgrade = '6f9b3c1e-0d56-4b2c-9a0e-3f6f8b1f0a11'
const never = { matchLabels: { 'istio.io/deactivated': 'never-match' } }

type Without<T> = T extends { readonly cluster: string } ? Omit<T, 'cluster'> : never
type Ask = Without<Probe>
type AnswerTo<A extends Ask> = Extract<Answer, { ask: A['ask'] }>
type Do = Without<Action>
type Whole = Observation

const everyPart = [
  'clusters',
  'controlPlanes',
  'releases',
  'webhooks',
  'tagServices',
  'namespaces',
  'workloads',
  'pods',
  'batch',
  'budgets',
  'unsupported',
  'pinned',
  'roots',
  'meshConfigs',
  'snapshots',
] as const satisfies readonly (keyof Whole)[]

export function meshContract(driver: string, arrange: () => Promise<ArrangedMesh>): void {
  describe(`a mesh on ${driver}`, () => {
    const { signal } = new AbortController()
    let arranged: ArrangedMesh
    beforeEach(async () => {
      arranged = await arrange()
    })
    afterEach(() => arranged.close())

    const see = (): Promise<Whole> => arranged.mesh.observe(everyPart, signal)
    const ask = async <A extends Ask>(one: A): Promise<AnswerTo<A>> => {
      const answers = await arranged.mesh.ask([{ ...one, cluster: arranged.cluster } as Probe], signal)
      return answers[0] as AnswerTo<A>
    }
    const perform = (one: Do): Promise<void> =>
      arranged.mesh.perform({ ...one, cluster: arranged.cluster } as Action, signal)

    /** Done, and done again as after a crash: the second time nothing may be written. */
    async function twice(one: Do): Promise<void> {
      await perform(one)
      const { writes } = arranged
      const before = writes()
      await perform(one)
      expect([one.do, writes()]).toEqual([one.do, before])
    }

    async function eventually(what: string, holds: (seen: Whole) => boolean): Promise<Whole> {
      const deadline = arranged.clock.now() + 60_000
      for (;;) {
        const seen = await see()
        if (holds(seen)) return seen
        if (arranged.clock.now() > deadline) throw new Error(`never came: ${what}`)
        await arranged.mesh.changed(500, signal)
      }
    }

    const problemOf = (work: Promise<unknown>): Promise<Problem> =>
      work.then(
        () => {
          throw new Error('was not refused')
        },
        (thrown: unknown) => problemFrom(thrown),
      )

    const namespaceOn = (seen: Whole, label: string, value: string): NamespaceFact =>
      found(seen.namespaces.find((one) => one.labels[label] === value))
    const webhook = (seen: Whole, name: string): WebhookFact => found(seen.webhooks.find((one) => one.name === name))
    const injector = (seen: Whole): WebhookFact => webhook(seen, 'istio-sidecar-injector')
    const tagOf = (seen: Whole): WebhookFact =>
      found(
        seen.webhooks.find(
          (one) => one.labels['istio.io/tag'] !== undefined && one.labels['istio.io/tag'] !== 'default',
        ),
      )
    const workloadIn = (seen: Whole, namespace: string): WorkloadFact =>
      found(
        seen.workloads.find(
          (one) =>
            one.namespace === namespace &&
            one.kind === 'Deployment' &&
            one.podAnnotations['inject.istio.io/templates'] === undefined,
        ),
      )
    const podsOf = (seen: Whole, workload: WorkloadFact) =>
      seen.pods.filter(
        (one) => one.namespace === workload.namespace && one.owner?.name === workload.name && !one.terminating,
      )
    const injectedIn = async (namespace: string, labels = {}): Promise<string> => {
      const { pods } = await ask({ ask: 'dry-run-pod', namespace, labels, times: 1 })
      const [pod] = pods
      if (pod === undefined || 'refused' in pod) return `refused: ${pod?.refused}`
      return pod.injection?.revision ?? 'no sidecar'
    }
    const oldOf = (seen: Whole) => found(seen.controlPlanes.find((one) => one.revision === 'default'))
    const baseOf = (seen: Whole): string => found(seen.releases.find((one) => one.chart === 'base')).name

    async function installCanary(): Promise<Whole> {
      const { version } = arranged
      const base = baseOf(await see())
      await perform({ do: 'apply-crds', version, release: base })
      await perform({ do: 'install-revision', release, version, revision, values: {} })
      return eventually('the canary ready', (seen) => {
        const plane = seen.controlPlanes.find((one) => one.revision === revision)
        const its = seen.webhooks.find((one) => one.name === `istio-sidecar-injector-${revision}`)
        return (
          plane !== undefined && plane.ready >= plane.wanted && its?.webhooks.every((one) => one.hasCaBundle) === true
        )
      })
    }

    test('every part is seen, and every fact names its cluster', async () => {
      const before = arranged.clock.now()
      const seen = await see()
      expect(seen.at).toBeGreaterThanOrEqual(before)
      const named = everyPart.flatMap((part) => seen[part].map((fact) => fact.cluster))
      expect(new Set(named)).toEqual(new Set([arranged.cluster]))
      const version = expect.stringMatching(/^\d+\.\d+\.\d+$/)
      expect(seen.clusters).toEqual([{ cluster: arranged.cluster, reachable: true, version, missing: [] }])

      const old = oldOf(seen)
      expect(old).toMatchObject({ service: 'istiod', namespace: 'istio-system', ready: old.wanted, pods: old.wanted })
      expect(old.trouble).toBeUndefined()
      const config = found(seen.meshConfigs.find((one) => one.revision === old.revision))
      expect(config.mesh).toContain('discoveryAddress')
      const ofIstiod = found(seen.releases.find((one) => one.name === old.release))
      expect(ofIstiod).toMatchObject({ chart: 'istiod', status: 'deployed', version: 1, chartVersion: old.version })
      expect(ofIstiod).not.toHaveProperty('manifest')

      expect(injector(seen).webhooks.every((one) => one.injects && one.service === 'istiod' && one.hasCaBundle)).toBe(
        true,
      )
      expect(webhook(seen, 'istiod-default-validator').webhooks.some((one) => one.injects)).toBe(false)
      for (const { body } of seen.webhooks) {
        expect(body).toMatchObject({ apiVersion: 'admissionregistration.k8s.io/v1', kind: expect.any(String) })
        const { metadata } = body
        expect(Object.keys(isRecord(metadata) ? metadata : {})).not.toContain('managedFields')
        expect(Object.keys(isRecord(metadata) ? metadata : {})).not.toContain('resourceVersion')
      }

      const namespace = namespaceOn(seen, 'istio-injection', 'enabled')
      expect(namespace.writers).toHaveProperty('istio-injection')
      const workload = workloadIn(seen, namespace.name)
      const { replicas } = workload
      expect(workload).toMatchObject({ updated: replicas, ready: replicas, total: replicas, observed: true })
      const pods = podsOf(seen, workload)
      expect(pods).toHaveLength(replicas)
      for (const pod of pods) {
        expect(pod).toMatchObject({ ready: true, phase: 'Running', owner: { kind: 'Deployment' } })
        expect(pod.injection).toMatchObject({
          revision: 'default',
          proxies: 1,
          discovery: 'istiod.istio-system.svc:15012',
        })
      }
      expect(new Set(seen.roots.map((one) => one.fingerprint)).size).toBe(1)
      expect(seen.roots.map((one) => one.about)).toContain(`${namespace.name}/istio-ca-root-cert`)
      expect([seen.unsupported, seen.pinned, seen.snapshots]).toEqual([[], [], []])
    })

    test('only the parts that are asked for are there', async () => {
      const seen = await arranged.mesh.observe(['namespaces'], signal)
      expect(Object.keys(seen).toSorted()).toEqual(['at', 'namespaces'])
    })

    test('dry-run pods tell who injects, as often as asked, and leave nothing behind', async () => {
      const seen = await see()
      const { name } = namespaceOn(seen, 'istio-injection', 'enabled')
      const writes = arranged.writes()
      const { pods } = await ask({ ask: 'dry-run-pod', namespace: name, labels: {}, times: 3 })
      expect(pods).toHaveLength(3)
      for (const pod of pods) expect(pod).toMatchObject({ injection: { revision: 'default', proxies: 1 } })
      const outside = found(seen.namespaces.find((one) => one.name === 'default')).name
      expect(await injectedIn(outside)).toBe('no sidecar')
      expect(await injectedIn(outside, { 'istio.io/rev': 'default' })).toBe('default')
      expect(await injectedIn(name, { 'sidecar.istio.io/inject': 'false' })).toBe('no sidecar')
      expect(arranged.writes()).toBe(writes)
      expect((await see()).pods).toHaveLength(seen.pods.length)
    })

    test('a valid object of Istio is accepted and an invalid one denied', async () => {
      const answer = await ask({ ask: 'dry-run-config' })
      expect(answer.valid).toBe('accepted')
      expect(answer.invalid).toContain('denied the request')
    })

    test('charts are rendered with the values that would be installed; one that is not there is an answer', async () => {
      const { version } = arranged
      const values = { meshConfig: { accessLogFile: '/dev/null' }, global: { tag: 'old' }, revisionTags: ['prod'] }
      const answer = await ask({ ask: 'chart', version, revision, release, values })
      expect(answer.helm).toMatch(/^v\d/)
      expect(answer.problem).toBeUndefined()
      expect(answer.meshConfig).toContain('/dev/null')
      expect(answer.meshConfig).toContain(`${service}.istio-system.svc:15012`)
      const none = await ask({ ask: 'chart', version: '1.99.0', revision, release, values })
      expect(none.problem).toContain('1.99.0')
    })

    test('CRDs are behind until they are applied, and belong to the base release then', async () => {
      const { version } = arranged
      const base = baseOf(await see())
      const before = await ask({ ask: 'crds', version, release: base })
      expect(before.all).toContain('virtualservices.networking.istio.io')
      await perform({ do: 'apply-crds', version, release: base })
      const after = await ask({ ask: 'crds', version, release: base })
      expect(after.behind).toEqual([])
      expect(after.all).toEqual(before.all)
      await twice({ do: 'apply-crds', version, release: base })
    })

    test('a snapshot is written, seen and taken away', async () => {
      await twice({ do: 'write-snapshot', upgrade, snapshot: { namespaces: ['shop'] } })
      expect((await see()).snapshots).toMatchObject([{ name: `meshlift-${upgrade}`, upgrade }])
      await twice({ do: 'delete-snapshot', upgrade })
      expect((await see()).snapshots).toEqual([])
    })

    test('a revision is installed once; a deployed release is never cleared', async () => {
      const { version } = arranged
      const seen = await installCanary()
      expect(found(seen.controlPlanes.find((one) => one.revision === revision))).toMatchObject({
        version,
        release,
        service,
      })
      await twice({ do: 'install-revision', release, version, revision, values: {} })
      const refused = await problemOf(perform({ do: 'clear-release', release }))
      expect(refused.kind).toBe('conflict')
      expect(await injectedIn('default', { 'istio.io/rev': revision })).toBe(revision)
    })

    test('a namespace moves in one patch, its workload restarts once, and both come back', async () => {
      await installCanary()
      const { name, labels } = namespaceOn(await see(), 'istio-injection', 'enabled')
      const namespace = (seen: Whole) => found(seen.namespaces.find((one) => one.name === name))
      await twice({ do: 'label-namespace', target: target(namespace(await see())), revision, upgrade })
      const moved = namespace(await see())
      expect(moved.labels).not.toHaveProperty('istio-injection')
      expect(moved.labels['istio.io/rev']).toBe(revision)
      expect(moved.writers['istio.io/rev']).toBe('meshlift')
      expect(JSON.parse(moved.annotations['meshlift.io/original-labels'] ?? '')).toEqual({
        upgrade,
        labels: { 'istio-injection': 'enabled' },
      })
      expect(await injectedIn(name)).toBe(revision)

      const workload = workloadIn(await see(), name)
      const one = (seen: Whole) => found(seen.workloads.find((each) => each.uid === workload.uid))
      await twice({
        do: 'restart-workload',
        kind: workload.kind,
        target: target(one(await see())),
        stamp: `${upgrade}/1`,
      })
      const rolled = await eventually('rolled', (seen) => {
        const { replicas, updated, ready, total, observed } = one(seen)
        return observed && [updated, ready, total].every((each) => each === replicas)
      })
      expect(one(rolled).podAnnotations['meshlift.io/restarted']).toBe(`${upgrade}/1`)
      for (const pod of podsOf(rolled, workload))
        expect(pod.injection).toMatchObject({ revision, proxies: 1, discovery: `${service}.istio-system.svc:15012` })

      const back = { 'istio-injection': 'enabled' }
      await twice({ do: 'restore-namespace', target: target(namespace(await see())), labels: back, forget: false })
      expect(namespace(await see()).annotations).toHaveProperty('meshlift.io/original-labels')
      await twice({ do: 'forget-namespace', target: target(namespace(await see())) })
      expect(namespace(await see()).annotations).not.toHaveProperty('meshlift.io/original-labels')
      expect(namespace(await see()).labels).toEqual(labels)
    })

    test('a second label patch keeps the first memory of the labels', async () => {
      const { name } = namespaceOn(await see(), 'istio-injection', 'enabled')
      const namespace = (seen: Whole) => found(seen.namespaces.find((one) => one.name === name))
      await perform({ do: 'label-namespace', target: target(namespace(await see())), revision: 'other', upgrade })
      await perform({ do: 'label-namespace', target: target(namespace(await see())), revision, upgrade })
      const memory = JSON.parse(namespace(await see()).annotations['meshlift.io/original-labels'] ?? '')
      expect(memory.labels).toEqual({ 'istio-injection': 'enabled' })
    })

    test('what changed since it was seen is not touched', async () => {
      const seen = await see()
      const stale = namespaceOn(seen, 'istio-injection', 'enabled')
      await perform({ do: 'label-namespace', target: target(stale), revision, upgrade })
      const labels = { 'istio-injection': 'disabled' }
      const late = await problemOf(perform({ do: 'restore-namespace', target: target(stale), labels, forget: true }))
      expect(late.kind).toBe('conflict')
      const another = { ...target(stale), uid: '00000000-0000-4000-8000-000000000000' }
      const reborn = await problemOf(perform({ do: 'forget-namespace', target: another }))
      expect([reborn.kind, reborn.message]).toEqual(['conflict', expect.stringContaining('made anew')])
      const missing = { ...target(stale), name: 'no-such-namespace' }
      const gone = await problemOf(perform({ do: 'label-namespace', target: missing, revision, upgrade }))
      expect([gone.kind, gone.message]).toEqual(['conflict', expect.stringContaining('is gone')])
    })

    test('the default and a tag move and come back, and every pod is injected once all the way', async () => {
      const before = await installCanary()
      const { version } = arranged
      const old = oldOf(before)
      const { name } = namespaceOn(before, 'istio-injection', 'enabled')
      const onTag = namespaceOn(before, 'istio.io/rev', tagOf(before).labels['istio.io/tag'] ?? '').name

      await twice({ do: 'point-tag', target: target(tagOf(before)), revision, service, release })
      const tagService = (seen: Whole): TagServiceFact | undefined =>
        seen.tagServices.find((one) => one.tag !== 'default')
      const ofTag = tagService(before)
      const selector = { app: 'istiod', 'istio.io/rev': revision }
      // Charts before 1.28 make no Service for a tag.
      if (ofTag !== undefined)
        await twice({ do: 'point-tag-service', target: target(ofTag), revision, selector, release })
      const moved = tagService(await see())
      expect([moved?.revision, moved?.selector]).toEqual(
        ofTag === undefined ? [undefined, undefined] : [revision, selector],
      )
      expect(tagOf(await see()).annotations['meta.helm.sh/release-name']).toBe(release)
      expect(await injectedIn(onTag)).toBe(revision)

      await twice({ do: 'redirect-injector', target: target(injector(await see())), service })
      expect(await injectedIn(name)).toBe(revision)
      const tag = { do: 'apply-default-tag', release, version, revision, values: {} } as const
      await perform({ ...tag, staged: true })
      const staged = await eventually('caBundle', (seen) =>
        seen.webhooks.some(
          (one) => one.name === 'istio-revision-tag-default' && one.webhooks.every((each) => each.hasCaBundle),
        ),
      )
      for (const one of webhook(staged, 'istio-revision-tag-default').webhooks)
        expect([one.namespaceSelector, one.objectSelector]).toEqual([never, never])
      await twice({ ...tag, staged: false })
      expect(await injectedIn(name)).toBe(revision)
      await twice({ do: 'deactivate-injector', target: target(injector(await see())), service: old.service })
      for (const one of injector(await see()).webhooks)
        expect([one.service, one.namespaceSelector, one.objectSelector]).toEqual([old.service, never, never])
      expect(await injectedIn(name)).toBe(revision)
      const validator = (seen: Whole) => webhook(seen, 'istiod-default-validator')
      await twice({ do: 'point-validator', target: target(validator(await see())), revision, service })
      expect((await ask({ ask: 'dry-run-config' })).invalid).toContain('denied the request')

      // Back, the default in three writes, then whatever differs.
      const defaultTag = webhook(await see(), 'istio-revision-tag-default')
      await perform({ do: 'point-tag', target: target(defaultTag), revision: old.revision, service: old.service })
      expect(await injectedIn(name)).toBe('default')
      await twice({ do: 'put-back', body: injector(before).body, target: target(injector(await see())) })
      const made = await see()
      await twice({
        do: 'delete-object',
        object: refOf('mutatingwebhookconfigurations', webhook(made, 'istio-revision-tag-default')),
      })
      const madeService = found(made.tagServices.find((one) => one.tag === 'default'))
      await twice({ do: 'delete-object', object: refOf('services', madeService) })
      await twice({ do: 'put-back', body: tagOf(before).body, target: target(tagOf(made)) })
      if (ofTag !== undefined)
        await twice({ do: 'put-back', body: ofTag.body, target: target(found(tagService(await see()))) })
      await twice({ do: 'put-back', body: validator(before).body, target: target(validator(made)) })
      expect([await injectedIn(name), await injectedIn(onTag)]).toEqual(['default', 'default'])
      const after = await see()
      for (const one of before.webhooks) expect(comparable(webhook(after, one.name).body)).toBe(comparable(one.body))
    })

    test('a recorded body is made anew when it is gone, and never over what somebody else made', async () => {
      const seen = await see()
      const tag = tagOf(seen)
      await perform({ do: 'delete-object', object: refOf('mutatingwebhookconfigurations', tag) })
      await twice({ do: 'put-back', body: tag.body })
      const anew = tagOf(await see())
      expect(anew.uid).not.toBe(tag.uid)
      expect(comparable(anew.body)).toBe(comparable(tag.body))
      await perform({ do: 'point-tag', target: target(anew), revision: 'other', service: 'istiod-other' })
      expect((await problemOf(perform({ do: 'put-back', body: tag.body }))).kind).toBe('conflict')
    })

    test('the exact removal takes webhooks first, the record after the objects, and leaves a tag that has moved', async () => {
      const before = await installCanary()
      const old = oldOf(before)
      const ofOld = { ask: 'belongings', release: old.release ?? '', revision: old.revision } as const
      await perform({ do: 'point-tag', target: target(tagOf(before)), revision, service, release })
      const { remove, keep, pods } = await ask(ofOld)
      expect(pods).toBe(old.wanted)
      expect(remove.map((one) => one.name)).not.toContain(tagOf(before).name)
      expect(keep).toContainEqual({
        about: `MutatingWebhookConfiguration ${tagOf(before).name}`,
        why: `owned by Helm release ${release} now`,
      })
      // The default validator still calls it: without its Service every write of configuration would be refused.
      expect(keep).toContainEqual({
        about: 'Service istio-system/istiod',
        why: expect.stringContaining('ValidatingWebhookConfiguration istiod-default-validator'),
      })
      await perform({
        do: 'point-validator',
        target: target(webhook(before, 'istiod-default-validator')),
        revision,
        service,
      })
      const whole = await ask(ofOld)
      const kinds = [...new Set(whole.remove.map((one) => one.kind))]
      expect(kinds[0]).toBe('MutatingWebhookConfiguration')
      expect(kinds.indexOf('Deployment')).toBeLessThan(kinds.indexOf('Service'))
      expect(kinds.indexOf('ServiceAccount')).toBeLessThan(kinds.indexOf('Secret'))
      expect(kinds).not.toContain('Namespace')
      expect(kinds).not.toContain('CustomResourceDefinition')
      expect(whole.remove.map((one) => `${one.kind} ${one.name}`)).toContain('Service istiod')

      for (const object of whole.remove) await twice({ do: 'delete-object', object })
      await eventually('gone', (seen) => seen.controlPlanes.every((one) => one.revision !== old.revision))
      const left = await ask(ofOld)
      expect(left.remove).toEqual([])
      const after = await see()
      expect(after.releases.map((one) => one.name)).not.toContain(old.release)
      expect(await injectedIn(namespaceOn(after, 'istio.io/rev', tagOf(after).labels['istio.io/tag'] ?? '').name)).toBe(
        revision,
      )
    })

    test('at the end no object of others names us as a manager', async () => {
      const seen = await see()
      const { name } = namespaceOn(seen, 'istio-injection', 'enabled')
      const workload = workloadIn(seen, name)
      await perform({
        do: 'label-namespace',
        target: target(namespaceOn(seen, 'istio-injection', 'enabled')),
        revision,
        upgrade,
      })
      await perform({ do: 'restart-workload', kind: workload.kind, target: target(workload), stamp: 'stamp' })
      await perform({ do: 'redirect-injector', target: target(injector(seen)), service: 'elsewhere' })
      const { objects } = await ask({ ask: 'our-entries' })
      expect(objects.map((one) => `${one.kind} ${one.name}`).toSorted()).toEqual([
        `Deployment ${workload.name}`,
        'MutatingWebhookConfiguration istio-sidecar-injector',
        `Namespace ${name}`,
      ])
      for (const object of objects) await perform({ do: 'give-back', object })
      expect((await ask({ ask: 'our-entries' })).objects).toEqual([])
      const after = await see()
      expect(injector(after).managers).toEqual(injector(seen).managers)
      expect(injector(after).webhooks.map((one) => one.service)).toContain('elsewhere')
    })

    test('nothing is done to, or asked of, another cluster than the one that is meant', async () => {
      const action: Action = { do: 'delete-snapshot', cluster: 'another', upgrade }
      expect((await problemOf(arranged.mesh.perform(action, signal))).kind).toBe('bug')
      expect((await problemOf(arranged.mesh.ask([{ ask: 'our-entries', cluster: 'another' }], signal))).kind).toBe(
        'bug',
      )
    })
  })
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('what the test looks for is not there')
  return value
}

function target(fact: Target): Target {
  const { name, namespace, uid, resourceVersion } = fact
  return { name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) }
}

function refOf(plural: 'mutatingwebhookconfigurations' | 'services', fact: WebhookFact | TagServiceFact) {
  const { name, uid } = fact
  return plural === 'services'
    ? { kind: 'Service', group: '', version: 'v1', plural, namespace: 'istio-system', name, uid }
    : { kind: 'MutatingWebhookConfiguration', group: 'admissionregistration.k8s.io', version: 'v1', plural, name, uid }
}

/** Without what a new object has of its own and what istiod keeps up. */
function comparable(body: unknown): string {
  return canonical(
    JSON.parse(
      JSON.stringify(body, (key, value: unknown) => (key === 'caBundle' || key === 'uid' ? undefined : value)),
    ),
  )
}
