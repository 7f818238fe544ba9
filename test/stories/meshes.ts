/** The meshes that stories play on. */

import { fileURLToPath } from 'node:url'
import type { Fixture } from '../../src/mesh/simulated/fixtures/fixture.ts'
import type { Scene } from './setting.ts'

export const target = '1.31.1'

export const demo: Scene = { mesh: 'demo', version: '1.30.2' }
export const revisioned: Scene = { mesh: 'revisioned', version: '1.29.3' }

/** Nine minors at once, which a catalogue of its own allows: sidecars of the two ends differ in form. */
const catalogue = fileURLToPath(new URL('./catalogue.yaml', import.meta.url))
export const classic: Scene = { mesh: 'classic', version: '1.22.0', catalogue }
export const classicRevisioned: Scene = { mesh: 'classic-revisioned', version: '1.22.0', catalogue }

/** Every way to be in a mesh once, as few pods as that takes: for stories that are told hundreds of times. */
const small: Fixture = {
  nodes: 1,
  istio: { version: '1.30.2', revision: '', helmTags: ['prod'], istioctlTags: [], values: {} },
  namespaces: [
    {
      name: 'shop',
      labels: { 'istio-injection': 'enabled' },
      workloads: [
        { name: 'cart', replicas: 1 },
        { name: 'gateway', gateway: true, replicas: 1 },
      ],
    },
    {
      name: 'search',
      labels: { 'istio.io/rev': 'prod' },
      workloads: [{ name: 'query', kind: 'StatefulSet', replicas: 1 }],
    },
  ],
}
export const smallScene: Scene = { mesh: small, version: '1.30.2' }

const smallRevisioned: Fixture = {
  ...small,
  istio: { version: '1.29.3', revision: '1-29', helmTags: ['fox'], istioctlTags: ['elk'], values: {} },
  namespaces: [
    { name: 'shop', labels: { 'istio.io/rev': '1-29' }, workloads: [{ name: 'cart', replicas: 1 }] },
    { name: 'search', labels: { 'istio.io/rev': 'elk' }, workloads: [{ name: 'query', replicas: 1 }] },
    {
      name: 'users',
      labels: { 'istio.io/rev': 'fox' },
      workloads: [{ name: 'api', kind: 'StatefulSet', replicas: 1 }],
    },
  ],
}
export const smallRevisionedScene: Scene = { mesh: smallRevisioned, version: '1.29.3' }
export const smallClassicScene: Scene = {
  mesh: { ...small, istio: { ...small.istio, version: '1.22.0' } },
  version: '1.22.0',
  catalogue,
}
