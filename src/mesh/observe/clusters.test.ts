import { expect, test } from 'vitest'
import { permissions } from '../permissions.ts'
import { observeClusters } from './clusters.ts'
import type { GrantMemo } from './clusters.ts'
import { lookAt } from './look.ts'
import { stillLook } from './still-look.ts'

/** Looks at a cluster that refuses this verb, and tells how often it was asked. */
async function looking(granted: GrantMemo, now: number, refused?: string) {
  let asked = 0
  const { cluster, signal } = stillLook()
  const may = async (verb: string): Promise<boolean> => {
    asked += 1
    return verb !== refused
  }
  const [fact] = await observeClusters(lookAt({ ...cluster, may }, signal), { granted, now })
  return { asked, missing: fact?.missing }
}

const deletes = permissions.filter(({ verb }) => verb === 'delete').length

test('what was granted is not asked again for ten seconds', async () => {
  const granted: GrantMemo = new Map()
  expect(await looking(granted, 0)).toEqual({ asked: permissions.length, missing: [] })
  expect(await looking(granted, 9999)).toEqual({ asked: 0, missing: [] })
  expect(await looking(granted, 10_000, 'delete')).toMatchObject({ asked: permissions.length })
})

test('what was refused is asked again at once: somebody may have granted it', async () => {
  const granted: GrantMemo = new Map()
  const first = await looking(granted, 0, 'delete')
  expect(first.missing).toContain('delete clusterroles.rbac.authorization.k8s.io')
  expect(await looking(granted, 1)).toEqual({ asked: deletes, missing: [] })
})
