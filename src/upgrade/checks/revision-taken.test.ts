import { describe, expect, it } from 'vitest'
import { controlPlane, newPlane, oldPlane, quietMesh, release } from '../testing/facts.ts'
import { injector, revisionValidator, tag, tagService } from '../testing/webhooks.ts'
import { told, type Row } from '../testing/looking.ts'
import { revisionTaken } from './revision-taken.ts'

const quiet = quietMesh()

const rows: readonly Row[] = [
  { when: 'nothing has the name', finds: [] },
  {
    when: 'a control plane has it',
    given: { mesh: { controlPlanes: [...quiet.controlPlanes, controlPlane(newPlane)] } },
    finds: [
      'controlPlane Deployment istio-system/istiod-1-31-0: Control plane istio-system/istiod-1-31-0 of revision 1-31-0 is there already. Uninstall its Helm release if nothing uses it; the name of a revision is not used twice.',
    ],
  },
  {
    when: 'a half-made release has it',
    given: {
      mesh: { releases: [...quiet.releases, release('istiod-1-31-0', 'istiod', '1.31.0', { status: 'failed' })] },
    },
    finds: [
      'release release istiod-1-31-0: Helm release istiod-1-31-0 is there already (failed). Uninstall it (helm uninstall istiod-1-31-0 -n istio-system), then check again.',
    ],
  },
  {
    when: 'its injector and validator were left over',
    given: { mesh: { webhooks: [...quiet.webhooks, injector(newPlane), revisionValidator(newPlane)] } },
    finds: [
      "webhook MutatingWebhookConfiguration istio-sidecar-injector-1-31-0: Webhook configuration istio-sidecar-injector-1-31-0 of revision 1-31-0 is there already, left over or somebody else's. Delete it, then check again.",
      "webhook ValidatingWebhookConfiguration istio-validator-1-31-0-istio-system: Webhook configuration istio-validator-1-31-0-istio-system of revision 1-31-0 is there already, left over or somebody else's. Delete it, then check again.",
    ],
  },
  {
    when: 'a webhook without labels has its name',
    given: { mesh: { webhooks: [injector(newPlane, { labels: {} })] } },
    finds: [
      "webhook MutatingWebhookConfiguration istio-sidecar-injector-1-31-0: Webhook configuration istio-sidecar-injector-1-31-0 of revision 1-31-0 is there already, left over or somebody else's. Delete it, then check again.",
    ],
  },
  {
    when: 'a tag points to it already',
    given: { mesh: { webhooks: [tag('next', newPlane)] } },
    finds: [
      "webhook MutatingWebhookConfiguration istio-revision-tag-next: Webhook configuration istio-revision-tag-next of revision 1-31-0 is there already, left over or somebody else's. Delete it, then check again.",
    ],
  },
  {
    when: 'a tag of the old one is named like it',
    given: { mesh: { webhooks: [tag('1-31-0', oldPlane)] } },
    finds: [
      'tag MutatingWebhookConfiguration istio-revision-tag-1-31-0: Tag 1-31-0 has the name of the revision that is to be installed: both would inject the same pods. Rename the tag, then check again.',
    ],
  },
  {
    when: 'a Service of a tag points to it',
    given: { mesh: { tagServices: [tagService('next', newPlane)] } },
    finds: [
      'service Service istio-system/istiod-revision-tag-next: Service istio-system/istiod-revision-tag-next of revision 1-31-0 is there already. Delete it, or point its tag to the control plane in use, then check again.',
    ],
  },
]

describe('revision-taken', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(revisionTaken, given)).toEqual(finds)
  })
})
