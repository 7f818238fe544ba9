/** Pod templates and the hash that tells two of them apart. */

import { createHash } from 'node:crypto'
import { canonical } from '../../../lib/json.ts'
import type { PodTemplate } from '../shapes.ts'

export function templateHash(template: PodTemplate): string {
  return createHash('sha256').update(canonical(template)).digest('hex').slice(0, 10)
}

/** `25%` of the replicas, or a number as it is. */
export function share(value: number | string, replicas: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * replicas)
}
