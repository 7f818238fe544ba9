/** Names that are taken, in the same words everywhere. */

import { Problem } from '../../lib/problem.ts'
import type { Kind } from './store.ts'

export const kindInWords: Readonly<Record<Kind, string>> = {
  domain: 'domain',
  user: 'user',
  group: 'group',
  project: 'project',
  'enterprise-project': 'enterprise project',
  key: 'access key',
  policy: 'policy',
  grant: 'grant',
}

export const nameTaken = (kind: Kind, name: string): Problem =>
  new Problem({
    kind: 'conflict',
    code: 'access/name-taken',
    text: `There is a ${kindInWords[kind]} called ${name} already.`,
  })
