import { expect, it } from 'vitest'
import { enterpriseProjectOf } from './meshes.ts'
import type { MeshRecord } from './meshes.ts'

const mesh = { id: 'm1' } as MeshRecord

it('a mesh that was stored without an enterprise project is in the default one', () => {
  expect(enterpriseProjectOf(mesh)).toBe('0')
  expect(enterpriseProjectOf({ ...mesh, enterpriseProject: 'e1' })).toBe('e1')
})
