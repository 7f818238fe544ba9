/** Comparing versions as numbers; what stands behind a `-` is left out. */

/** `1.31.0`, `1.30.2-rc.1` -> [1, 31, 0]; undefined when it is no version. */
function numbers(version: string): readonly number[] | undefined {
  const parts = version.replace(/^v/, '').split('-')[0]?.split('.') ?? []
  const found = parts.map(Number)
  return found.length >= 2 && found.every((part) => Number.isInteger(part)) ? found : undefined
}

/** Unknown is never good: what cannot be compared is not said to be newer, and another check asks for it. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)]
  if (!a || !b) return false
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}
