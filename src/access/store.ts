/** The port to who there is and which tokens were given. Drivers: memory, SQLite; one suite holds both. */

export interface Named {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly name: string
}

/** Somebody who can log in; for now always with one project. */
export interface Account {
  readonly id: string
  /** Unique in the domain. */
  readonly name: string
  /** As `password.ts` writes it; never the password. */
  readonly passwordHash: string
  readonly domain: Named
  readonly project: Named
}

export interface GivenToken {
  /** SHA-256 of the token, hex: a stolen database opens nothing. */
  readonly hash: string
  /** Id of the account. */
  readonly account: string
  /** Without one the token opens no project's routes. */
  readonly projectId?: string
  /** Milliseconds. */
  readonly issuedAt: number
  readonly expiresAt: number
}

export interface AccessStore {
  isEmpty(): Promise<boolean>
  /** conflict (`access/account-exists`) when the domain has one of that name. */
  addAccount(account: Account): Promise<void>
  findAccount(domainName: string, name: string): Promise<Account | undefined>
  account(id: string): Promise<Account | undefined>
  addToken(token: GivenToken): Promise<void>
  findToken(hash: string): Promise<GivenToken | undefined>
  /** Forgets tokens that expired before this moment. */
  dropTokens(expiredBefore: number): Promise<void>
}
