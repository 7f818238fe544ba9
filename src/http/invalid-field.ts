/** A member of a body whose shape is right and whose content is not accepted. */

import { Problem } from '../lib/problem.ts'

/** @param must completes "FIELD ...", as `must be named once` does; quotes nothing that was sent */
export const invalidField = (field: string, must: string): Problem =>
  new Problem({ kind: 'invalid', code: 'http/invalid-body', text: `${field} ${must}.`, facts: { field } })
