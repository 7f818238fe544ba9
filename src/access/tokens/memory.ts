/** Tokens that end with the process: the demo and tests. */

import type { KeptTemporaryKey, KeptToken, TokenStore } from './store.ts'

export function memoryTokenStore(): TokenStore {
  const tokens = new Map<string, KeptToken>()
  const keys = new Map<string, KeptTemporaryKey>()
  return {
    addToken: async (token) => void tokens.set(token.hash, token),
    token: async (hash) => tokens.get(hash),
    addTemporaryKey: async (key) => void keys.set(key.access, key),
    temporaryKey: async (access) => keys.get(access),
    async forget(expiredBefore) {
      for (const [hash, { expiresAt }] of tokens) if (expiresAt < expiredBefore) tokens.delete(hash)
      for (const [access, { expiresAt }] of keys) if (expiresAt < expiredBefore) keys.delete(access)
    },
  }
}
