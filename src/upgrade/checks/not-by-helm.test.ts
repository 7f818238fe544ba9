import { describe, expect, it } from 'vitest'
import { controlPlane, oldPlane, release } from '../testing/facts.ts'
import { unseen } from '../testing/record.ts'
import { told, type Row } from '../testing/looking.ts'
import { notByHelm } from './not-by-helm.ts'

const base = release('istio-base', 'base', '1.30.0')
const istiod = release('istiod', 'istiod', '1.30.0')
const { release: _release, ...byHand } = controlPlane(oldPlane)

const rows: readonly Row[] = [
  { when: 'both releases are there', finds: [] },
  {
    when: 'the releases have other names',
    given: {
      mesh: {
        controlPlanes: [controlPlane(oldPlane, { release: 'pilot' })],
        releases: [release('crds', 'base', '1.30.0'), release('pilot', 'istiod', '1.30.0')],
      },
    },
    finds: [],
  },
  {
    when: 'a release failed and was kept: its objects are there',
    given: { mesh: { releases: [base, release('istiod', 'istiod', '1.30.0', { status: 'failed' })] } },
    finds: [],
  },
  {
    when: 'no release owns the control plane',
    given: { mesh: { controlPlanes: [byHand], releases: [base] } },
    finds: [
      'noRelease istio-system/istiod: Control plane istio-system/istiod was not installed by Helm. That is not supported yet: the new one would have no values to start from, and the old one could not be removed exactly. Install it by Helm first.',
    ],
  },
  {
    when: 'its release has no record',
    given: { mesh: { releases: [base] } },
    finds: [
      'noRecord istio-system/istiod: Control plane istio-system/istiod belongs to Helm release istiod, of which istio-system holds no record. Make Helm know it again (helm upgrade --install istiod with --take-ownership), then check again.',
    ],
  },
  {
    when: 'helm is at work on it',
    given: { mesh: { releases: [base, release('istiod', 'istiod', '1.30.0', { status: 'pending-upgrade' })] } },
    finds: [
      "pending istiod: Helm release istiod is pending-upgrade: somebody's helm is at work, or was killed. Let it end, or roll the release back, then check again.",
    ],
  },
  {
    when: 'helm is at work on base',
    given: { mesh: { releases: [release('istio-base', 'base', '1.30.0', { status: 'pending-install' }), istiod] } },
    finds: [
      "pending istio-base: Helm release istio-base is pending-install: somebody's helm is at work, or was killed. Let it end, or roll the release back, then check again.",
    ],
  },
  {
    when: 'the CRDs are not from Helm',
    given: { mesh: { releases: [istiod] } },
    finds: [
      "noBase istio-base: Namespace istio-system has no Helm release of Istio's base chart. CRDs outside Helm are not supported yet: install the base chart (helm install istio-base with --take-ownership), then check again.",
    ],
  },
  {
    when: 'nothing is from Helm',
    given: { mesh: { controlPlanes: [byHand], releases: [] } },
    finds: [
      'noRelease istio-system/istiod: Control plane istio-system/istiod was not installed by Helm. That is not supported yet: the new one would have no values to start from, and the old one could not be removed exactly. Install it by Helm first.',
      "noBase istio-base: Namespace istio-system has no Helm release of Istio's base chart. CRDs outside Helm are not supported yet: install the base chart (helm install istio-base with --take-ownership), then check again.",
    ],
  },
  {
    when: 'the record and base are gone',
    given: { mesh: { releases: [] } },
    finds: [
      'noRecord istio-system/istiod: Control plane istio-system/istiod belongs to Helm release istiod, of which istio-system holds no record. Make Helm know it again (helm upgrade --install istiod with --take-ownership), then check again.',
      "noBase istio-base: Namespace istio-system has no Helm release of Istio's base chart. CRDs outside Helm are not supported yet: install the base chart (helm install istio-base with --take-ownership), then check again.",
    ],
  },
  {
    when: 'there is no control plane: another check says so',
    given: { upgrade: unseen, mesh: { controlPlanes: [], releases: [] } },
    finds: [],
  },
]

describe('not-by-helm', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(notByHelm, given)).toEqual(finds)
  })
})
