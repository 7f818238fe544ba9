/** Projects and enterprise projects while something is put into them. */

import { Problem } from '../lib/problem.ts'
import { invalidField } from './invalid-field.ts'
import type { Parts } from './parts.ts'

type Needs = Pick<Parts, 'access'>

/** invalid naming the field. */
export function checkEnterpriseProject({ access }: Needs, id: string, field: string): void {
  if (id !== '0' && !access.office.directory.enterpriseProjects.has(id))
    throw invalidField(field, 'must be the id of an enterprise project, or 0 for the default one')
}

/** Removed since the request was let in. */
export function checkProject({ access }: Needs, id: string): void {
  if (access.project(id) === undefined)
    throw new Problem({
      kind: 'not-found',
      code: 'access/unknown-project',
      text: `There is no project ${id} any more.`,
    })
}
