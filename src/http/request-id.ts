/**
 * What a request is called in its answer, in the log and in the audit log: 32 hexadecimal digits, random, as the
 * documented gateway has them. Not a UUID: making one takes three times as long, and every request needs an id.
 */

import { randomFillSync } from 'node:crypto'

const bytes = 16

export function requestIds(): () => string {
  const pool = Buffer.alloc(256 * bytes)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    used += bytes
    return pool.toString('hex', used - bytes, used)
  }
}
