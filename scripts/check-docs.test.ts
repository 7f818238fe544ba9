import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkDocs } from './check-docs.ts'

const trees: string[] = []
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true })
})

const good = {
  'docs/architecture.md':
    '# A\n## Which room?\n| I want to | open |\n|---|---|\n| change the order | `upgrade/plan.ts` |\n' +
    '| change a stage | `upgrade/stages/<stage>.ts` |\n\n## Next\n| `not/checked.ts` |\n',
  'docs/howto/add-check.md': 'Write `src/upgrade/plan.ts`, say `wait`, run `npm test`.',
  'docs/decisions/0001-one.md': '# One',
  'src/upgrade/plan.ts': '',
  'src/upgrade/stages/look.ts': '',
  'README.md': '[docs](docs/architecture.md#a) [out](https://istio.io)',
}

const look = (files: Readonly<Record<string, string>>): readonly string[] => {
  const tree = mkdtempSync(join(tmpdir(), 'docs-'))
  trees.push(tree)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, file)), { recursive: true })
    writeFileSync(join(tree, file), text)
  }
  return checkDocs(tree)
}

test('true documents are quiet', () => {
  expect(look(good)).toEqual([])
})

test('a path of the rooms table that is gone is named', () => {
  const gone = { ...good, 'docs/architecture.md': good['docs/architecture.md'].replace('plan.ts', 'order.ts') }
  expect(look(gone)).toEqual(['docs/architecture.md: no such path: upgrade/order.ts'])
})

test('a placeholder needs at least one file that fits', () => {
  const { 'src/upgrade/stages/look.ts': _, ...rest } = good
  expect(look(rest)).toEqual(['docs/architecture.md: no such path: upgrade/stages/<stage>.ts'])
})

test('a recipe that names a file which is gone is named', () => {
  expect(look({ ...good, 'docs/howto/add-stage.md': 'Open `upgrade/gone.ts`.' })).toEqual([
    'docs/howto/add-stage.md: no such path: upgrade/gone.ts',
  ])
})

test('a table that was renamed away is missed', () => {
  expect(look({ ...good, 'docs/architecture.md': '# A' })).toEqual([
    'docs/architecture.md: has no table under "Which room?"',
  ])
})

test('decision records are numbered without gaps', () => {
  expect(look({ ...good, 'docs/decisions/0003-three.md': '' })).toEqual([
    'docs/decisions/0003-three.md: the next number is 0002',
  ])
  expect(look({ ...good, 'docs/decisions/notes.md': '' })).toEqual([
    'docs/decisions/notes.md: is not named NNNN-words.md',
  ])
})

test('a link that leads nowhere is named', () => {
  expect(look({ ...good, 'README.md': '[x](docs/gone.md)' })).toEqual(['README.md: a link leads nowhere: docs/gone.md'])
})
