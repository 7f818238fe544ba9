import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkImports } from './check-imports.ts'

const trees: string[] = []
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true })
})

const look = (files: Readonly<Record<string, string>>): readonly string[] => {
  const tree = mkdtempSync(join(tmpdir(), 'imports-'))
  trees.push(tree)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, 'src', file)), { recursive: true })
    writeFileSync(join(tree, 'src', file), text)
  }
  return checkImports(tree)
}

test('arrows that go the right way are quiet', () => {
  expect(
    look({
      'main.ts': "import { serve } from './http/server.ts'\nconst late = await import('./mesh/kubernetes/client.ts')",
      'cli/main.ts': "import { say } from './print.ts'\nconst { start } = await import('../main.ts')",
      'cli/print.ts': 'console.log(1)',
      'config.ts': 'export const port = process.env.PORT',
      'http/server.ts':
        "import type { Record } from '../upgrade/record.ts'\nimport { fold } from '../upgrade/commands.ts'",
      'upgrade/view.ts': "import type { Job } from '../contract/jobs.ts'\nimport { step } from './plan.ts'",
      'mesh/kubernetes/client.ts':
        "import { KubeConfig } from '@kubernetes/client-node'\nimport type { C } from '../cluster.ts'",
      'mesh/observe/pods.ts': "import type { Mesh } from '../../upgrade/mesh.ts'",
      'lib/clock.ts': 'export const now = () => Date.now()',
      'lib/text.ts': 'export const at = (ms: number) => new Date(ms).toISOString()',
    }),
  ).toEqual([])
})

test.each([
  ['tasks/worker.ts', "import { advance } from '../upgrade/advance.ts'", 'tasks/ may not import upgrade/advance.ts'],
  ['upgrade/plan.ts', "import type { Job } from '../contract/jobs.ts'", 'upgrade/ may not import contract/jobs.ts'],
  ['upgrade/view.ts', "import { job } from '../contract/jobs.ts'", 'contract/jobs.ts, or only its types'],
  ['upgrade/view.ts', "export * from '../http/server.ts'", 'upgrade/view.ts may not import http/server.ts'],
  ['upgrade/advance.ts', "type M = import('../mesh/cluster.ts').C", 'upgrade/ may not import mesh/cluster.ts'],
  ['mesh/observe/pods.ts', "import { api } from '../kubernetes/client.ts'", 'mesh/ may not import mesh/kubernetes/'],
  ['mesh/simulated/api.ts', "import { api } from '../kubernetes/client.ts'", 'mesh/simulated/ may not import'],
  ['mesh/cluster.ts', "import type { R } from '../upgrade/record.ts'", 'mesh/ may not import upgrade/record.ts'],
  ['http/upgrades.ts', "import { open } from '../tasks/store.ts'", 'tasks/store.ts, or only its types'],
  ['cli/main.ts', "import { start } from '../main.ts'", 'main.ts, or only by a dynamic import'],
  ['http/server.ts', "const it = await import('../main.ts')", 'http/ may not import main.ts'],
  ['registry/meshes.ts', "import { port } from '../config.ts'", 'registry/ may not import config.ts'],
  ['stray.ts', '', 'is in no room'],
  ['http/server.ts', 'export const home = process.env.HOME', 'process.env belongs to src/config.ts alone'],
  ['http/server.ts', "import { env } from 'node:process'", 'process.env belongs to src/config.ts alone'],
  ['http/server.ts', 'const { env: e } = process', 'process.env belongs to src/config.ts alone'],
  ['cli/main.ts', "console.error('no')", 'console belongs to src/cli/print.ts alone'],
  ['tasks/worker.ts', 'const t = Date.now()', 'the clock belongs to src/lib/clock.ts alone'],
  ['tasks/worker.ts', 'const t = new Date()', 'the clock belongs to src/lib/clock.ts alone'],
  ['registry/x.ts', "import type { V1Pod } from '@kubernetes/client-node'", 'belongs to src/mesh/kubernetes/ alone'],
  ['lib/load.ts', 'const it = await import(name)', 'a computed import cannot be checked'],
])('in %s, %s is seen', (file, text, sentence) => {
  const broken = look({ [file]: text })
  expect(broken).toHaveLength(1)
  expect(broken[0]).toContain(sentence)
  expect(broken[0]).toContain(`src/${file}`)
})

test('a word in a comment, a sentence or a type is no use of it', () => {
  expect(
    look({ 'lib/text.ts': "// not Date.now(), not process.env\nexport const say = 'console.log'\ntype D = Date" }),
  ).toEqual([])
})

test('a circle is told once, type imports included', () => {
  const broken = look({
    'lib/a.ts': "import type { B } from './b.ts'",
    'lib/b.ts': "import { c } from './c.ts'",
    'lib/c.ts': "import { a } from './a.ts'",
    'lib/d.ts': "import { c } from './c.ts'",
  })
  expect(broken).toEqual(['circle: src/lib/a.ts -> src/lib/b.ts -> src/lib/c.ts -> src/lib/a.ts'])
})

test('loading the Kubernetes client at start is seen, with the way to it', () => {
  const broken = look({
    'main.ts': "import { connect } from './mesh/kubernetes/connect.ts'",
    'mesh/kubernetes/connect.ts': "import { KubeConfig } from '@kubernetes/client-node'",
  })
  expect(broken).toEqual([
    'src/main.ts: loads @kubernetes/client-node at start, by main.ts -> mesh/kubernetes/connect.ts; import it late',
  ])
})

test('a file that does not parse is named', () => {
  expect(() => look({ 'lib/broken.ts': 'const = 3' })).toThrow('lib/broken.ts does not parse')
})
