// Enforces the import table: who imports whom, no circles, and one place each for a few things of the platform.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readSource } from './imports/read-source.ts'
import type { Import, Source } from './imports/read-source.ts'
import { apart, heavy, restrictions, rooms, starts } from './imports/table.ts'
import type { Allowed, Room } from './imports/table.ts'

type Sources = ReadonlyMap<string, Source>

const within = (file: string, path: string): boolean => (path.endsWith('/') ? file.startsWith(path) : file === path)

/** Tests stand in the room of what they test, also where that room is one file. */
const roomOf = (file: string): Room | undefined => {
  const tested = file.replace(/\.test\.ts$/, '.ts')
  return rooms.filter((room) => within(tested, room.path)).sort((a, b) => b.path.length - a.path.length)[0]
}

/** A path that means a shared folder does not reach into the parts that are kept apart in it. */
const reaches = (path: string, target: string): boolean =>
  within(target, path) && !apart.some((kept) => within(target, kept) && kept !== path && kept.startsWith(path))

const fits = (allowed: Allowed, use: Import['use']): boolean =>
  allowed.use === 'any' || (allowed.use === 'types' ? use === 'types' : use === 'late')

const isOurs = (from: string): boolean => from.startsWith('.')

const targetOf = (file: string, from: string): string =>
  normalize(join(dirname(file), from))
    .split(sep)
    .join('/')

const checkRooms = (file: string, { imports }: Source): readonly string[] => {
  const room = roomOf(file)
  if (room === undefined) return [`src/${file}: is in no room of the import table`]
  return imports
    .filter(({ from }) => isOurs(from))
    .flatMap(({ from, use, line }) => {
      const target = targetOf(file, from)
      if (roomOf(target) === room || reaches(room.path, target)) return []
      const ways = room.may.filter((allowed) => reaches(allowed.path, target))
      if (ways.some((allowed) => fits(allowed, use))) return []
      const how = ways.length === 0 ? '' : `, or only ${ways[0]?.use === 'types' ? 'its types' : 'by a dynamic import'}`
      return [`src/${file}:${line}: ${room.path} may not import ${target}${how}`]
    })
}

const checkRestrictions = (file: string, { imports, touches }: Source): readonly string[] => {
  const used = [...touches, ...imports.map(({ from, line }) => ({ what: from, line }))]
  const broken = restrictions.flatMap(({ what, only, because }) =>
    within(file, only)
      ? []
      : used
          .filter((one) => one.what === what || one.what.startsWith(`${what}/`))
          .map(({ line }) => `src/${file}:${line}: ${what} belongs to src/${only} alone: ${because}`),
  )
  const computed = touches.filter(({ what }) => what === 'a computed import')
  return [...broken, ...computed.map(({ line }) => `src/${file}:${line}: a computed import cannot be checked`)]
}

/** Each circle once, told from its alphabetically first file. */
const findCircles = (sources: Sources): readonly string[] => {
  const done = new Set<string>()
  const circles = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) {
      const ring = path.slice(at)
      const first = ring.indexOf([...ring].sort()[0] ?? file)
      const told = [...ring.slice(first), ...ring.slice(0, first)]
      circles.add([...told, told[0]].map((one) => `src/${one}`).join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const { from } of sources.get(file)?.imports ?? []) {
      if (isOurs(from)) walk(targetOf(file, from), [...path, file])
    }
    done.add(file)
  }
  for (const file of sources.keys()) walk(file, [])
  return [...circles].map((ring) => `circle: ${ring}`)
}

/** Follows what is loaded at once, not what waits behind a dynamic import. */
const findEarlyLoad = (sources: Sources, start: string): readonly string[] => {
  const from = new Map<string, string | undefined>([[start, undefined]])
  for (const file of from.keys()) {
    for (const one of sources.get(file)?.imports ?? []) {
      if (one.use !== 'run') continue
      if (one.from === heavy || one.from.startsWith(`${heavy}/`)) {
        const way = [file]
        for (let before = from.get(file); before !== undefined; before = from.get(before)) way.unshift(before)
        return [`src/${start}: loads ${heavy} at start, by ${way.join(' -> ')}; import it late`]
      }
      const target = isOurs(one.from) ? targetOf(file, one.from) : undefined
      if (target !== undefined && !from.has(target)) from.set(target, file)
    }
  }
  return []
}

/** All that breaks the import table below `root/src`: one sentence each, none when all is well. */
export const checkImports = (root: string): readonly string[] => {
  const src = join(root, 'src')
  const files = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|js|mts|mjs)$/.test(entry.name))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
  const sources: Sources = new Map(files.map((file) => [file, readSource(file, readFileSync(join(src, file), 'utf8'))]))
  return [
    ...[...sources].flatMap(([file, source]) => [...checkRooms(file, source), ...checkRestrictions(file, source)]),
    ...findCircles(sources),
    ...starts.flatMap((start) => findEarlyLoad(sources, start)),
  ]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const broken = checkImports(process.cwd())
  for (const sentence of broken) process.stderr.write(`${sentence}\n`)
  process.stdout.write(
    `imports: ${broken.length === 0 ? 'all follow the table' : `${broken.length} break the table`}\n`,
  )
  process.exitCode = broken.length === 0 ? 0 : 1
}
