import { Problem } from '../lib/problem.ts'

/** Both drivers say it in the same words. */
export const accountExists = (name: string): Problem =>
  new Problem({ kind: 'conflict', code: 'access/account-exists', text: `Account ${name} exists already.` })
