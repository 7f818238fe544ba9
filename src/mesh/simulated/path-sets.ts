/** Sets of field paths. */

export type PathSet = ReadonlySet<string>

export function union(a: PathSet, b: PathSet): PathSet {
  return new Set([...a, ...b])
}

export function difference(a: PathSet, b: PathSet): PathSet {
  return new Set([...a].filter((each) => !b.has(each)))
}

export function intersection(a: PathSet, b: PathSet): PathSet {
  return new Set([...a].filter((each) => b.has(each)))
}
