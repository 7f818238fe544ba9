/** Enough names to start with, the rest as a number: nobody reads a sentence with a thousand pods in it. */
export function few(names: readonly string[], most = 5): readonly string[] {
  return names.length <= most + 1 ? names : [...names.slice(0, most), `and ${names.length - most} more`]
}
