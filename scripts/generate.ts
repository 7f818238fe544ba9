// Writes what is said in code and shown in documents, so that it is said once. With --check it only compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { importTable } from './generated/import-table.ts'
import { actionsPage, apiPage, openApiFile } from './generated/reference.ts'

/** What a program writes of a document: all of it, or all between `<!-- NAME -->` and `<!-- end NAME -->`. */
export interface Generated {
  readonly file: string
  /** Absent: the whole file. */
  readonly name?: string
  readonly make: () => string
}

const all: readonly Generated[] = [
  { file: 'docs/architecture.md', name: 'import table', make: importTable },
  { file: 'docs/reference/openapi.json', make: openApiFile },
  { file: 'docs/reference/api.md', make: apiPage },
  { file: 'docs/reference/actions.md', make: actionsPage },
]

/** The document with the part put in. Throws an Error where its two markers are missing. */
export const putIn = (text: string, { file, name, make }: Generated): string => {
  if (name === undefined) return make()
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- end ${name} -->`]
  const [from, to] = [text.indexOf(open), text.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`${file}: the markers of "${name}" are missing`)
  return `${text.slice(0, from + open.length)}${make()}\n${text.slice(to)}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const check = process.argv.includes('--check')
  for (const part of all) {
    const path = join(process.cwd(), part.file)
    const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
    const after = putIn(before, part)
    if (after === before) continue
    const what = part.name === undefined ? part.file : `${part.file}: "${part.name}"`
    if (check) {
      process.stderr.write(`${what} is out of date; run "npm run update"\n`)
      process.exitCode = 1
    } else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, after)
      process.stdout.write(`${what} written\n`)
    }
  }
}
