// One source file -> what it imports and which restricted things of the platform it touches.
import { parseSync, Visitor } from 'vite'
import type { ESTree } from 'vite'

export interface Import {
  readonly from: string
  /** `types`: erased before it runs. `late`: a dynamic import. */
  readonly use: 'run' | 'types' | 'late'
  readonly line: number
}

export interface Touch {
  readonly what: string
  readonly line: number
}

export interface Source {
  readonly imports: readonly Import[]
  readonly touches: readonly Touch[]
}

/**
 * Type imports are read too: they cost nothing at run time, but a type that a room must not know is still known.
 * Throws an Error naming the file when it does not parse.
 */
export const readSource = (file: string, text: string): Source => {
  const parsed = parseSync(file, text)
  const broken = parsed.errors[0]
  if (broken !== undefined) throw new Error(`${file} does not parse: ${broken.message}`)

  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length
  const imports: Import[] = []
  const touches: Touch[] = []
  const touch = (what: string, node: { readonly start: number }): void => {
    touches.push({ what, line: lineOf(node.start) })
  }

  for (const found of parsed.module.staticImports) {
    // `import './x.ts'` has no entries and runs; `import type` has only type entries.
    const erased = found.entries.length > 0 && found.entries.every((entry) => entry.isType)
    imports.push({ from: found.moduleRequest.value, use: erased ? 'types' : 'run', line: lineOf(found.start) })
  }
  for (const found of parsed.module.staticExports) {
    const first = found.entries.find((entry) => entry.moduleRequest !== null)
    if (first?.moduleRequest === undefined || first.moduleRequest === null) continue
    const erased = found.entries.every((entry) => entry.isType)
    imports.push({ from: first.moduleRequest.value, use: erased ? 'types' : 'run', line: lineOf(found.start) })
  }

  const written = (node: { readonly start: number; readonly end: number }): string =>
    text.slice(node.start, node.end).replace(/^globalThis\./, '')

  new Visitor({
    ImportExpression(node) {
      const from = node.source.type === 'Literal' ? node.source.value : undefined
      // A computed name could lead anywhere, so it cannot be checked and is not allowed.
      if (typeof from === 'string') imports.push({ from, use: 'late', line: lineOf(node.start) })
      else touch('a computed import', node)
    },
    TSImportType(node) {
      imports.push({ from: node.source.value, use: 'types', line: lineOf(node.start) })
    },
    ImportDeclaration(node) {
      const from = node.source.value.replace(/^node:/, '')
      if (from === 'console') touch('console', node)
      if (from === 'process' && node.specifiers.some((one) => bindsEnv(one, text))) touch('process.env', node)
    },
    VariableDeclarator(node) {
      const { id, init } = node
      if (id.type !== 'ObjectPattern' || init === null || written(init) !== 'process') return
      if (id.properties.some((one) => /^env\b/.test(text.slice(one.start, one.end)))) touch('process.env', node)
    },
    MemberExpression(node) {
      const path = written(node).replaceAll(/\?\.|\s/g, (found) => (found === '?.' ? '.' : ''))
      if (path === 'process.env' || path === "process['env']") touch('process.env', node)
      if (path.startsWith('console.') && node.object.type === 'Identifier') touch('console', node)
      if (path === 'Date.now' || path === 'performance.now') touch('the clock', node)
    },
    CallExpression(node) {
      if (written(node.callee) === 'Date') touch('the clock', node)
    },
    NewExpression(node) {
      // With an argument it only turns a time that was passed in into another form.
      if (written(node.callee) === 'Date' && node.arguments.length === 0) touch('the clock', node)
    },
  }).visit(parsed.program)

  return { imports, touches }
}

const bindsEnv = (one: ESTree.ImportDeclarationSpecifier, text: string): boolean =>
  one.type === 'ImportSpecifier' && /^env\b/.test(text.slice(one.start, one.end))
