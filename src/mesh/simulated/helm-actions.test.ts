import { describe, expect, test } from 'vitest'
import { problemFrom } from '../../lib/problem.ts'
import type { PatchOperation } from '../cluster.ts'
import type { Api } from './api.ts'
import { beginInstall, finishInstall, uninstall, upgrade } from './helm-actions.ts'
import { manifestOf, storedReleases } from './helm-releases.ts'
import { kinds } from './kinds.ts'
import { contents } from './shelves.ts'
import { applyCrds, base, canary, trial, v131, withCanary } from './trial.ts'

const old = { name: 'istiod', namespace: 'istio-system' }
const validator = { name: 'istiod-default-validator' }
const prod = { name: 'istio-revision-tag-prod' }
const prodService = { namespace: 'istio-system', name: 'istiod-revision-tag-prod' }
const refusal = (act: () => void): string => {
  try {
    act()
  } catch (thrown) {
    return problemFrom(thrown).message
  }
  return 'passed'
}

function movedTag(api: Api, release?: string): void {
  const owner = (operations: readonly PatchOperation[]): readonly PatchOperation[] =>
    release === undefined
      ? operations
      : [...operations, { op: 'add', path: '/metadata/annotations/meta.helm.sh~1release-name', value: release }]
  const label = { op: 'replace', path: '/metadata/labels/istio.io~1rev', value: '1-31' } as const
  const services = [0, 1].map(
    (index) => ({ op: 'replace', path: `/webhooks/${index}/clientConfig/service/name`, value: 'istiod-1-31' }) as const,
  )
  api.patch(kinds.MutatingWebhookConfiguration, prod, owner([label, ...services]), 'meshlift')
  const selector = { op: 'replace', path: '/spec/selector', value: { app: 'istiod', 'istio.io/rev': '1-31' } } as const
  api.patch(kinds.Service, prodService, owner([label, selector]), 'meshlift')
}

function movedValidator(api: Api): void {
  api.patch(
    kinds.ValidatingWebhookConfiguration,
    validator,
    [
      { op: 'replace', path: '/metadata/labels/istio.io~1rev', value: '1-31' },
      { op: 'replace', path: '/webhooks/0/clientConfig/service/name', value: 'istiod-1-31' },
    ],
    'meshlift',
  )
}

function givenBack(api: Api): void {
  const entries = api.find(kinds.ValidatingWebhookConfiguration, validator)?.metadata.managedFields ?? []
  const value = entries.filter((each) => each.manager !== 'meshlift')
  api.patch(
    kinds.ValidatingWebhookConfiguration,
    validator,
    [{ op: 'replace', path: '/metadata/managedFields', value }],
    'meshlift',
  )
}

describe('B1: a tag of the old release, moved to the new revision', () => {
  test('is deleted by `helm uninstall` of the old release: the next pod comes up bare, silently', () => {
    const on = trial('demo')
    withCanary(on)
    movedTag(on.api, canary.name)
    expect(on.probe('search')).toBe('1-31 1.31.0')
    uninstall(on.api, old)
    on.pass(3000)
    expect(on.api.find(kinds.MutatingWebhookConfiguration, prod)).toBeUndefined()
    expect(on.api.find(kinds.Service, prodService)).toBeUndefined()
    expect(on.probe('search')).toBe('none')
  })

  test('survives an exact removal, and the new release takes it over, with or without `revisionTags`', () => {
    const on = trial('demo')
    withCanary(on)
    movedTag(on.api, canary.name)
    movedValidator(on.api)
    const [stored] = storedReleases(on.api, old)
    for (const each of stored ? manifestOf(stored) : []) {
      const resource = kinds[each.kind as keyof typeof kinds]
      const live = on.api.find(resource, each.metadata)
      if (live?.metadata.annotations?.['meta.helm.sh/release-name'] === 'istiod')
        on.api.remove(resource, each.metadata, 'meshlift', live.metadata.uid)
    }
    on.api.remove(kinds.Secret, { namespace: 'istio-system', name: 'sh.helm.release.v1.istiod.v1' }, 'meshlift')
    on.pass(3000)
    expect(on.probe('search')).toBe('1-31 1.31.0')
    upgrade(on.api, canary, v131.istiod, { revision: '1-31' })
    expect(on.probe('search')).toBe('1-31 1.31.0')
    upgrade(on.api, canary, v131.istiod, { revision: '1-31', revisionTags: ['prod'] })
    on.pass(1000)
    expect(on.probe('search')).toBe('1-31 1.31.0')
    // Once Helm had them, an upgrade without them deletes every tag.
    upgrade(on.api, canary, v131.istiod, { revision: '1-31' })
    expect(on.probe('search')).toBe('none')
  })

  test('a tag made by istioctl survives the uninstall', () => {
    const on = trial('revisioned')
    uninstall(on.api, { name: 'istiod-1-29', namespace: 'istio-system' })
    expect(on.api.find(kinds.MutatingWebhookConfiguration, { name: 'istio-revision-tag-elk' })).toBeDefined()
    expect(on.api.find(kinds.MutatingWebhookConfiguration, { name: 'istio-revision-tag-fox' })).toBeUndefined()
  })
})

