import { describe, expect, it } from 'vitest'
import { oldPlane, quietMesh } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { pinnedImages } from './pinned-images.ts'

const withValues = (values: Readonly<Record<string, unknown>>): NonNullable<Row['given']> => ({
  mesh: {
    releases: quietMesh().releases.map((release) =>
      release.name === oldPlane.release ? { ...release, values } : release,
    ),
  },
})

const pinned = (value: string): string =>
  `pinned ${value}: Helm release istiod sets ${value}; the new control plane would take it over and run that image instead of 1.31.0. Take it out of the values, or set it for 1.31.0 in the values file of the mesh.`

const rows: readonly Row[] = [
  { when: 'no image is named', finds: [] },
  {
    when: 'names and a hub are given, and no tag',
    given: withValues({
      global: { hub: 'mirror.example/istio', proxy: { image: 'proxyv2' } },
      pilot: { image: 'pilot' },
    }),
    finds: [],
  },
  {
    when: 'the old global tag is there: it is not taken over',
    given: withValues({ global: { tag: '1.30.0' } }),
    finds: [],
  },
  {
    when: 'istiod has a tag of its own',
    given: withValues({ pilot: { tag: '1.30.0' } }),
    finds: [pinned('pilot.tag')],
  },
  { when: 'that tag is the target', given: withValues({ pilot: { tag: '1.31.0' } }), finds: [] },
  {
    when: 'whole images are named',
    given: withValues({
      pilot: { image: 'mirror.example/istio/pilot:1.30.0' },
      global: { proxy: { image: 'mirror.example/istio/proxyv2:1.30.0' } },
    }),
    finds: [pinned('pilot.image'), pinned('global.proxy.image')],
  },
  {
    when: 'the values file of the mesh sets it for the target',
    given: { ...withValues({ pilot: { tag: '1.30.0' } }), values: { pilot: { tag: '1.31.0' } } },
    finds: [],
  },
]

describe('pinned-images', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(pinnedImages, given)).toEqual(finds)
  })
})
