/** The documented view of a started step, of all of them, or of any part of one. */

import { whenThere } from '../lib/soon.ts'
import { resourceBehind } from './found.ts'
import type { Handlers } from './handler.ts'
import type { Parts } from './parts.ts'

export function jobHandlers(parts: Pick<Parts, 'upgrades' | 'registry'>): Handlers<'getJob'> {
  return {
    getJob: ({ params, permit }) =>
      whenThere(resourceBehind(parts, params.project_id, params.job_id, 'job'), (about) => {
        permit(about)
        return parts.upgrades.job(params.project_id, params.job_id)
      }),
  }
}