describe('B2: the default validator, moved by a patch', () => {
  test('makes the next base upgrade conflict; by force it is back on a Service that may be gone', () => {
    const on = trial('demo')
    withCanary(on)
    movedValidator(on.api)
    expect(refusal(() => upgrade(on.api, base, v131.base, {}))).toContain(
      'conflicts with "meshlift": .metadata.labels.istio.io/rev, .webhooks[name="validation.istio.io"].clientConfig.service.name',
    )
    expect(storedReleases(on.api, base).map((each) => each.info.status)).toEqual(['deployed', 'failed'])
    upgrade(on.api, base, v131.base, {}, true)
    expect(on.api.find(kinds.ValidatingWebhookConfiguration, validator)).toMatchObject({
      webhooks: [{ failurePolicy: 'Fail', clientConfig: { service: { name: 'istiod' } } }],
    })
  })

  test('with `defaultRevision` the values agree and the upgrade passes; the one after that only when our entry was given back', () => {
    const on = trial('demo')
    withCanary(on)
    movedValidator(on.api)
    upgrade(on.api, base, v131.base, { defaultRevision: '1-31' })
    expect(refusal(() => upgrade(on.api, base, v131.base, { defaultRevision: '1-32' }))).toContain(
      'conflicts with "meshlift"',
    )
    givenBack(on.api)
    upgrade(on.api, base, v131.base, { defaultRevision: '1-32' })
    expect(on.api.find(kinds.ValidatingWebhookConfiguration, validator)?.metadata.labels?.['istio.io/rev']).toBe('1-32')
  })
})

describe('B3: helm killed during an install', () => {
  test('leaves a pending release and the first objects; the same command is refused, uninstall clears it', () => {
    const on = trial('demo', { helmKilledAfter: 14 })
    expect(refusal(() => withCanary(on))).toContain('was killed')
    expect(storedReleases(on.api, canary).map((each) => each.info.status)).toEqual(['pending-install'])
    expect(on.api.find(kinds.Deployment, canary)).toBeDefined()
    expect(refusal(() => withCanary(on))).toContain('another operation (install/upgrade/rollback) is in progress')
    uninstall(on.api, canary)
    on.pass(3000)
    expect(
      contents(on.api.state.objects).filter(
        (each) =>
          each.metadata.annotations?.['meta.helm.sh/release-name'] === canary.name &&
          each.kind !== 'CustomResourceDefinition',
      ),
    ).toEqual([])
    withCanary(on)
    expect(storedReleases(on.api, canary).map((each) => each.info.status)).toEqual(['deployed'])
  })
})

describe('B7: CRDs of charts that kept them outside of the release', () => {
  test('the base chart of 1.31 does not take them over, and does once they carry its ownership', () => {
    const on = trial('classic')
    expect(refusal(() => upgrade(on.api, base, v131.base, {}))).toContain('invalid ownership metadata')
    applyCrds(on.api)
    upgrade(on.api, base, v131.base, {}, true)
    expect(storedReleases(on.api, base).at(-1)?.info.status).toBe('deployed')
  })

  test('the base chart of 1.22 conflicts with its own istiod at every upgrade, whoever was here', () => {
    const { api } = trial('classic')
    expect(refusal(() => upgrade(api, base, { chart: 'base', version: '1.22.0' }, {}))).toContain(
      'conflicts with "pilot-discovery": .webhooks[name="validation.istio.io"].failurePolicy',
    )
  })

  test('an istiod of 1.31 never gets ready on CRDs of 1.22', () => {
    const on = trial('classic')
    finishInstall(on.api, beginInstall(on.api, canary, v131.istiod, { revision: '1-31' }))
    on.pass(60_000)
    expect(on.api.find(kinds.Deployment, canary)?.['status']).toMatchObject({ readyReplicas: 0 })
    expect(on.probe('reports', { 'istio.io/rev': '1-31' })).toContain('failed calling webhook')
    applyCrds(on.api)
    on.pass(3000)
    expect(on.api.find(kinds.Deployment, canary)?.['status']).toMatchObject({ readyReplicas: 1 })
    expect(on.probe('reports', { 'istio.io/rev': '1-31' })).toBe('1-31 1.31.0')
  })
})

test('a name in use, values that make no sense and versions nobody has are refused', () => {
  const { api } = trial('demo')
  expect(refusal(() => beginInstall(api, old, v131.istiod, {}))).toContain('cannot re-use a name')
  expect(refusal(() => beginInstall(api, canary, v131.istiod, { revisionTags: 'prod' }))).toContain(
    'revisionTags must be a list',
  )
  expect(refusal(() => beginInstall(api, canary, { chart: 'istiod', version: '1.99.0' }, {}))).toContain(
    'no version 1.99.0',
  )
  expect(refusal(() => upgrade(api, canary, v131.istiod, {}))).toContain('not there')
  expect(storedReleases(api, canary)).toEqual([])
})
