/** Version texts of Istio and of products made from it: `1.30.2`, `v1.15`, `1.15.7-r4`, `1.31.0-rc.0`. Pure. */

export interface Version {
  /** As written, without a leading `v`. */
  readonly text: string
  readonly major: number
  readonly minor: number
  /** Absent in a partial version. */
  readonly patch: number | undefined
  /** `-rN` of a rebuilt release (asm-api 2.4); absent means any when asked for, and none when installed. */
  readonly rebuild: number | undefined
  /** `rc.0`, `alpha.1`: before the release of the same number. */
  readonly pre: string | undefined
}

/** undefined for what is no version. At least major and minor; a build after `+` says nothing about order. */
export function parseVersion(written: string): Version | undefined {
  const found = /^v?((0|[1-9]\d*)\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?(?:-([0-9A-Za-z.-]+))?)(?:\+[0-9A-Za-z.-]+)?$/.exec(
    written,
  )
  if (found === null) return undefined
  const [, text = '', major = '', minor = '', patch, suffix] = found
  const rebuild = /^r(\d+)$/.exec(suffix ?? '')?.[1]
  return {
    text,
    major: Number(major),
    minor: Number(minor),
    patch: patch === undefined ? undefined : Number(patch),
    rebuild: rebuild === undefined ? undefined : Number(rebuild),
    pre: rebuild === undefined ? suffix : undefined,
  }
}

/** Negative when `a` is older. `1.31.0-rc.0` < `1.31.0` < `1.31.0-r1` < `1.31.0-r10`. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    (a.patch ?? 0) - (b.patch ?? 0) ||
    comparePre(a.pre, b.pre) ||
    (a.rebuild ?? 0) - (b.rebuild ?? 0)
  )
}

function comparePre(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a.localeCompare(b, 'en', { numeric: true })
}

/** Whether `version` is one of those that the partial `asked` means. Pre-releases are only ever meant by name. */
export function isMeant(asked: Version, version: Version): boolean {
  return (
    asked.major === version.major &&
    asked.minor === version.minor &&
    (asked.patch === undefined || asked.patch === version.patch) &&
    (asked.rebuild === undefined || asked.rebuild === version.rebuild) &&
    asked.pre === version.pre
  )
}

/**
 * Whether a pattern of a catalogue covers a version: `1.15.x`, `1.15` and `1.15.x-rx` all of that minor, `1.8.6-rx` all
 * rebuilds of one release, `1.15.5-r4` that one.
 */
export function covers(pattern: string, version: Version): boolean {
  const asked = parseVersion(pattern.replace(/-rx$/, '').replace(/\.x$/, ''))
  return asked !== undefined && isMeant(asked, { ...version, pre: asked.pre })
}

/** A pattern that stands for a whole family, not for one version. */
export function isFamily(pattern: string): boolean {
  return pattern.endsWith('x') || parseVersion(pattern)?.patch === undefined
}
