/** The port to the tokens and temporary keys that were given. Drivers: memory, SQLite; one suite holds both. */

/** Whose it is, and until when. */
interface Given {
  /** Id. */
  readonly user: string
  /** Id; without one it opens no project's routes. */
  readonly project?: string
  /** Of the user when it was given: it is dead once the user has a later one. */
  readonly generation: number
  /** Milliseconds. */
  readonly issuedAt: number
  readonly expiresAt: number
}

export interface KeptToken extends Given {
  /** SHA-256 of the token, hex: a stolen database opens nothing. */
  readonly hash: string
}

export interface KeptTemporaryKey extends Given {
  /** The AK. */
  readonly access: string
  /** The SK as `secrets/` sealed it. */
  readonly sealed: string
  /** SHA-256 of the security token, hex. */
  readonly securityTokenHash: string
}

export interface TokenStore {
  addToken(token: KeptToken): Promise<void>
  token(hash: string): Promise<KeptToken | undefined>
  addTemporaryKey(key: KeptTemporaryKey): Promise<void>
  temporaryKey(access: string): Promise<KeptTemporaryKey | undefined>
  /** Forgets what expired before this moment. */
  forget(expiredBefore: number): Promise<void>
}
