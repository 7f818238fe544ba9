/** Somebody who is known, and how. */

export interface Named {
  /** 32 hexadecimal digits; `0` for the default enterprise project. */
  readonly id: string
  readonly name: string
}

export interface Caller {
  readonly user: Named
  readonly domain: Named
  /** May do everything, and what only administrators may do. */
  readonly administrator: boolean
  /**
   * What the token was asked for, also where a temporary key derived from it signs: it is good for no other. Absent for a
   * token without a project, and for permanent keys, which name none and may be used in any.
   */
  readonly project?: Named
  /** What was shown. `id` names it in the audit log and in limits without giving it away: the AK, or the start of the token's hash. */
  readonly by: { readonly kind: 'token' | 'key' | 'temporary-key'; readonly id: string }
}

/** Where a request came from: an address, for locks, limits and the audit log. */
export type Origin = string
