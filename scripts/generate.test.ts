import { expect, test } from 'vitest'
import { putIn } from './generate.ts'
import { importTable } from './generated/import-table.ts'

const part = { file: 'a.md', name: 'list', make: () => 'new' }

test('only what stands between the markers is replaced', () => {
  expect(putIn('before\n<!-- list -->\nold\n<!-- end list -->\nafter', part)).toBe(
    'before\n<!-- list -->\nnew\n<!-- end list -->\nafter',
  )
})

test('a document that lost its markers is named', () => {
  expect(() => putIn('before', part)).toThrow('a.md: the markers of "list" are missing')
})

test('the import table says what may be imported and how', () => {
  expect(importTable()).toContain('| `upgrade/view.ts` | `lib/`, `upgrade/`, `contract/` (types only) |')
  expect(importTable()).toContain('`main.ts` (by dynamic import only)')
})
