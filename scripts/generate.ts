// Writes what is said in code and shown in documents, so that it is said once. With --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { importTable } from './generated/import-table.ts'

/** One part of a document that a program writes: all between `<!-- NAME -->` and `<!-- end NAME -->`. */
export interface Generated {
  readonly file: string
  readonly name: string
  readonly make: () => string
}

const all: readonly Generated[] = [{ file: 'docs/architecture.md', name: 'import table', make: importTable }]

/** The document with the part put in. Throws an Error where its two markers are missing. */
export const putIn = (text: string, { file, name, make }: Generated): string => {
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- end ${name} -->`]
  const [from, to] = [text.indexOf(open), text.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`${file}: the markers of "${name}" are missing`)
  return `${text.slice(0, from + open.length)}${make()}\n${text.slice(to)}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const check = process.argv.includes('--check')
  for (const part of all) {
    const path = join(process.cwd(), part.file)
    const before = readFileSync(path, 'utf8')
    const after = putIn(before, part)
    if (after === before) continue
    if (check) {
      process.stderr.write(`${part.file}: "${part.name}" is out of date; run "npm run update"\n`)
      process.exitCode = 1
    } else {
      writeFileSync(path, after)
      process.stdout.write(`${part.file}: "${part.name}" written\n`)
    }
  }
}
