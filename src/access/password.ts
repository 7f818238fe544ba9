/** Passwords are kept as argon2id hashes in the usual text form, so that its settings can be raised later. */

import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

/** OWASP's second choice of 2024: 19 MiB, two passes; about 30 ms here. */
const settings = { memory: 19_456, passes: 2, parallelism: 1 }
const tagLength = 32

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive('argon2id', { message: password, nonce: salt, tagLength, ...settings })
  const { memory, passes, parallelism } = settings
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(salt)}$${encode(tag)}`
}

/**
 * @param hash as `hashPassword` wrote it; undefined for an account that does not exist, which takes just as long, so
 * that nobody can find out by the time which names there are.
 */
export async function passwordFits(password: string, hash: string | undefined): Promise<boolean> {
  const kept = parse(
    hash ?? `$argon2id$v=19$m=${settings.memory},t=${settings.passes},p=${settings.parallelism}$AAAAAAAAAAA$AA`,
  )
  const tag = await derive('argon2id', {
    message: password,
    nonce: kept.salt,
    tagLength,
    memory: kept.memory,
    passes: kept.passes,
    parallelism: kept.parallelism,
  })
  return kept.tag.length === tag.length && timingSafeEqual(kept.tag, tag)
}

function parse(hash: string): typeof settings & { readonly salt: Buffer; readonly tag: Buffer } {
  const [, kind, version, costs, salt, tag] = hash.split('$')
  const [memory, passes, parallelism] = (costs ?? '').split(',').map((cost) => Number(cost.slice(2)))
  if (kind !== 'argon2id' || version !== 'v=19' || !memory || !passes || !parallelism || !salt || !tag)
    throw new Error('The stored password hash is not one of argon2id.')
  return { memory, passes, parallelism, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') }
}

const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
