/** Accounts and tokens that end with the process: the demo and tests. */

import { accountExists } from './account-exists.ts'
import type { AccessStore, Account, GivenToken } from './store.ts'

export function memoryAccessStore(): AccessStore {
  const accounts = new Map<string, Account>()
  const tokens = new Map<string, GivenToken>()
  const find = (domainName: string, name: string): Account | undefined =>
    accounts.values().find((account) => account.domain.name === domainName && account.name === name)

  return {
    isEmpty: () => Promise.resolve(accounts.size === 0),
    addAccount(account) {
      if (find(account.domain.name, account.name)) return Promise.reject(accountExists(account.name))
      accounts.set(account.id, account)
      return Promise.resolve()
    },
    findAccount: (domainName, name) => Promise.resolve(find(domainName, name)),
    account: (id) => Promise.resolve(accounts.get(id)),
    addToken(token) {
      tokens.set(token.hash, token)
      return Promise.resolve()
    },
    findToken: (hash) => Promise.resolve(tokens.get(hash)),
    dropTokens(expiredBefore) {
      for (const [hash, token] of tokens) if (token.expiresAt < expiredBefore) tokens.delete(hash)
      return Promise.resolve()
    },
  }
}
