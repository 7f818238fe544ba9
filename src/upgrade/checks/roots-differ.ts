import { defineCheck } from '../check.ts'
import { few } from '../facts/few.ts'
import { istioNamespace } from '../mesh.ts'
import type { RootFact } from '../mesh.ts'
import { sentences } from '../reason.ts'

const says = sentences('roots-differ', {
  differ:
    '{reference} holds another root certificate than {places}: pods there stop trusting pods elsewhere when they restart. Let the change of the root end everywhere, then check again.',
})

/** P15: a change of the root and an upgrade at the same time cannot be told apart afterwards. */
export const rootsDiffer = defineCheck({
  id: 'roots-differ',
  title: 'All proxies trust the same root',
  gate: 'start',
  weight: 'blocks',
  reads: ['roots'],
  says,
  look({ seen }) {
    const places = [...rootsByPlace(seen.roots)]
    const reference = places.find(([place]) => place.startsWith(`${istioNamespace}/`)) ?? places[0]
    if (!reference) return []
    const others = places.filter(([, roots]) => roots !== reference[1]).map(([place]) => place)
    if (others.length === 0) return []
    return [{ about: reference[0], because: says.say.differ({ places: few(others), reference: reference[0] }) }]
  },
})

/** A bundle has several roots; their order means nothing. */
function rootsByPlace(roots: readonly RootFact[]): ReadonlyMap<string, string> {
  const groups = Map.groupBy(roots, (root) => root.about)
  return new Map(
    [...groups].map(([place, found]) => [
      place,
      [...new Set(found.map((root) => root.fingerprint))].toSorted().join(' '),
    ]),
  )
}
