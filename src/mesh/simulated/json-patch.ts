/** RFC 6902, the operations in use, on a copy. */

import { isRecord, sameJson } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { PatchOperation } from '../cluster.ts'

/** @throws Problem `conflict` when a `test` does not hold, `rejected` when a path is not there, as an API server answers (422). */
export function patched(document: unknown, operations: readonly PatchOperation[]): unknown {
  const root: Holder = { '': structuredClone(document) }
  for (const operation of operations) {
    const { holder, key } = locate(root, operation.path)
    switch (operation.op) {
      case 'test':
        if (!sameJson(read(holder, key), operation.value))
          throw new Problem({
            kind: 'conflict',
            code: 'simulated/test-failed',
            text: `The server rejected the patch: testing value ${operation.path} failed.`,
          })
        break
      case 'add':
        if (Array.isArray(holder))
          holder.splice(key === '-' ? holder.length : Number(key), 0, structuredClone(operation.value))
        else holder[key] = structuredClone(operation.value)
        break
      case 'replace':
        if (read(holder, key) === undefined) throw missing('replace', operation.path)
        if (Array.isArray(holder)) holder[Number(key)] = structuredClone(operation.value)
        else holder[key] = structuredClone(operation.value)
        break
      case 'remove':
        if (read(holder, key) === undefined) throw missing('remove', operation.path)
        if (Array.isArray(holder)) holder.splice(Number(key), 1)
        else delete holder[key]
        break
    }
  }
  return root['']
}

type Holder = Record<string, unknown> | unknown[]

function read(holder: Holder, key: string): unknown {
  return Array.isArray(holder) ? holder[Number(key)] : Object.hasOwn(holder, key) ? holder[key] : undefined
}

/** The object or list that holds what the path names, and its key there. */
function locate(root: Holder, path: string): { holder: Holder; key: string } {
  const keys = path.split('/').map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))
  let holder = root
  for (const key of keys.slice(0, -1)) {
    const next = read(holder, key)
    if (!Array.isArray(next) && !isRecord(next)) throw missing('path', path)
    holder = next as Holder
  }
  return { holder, key: keys.at(-1) ?? '' }
}

function missing(what: string, path: string): Problem {
  return new Problem({
    kind: 'rejected',
    code: 'simulated/no-such-path',
    text: `The server rejected the patch: ${what} does not apply: doc is missing path: ${path}.`,
  })
}
