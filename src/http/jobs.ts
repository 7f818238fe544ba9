/** The documented view of a started step, of all of them, or of any part of one. */

import type { Handlers } from './handler.ts'
import type { Parts } from './parts.ts'

export function jobHandlers({ upgrades }: Pick<Parts, 'upgrades'>): Handlers<'getJob'> {
  return { getJob: ({ params }) => upgrades.job(params.project_id, params.job_id) }
}
