// Documents rot at their paths and numbers first, so those are checked.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const rowsUnder = (text: string, heading: string): string => {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading))
  return (section ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .join('\n')
}

/** What stands in backticks and looks like a path: it has a slash or names a file of ours. */
const pathsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)]
    .map((found) => found[1] ?? '')
    .filter((word) => /^[\w.<>*@{},-]+(\/[\w.<>*@{},-]*)+$/.test(word) || /^[\w-]+\.(ts|js|md|json|yaml)$/.test(word))

/** `<stage>` stands for any name. A path is below the root or below `src`. */
const isThere = (root: string, path: string): boolean => {
  const pattern = path.replaceAll(/<[^>]+>/g, '*').replace(/\/$/, '')
  return globSync([pattern, `src/${pattern}`], { cwd: root }).length > 0
}

const checkPaths = (root: string, file: string, text: string): readonly string[] =>
  [...new Set(pathsIn(text))].filter((path) => !isThere(root, path)).map((path) => `${file}: no such path: ${path}`)

const checkLinks = (root: string, file: string, text: string): readonly string[] =>
  [...text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)]
    .map((found) => found[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(file), link)))
    .map((link) => `${file}: a link leads nowhere: ${link}`)

const checkNumbers = (names: readonly string[]): readonly string[] =>
  [...names].sort().flatMap((name, index) => {
    const expected = String(index + 1).padStart(4, '0')
    if (!/^\d{4}-[a-z0-9-]+\.md$/.test(name)) return [`docs/decisions/${name}: is not named NNNN-words.md`]
    return name.startsWith(`${expected}-`) ? [] : [`docs/decisions/${name}: the next number is ${expected}`]
  })

/** All that is wrong with the documents below `root`: one sentence each, none when all is well. */
export const checkDocs = (root: string): readonly string[] => {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8')
  const all = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort()
  const rooms = rowsUnder(read('docs/architecture.md'), 'Which room?')
  return [
    ...(rooms === '' ? ['docs/architecture.md: has no table under "Which room?"'] : []),
    ...checkPaths(root, 'docs/architecture.md', rooms),
    ...all.filter((file) => file.startsWith('docs/howto/')).flatMap((file) => checkPaths(root, file, read(file))),
    ...all.flatMap((file) => checkLinks(root, file, read(file))),
    ...checkNumbers(readdirSync(join(root, 'docs/decisions'))),
  ]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const wrong = checkDocs(process.cwd())
  for (const sentence of wrong) process.stderr.write(`${sentence}\n`)
  process.stdout.write(`docs: ${wrong.length === 0 ? 'paths, links and numbers are right' : `${wrong.length} wrong`}\n`)
  process.exitCode = wrong.length === 0 ? 0 : 1
}
