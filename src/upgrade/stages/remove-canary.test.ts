import { describe, expect, it } from 'vitest'
import type { Answer, ObjectRef } from '../mesh.ts'
import { injectedAs, newPlane, pod, quietMesh } from '../testing/facts.ts'
import { asked, decided, staged, type Staged } from '../testing/staging.ts'
import { injector } from '../testing/webhooks.ts'
import { removeCanary } from './remove-canary.ts'
import { removeOld } from './remove-old.ts'

const object = (kind: string, name: string): ObjectRef => ({
  kind,
  group: '',
  version: 'v1',
  plural: `${kind.toLowerCase()}s`,
  name,
  uid: `uid-${name}`,
})
const webhook = object('MutatingWebhookConfiguration', 'injector')
const others = [object('Deployment', 'istiod'), object('ServiceAccount', 'istiod')]
const record = object('Secret', 'release')
const lease = object('Lease', 'leader')
const left = (remove: readonly ObjectRef[], pods = 0): readonly Answer[] => [
  { ask: 'belongings', remove, keep: [], pods },
]

const quiet = quietMesh()
/** Everything is back: the new control plane is there, and nobody uses it. */
const unused = { upgrade: { installs: true } } as const

const rows: readonly { readonly when: string; readonly given: Staged; readonly is: string }[] = [
  {
    when: 'none was installed',
    given: { upgrade: {} },
    is: 'done nothing: This upgrade had not installed a control plane; there is none to remove.',
  },
  {
    when: 'a pod still uses it',
    given: { ...unused, mesh: { pods: [...quiet.pods, pod('shop/late', { injection: injectedAs(newPlane) })] } },
    is: 'hold inUse: These still use 1-31-0: pod shop/late. Move or delete them; then it is removed.',
  },
  {
    when: 'that pod is on its way out',
    given: {
      ...unused,
      mesh: { pods: [...quiet.pods, pod('shop/late', { injection: injectedAs(newPlane), terminating: true })] },
    },
    is: 'wait leaving: Waiting for pods of control plane 1-31-0 that are terminating: pod shop/late.',
  },
  {
    when: 'webhooks come first',
    given: { ...unused, answers: left([webhook, ...others, record, lease], 1) },
    is: 'act removing: Removing control plane 1-31-0: MutatingWebhookConfiguration injector. > delete-object MutatingWebhookConfiguration injector',
  },
  {
    when: 'then everything else',
    given: { ...unused, answers: left([...others, record, lease], 1) },
    is: 'act removing: Removing control plane 1-31-0: Deployment istiod, ServiceAccount istiod. > delete-object Deployment istiod > delete-object ServiceAccount istiod',
  },
  {
    when: 'then its pods',
    given: { ...unused, answers: left([record, lease], 2) },
    is: 'wait stopping: Waiting for the last 2 pods of istiod 1-31-0.',
  },
  {
    when: 'then the record of its release',
    given: { ...unused, answers: left([record, lease]) },
    is: 'act removing: Removing control plane 1-31-0: Secret release. > delete-object Secret release',
  },
  {
    when: 'leases last: a dying istiod writes them again',
    given: { ...unused, answers: left([lease]) },
    is: 'act removing: Removing control plane 1-31-0: Lease leader. > delete-object Lease leader',
  },
  {
    when: 'nothing is left',
    given: { ...unused, answers: left([]) },
    is: 'done removed: Control plane 1-31-0 is gone. CRDs stay as they are: they never go back.',
  },
  { when: 'nobody could tell what is left', given: unused, is: 'wait removing: Removing control plane 1-31-0: .' },
]

describe('removing the new control plane', () => {
  it.each(rows)('when $when', ({ given, is }) => {
    expect(decided(removeCanary, given)).toBe(is)
  })

  it('asks what belongs to it, if this upgrade made it', () => {
    expect(asked(removeCanary, unused)).toEqual([
      { ask: 'belongings', cluster: 'east', release: 'istiod-1-31-0', revision: '1-31-0' },
    ])
    expect(asked(removeCanary, { upgrade: {} })).toEqual([])
  })
})

describe('removing the old control plane', () => {
  /** Nothing needs the old one: all that is left are webhooks and pods of the new one. */
  const moved: Staged['mesh'] = { webhooks: [injector(newPlane)], tagServices: [], pods: [], batch: [], workloads: [] }

  it('is noted as the point of no return before anything goes', () => {
    expect(removeOld.forward(staged({ mesh: moved, answers: left([webhook]) }))).toMatchObject({
      kind: 'act',
      final: true,
    })
    expect(removeOld.forward(staged({ mesh: moved, answers: left([], 1) }))).not.toHaveProperty('final')
  })

  it('looks once more whether anybody needs it; once it has begun it goes on', () => {
    expect(decided(removeOld, { answers: left([webhook]) })).toMatch(
      /^hold inUse: Nothing was removed: these still need control plane default: /,
    )
    expect(decided(removeOld, { upgrade: { pastReturn: true }, answers: left([webhook]) })).toMatch(
      /^act removing: Removing control plane default: MutatingWebhookConfiguration injector\./,
    )
  })

  it('ends when nothing is left of it', () => {
    expect(decided(removeOld, { mesh: moved, answers: left([]) })).toBe(
      'done removed: Control plane default and its Helm release istiod are gone.',
    )
    expect(asked(removeOld, {})).toEqual([
      { ask: 'belongings', cluster: 'east', release: 'istiod', revision: 'default' },
    ])
  })
})
