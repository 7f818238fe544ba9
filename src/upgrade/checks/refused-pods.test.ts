import { describe, expect, it } from 'vitest'
import type { Answer } from '../mesh.ts'
import { inMesh } from '../moves/namespaces.ts'
import { quietMesh } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { refusedPods } from './refused-pods.ts'

const names = inMesh(quietMesh().namespaces).map((namespace) => namespace.name)
const made: Answer = { ask: 'dry-run-pod', pods: [{ injection: undefined }] }
const first = (refused: string): readonly Answer[] =>
  names.map((_, index) => (index === 0 ? { ask: 'dry-run-pod', pods: [{ refused }] } : made))

const rows: readonly Row[] = [
  { when: 'every namespace takes one', given: { answers: names.map(() => made) }, finds: [] },
  {
    when: 'a quota is full',
    given: { answers: first('pods "probe" is forbidden: exceeded quota: pods') },
    finds: [
      `refused ${names[0]}: A plain dry-run pod is refused in namespace ${names[0]}: pods "probe" is forbidden: exceeded quota: pods. Without one it cannot be proven who injects there, which is not supported yet: make room in its quota, or let image meshlift.invalid/probe through for dry runs.`,
    ],
  },
  {
    when: 'the injector does not answer: another check says so',
    given: { answers: first('failed calling webhook "namespace.sidecar-injector.istio.io": no endpoints available') },
    finds: [],
  },
]

describe('refused-pods', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(refusedPods, given)).toEqual(finds)
  })
})
