/**
 * Secrets at rest. A secret key must be read again to check a signature, so it cannot be hashed as a password is; it is
 * encrypted under a key that lives in a file beside the database, and a copy of the database alone opens nothing.
 */

import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'
import { Problem } from '../../lib/problem.ts'

export interface Seal {
  /** @param about what the text belongs to (an AK): sealed text that was moved to another row does not open */
  seal(text: string, about: string): string
  /** unavailable (`access/sealed`) when it was sealed with another key, was changed, or is about something else. */
  open(sealed: string, about: string): string
  /** 32 bytes, the same ones for the same purpose. */
  derive(purpose: string): Buffer
}

const nonceLength = 12
const tagLength = 16
/** Stands before what is sealed, so that another form can be told from this one. */
const form = 'v1.'

/** @param key 32 random bytes; one that is kept nowhere makes a seal that ends with the process */
export function sealWith(key: Buffer = randomBytes(32)): Seal {
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', `meshlift ${purpose}`, 32))
  // Every signed request opens one; with the bytes themselves each takes four times as long (Node 24).
  const sealing = createSecretKey(derive('seal'))
  return {
    derive,
    seal(text, about) {
      // Random: 2^32 of them are safe under one key (NIST SP 800-38D, 8.3), and access keys are counted in dozens.
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(about))
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return form + Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString('base64')
    },
    open(sealed, about) {
      try {
        if (!sealed.startsWith(form)) throw new Error('It is of another form.')
        const bytes = Buffer.from(sealed.slice(form.length), 'base64')
        const opening = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, nonceLength), {
          authTagLength: tagLength,
        })
        opening.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength))
        return opening.update(bytes.subarray(nonceLength + tagLength), undefined, 'utf8') + opening.final('utf8')
      } catch (thrown) {
        throw new Problem({
          kind: 'unavailable',
          code: 'access/sealed',
          text: 'A stored secret does not open: it was sealed with another key file, or was changed.',
          cause: thrown,
        })
      }
    },
  }
}
