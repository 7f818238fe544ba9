/** Ids and secrets that nobody can guess. */

import { randomBytes, randomInt } from 'node:crypto'

const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const letters = `${capitals}abcdefghijklmnopqrstuvwxyz`

/** 32 hexadecimal digits: users, groups, projects, policies, grants. */
export const hexId = (): string => randomBytes(16).toString('hex')

/** An AK: 20 upper-case letters and digits, as those of the documented service. */
export const newAccess = (): string => drawn(capitals, 20)

/** An SK: 40 letters and digits; 238 bits. */
export const newSecret = (): string => drawn(letters, 40)

/** 256 bits, for tokens. */
export const newToken = (): string => randomBytes(32).toString('base64url')

const drawn = (from: string, length: number): string =>
  Array.from({ length }, () => from.charAt(randomInt(from.length))).join('')
