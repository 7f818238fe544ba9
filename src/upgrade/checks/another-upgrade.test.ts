import { describe, expect, it } from 'vitest'
import { namespace } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { anotherUpgrade } from './another-upgrade.ts'

const snapshot = { cluster: 'east', uid: 'uid-snapshot', resourceVersion: '1' }
const marked = (text: string) => namespace('shop', {}, { annotations: { 'meshlift.io/original-labels': text } })

const rows: readonly Row[] = [
  { when: 'none is known', finds: [] },
  {
    when: 'one is unfinished',
    given: { others: ['to-1-30'] },
    finds: [
      'unfinished upgrade to-1-30: Upgrade to-1-30 of this mesh is not finished. Finish it, roll it back or abandon it first.',
    ],
  },
  {
    when: 'the cluster holds the record of another',
    given: { mesh: { snapshots: [{ ...snapshot, name: 'meshlift-u0', upgrade: 'u0' }] } },
    finds: [
      'snapshot ConfigMap meshlift-u0: ConfigMap meshlift-u0 is the record of upgrade u0, which was never finished or rolled back. Go on with it where it was begun; if its database is lost, give the namespaces the labels that the ConfigMap holds, restart what runs on the new revision, and then delete the ConfigMap.',
    ],
  },
  {
    when: 'it holds our own',
    given: { mesh: { snapshots: [{ ...snapshot, name: 'meshlift-u1', upgrade: 'u1' }] } },
    finds: [],
  },
  {
    when: 'a namespace carries labels of another',
    given: { mesh: { namespaces: [marked('{"upgrade":"u0","labels":{}}')] } },
    finds: [
      'labels Namespace shop: Namespace shop carries annotation meshlift.io/original-labels of another upgrade, which was never finished or rolled back. Go on with that upgrade; if it is surely over, take the annotation away.',
    ],
  },
  {
    when: 'what it carries cannot be read',
    given: { mesh: { namespaces: [marked('{')] } },
    finds: [
      'labels Namespace shop: Namespace shop carries annotation meshlift.io/original-labels of another upgrade, which was never finished or rolled back. Go on with that upgrade; if it is surely over, take the annotation away.',
    ],
  },
  { when: 'it carries our own', given: { mesh: { namespaces: [marked('{"upgrade":"u1","labels":{}}')] } }, finds: [] },
  {
    when: 'the namespace is on its way out',
    given: { mesh: { namespaces: [{ ...marked('{'), terminating: true }] } },
    finds: [],
  },
]

describe('another-upgrade', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(anotherUpgrade, given)).toEqual(finds)
  })
})
