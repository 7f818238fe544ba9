// The checks alone, without a task: what a caller asks before anything is begun.
import type { Adopted } from './mesh.ts'

export interface Finding {
  readonly check: string
  readonly weight: 'blocks' | 'warns'
  readonly about: string
  readonly code: string
  readonly text: string
}

export interface Report {
  readonly findings: readonly Finding[]
  /** Every check that ran. */
  readonly checks: readonly { readonly id: string; readonly title: string; readonly findings: number }[]
}

export async function runChecks({ client }: Adopted, mesh: string, targetVersion: string): Promise<Report> {
  const reply = await client.own<Report>('POST', '/checks', { mesh, targetVersion })
  if (reply.status !== 200) throw new Error(`checks: ${reply.status} ${JSON.stringify(reply.body)}`)
  return reply.body
}
