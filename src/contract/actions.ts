/** Every action that policies can allow or deny, and what it is about. */

export type AccessLevel = 'Read' | 'List' | 'Write'

export interface Action {
  readonly level: AccessLevel
  /** `mesh`: asm:<region>:<account-id>:mesh:<id>. `cluster`: meshlift:<region>:<account-id>:cluster:<id>. */
  readonly resource: 'mesh' | 'cluster'
  /** Completes "May ...". */
  readonly grants: string
}

const mesh = (level: AccessLevel, grants: string): Action => ({ level, resource: 'mesh', grants })
const cluster = (level: AccessLevel, grants: string): Action => ({ level, resource: 'cluster', grants })

/**
 * Documented: those of `asm` (asm-api 8.2). Ours are finer: what `asm:mesh:upgrade` allows altogether, they allow one by
 * one, and a Deny of one of them holds whatever else is allowed.
 */
export const actions = {
  'asm:mesh:create': mesh('Write', 'create a mesh'),
  'asm:mesh:delete': mesh('Write', 'delete a mesh'),
  'asm:mesh:get': mesh('Read', 'see a mesh'),
  'asm:mesh:list': mesh('List', 'list meshes'),
  'asm:mesh:upgrade': mesh('Write', 'do everything with upgrades, reading a MeshUpgrade included'),
  'asm:mesh:getUpgradeJob': mesh('Read', 'see the jobs of an upgrade'),

  'meshlift:mesh:check': mesh('Read', 'run the checks of an upgrade without a task'),
  'meshlift:mesh:move': mesh('Write', 'put a mesh into another enterprise project'),
  'meshlift:upgrade:list': mesh('List', 'list upgrades'),
  'meshlift:upgrade:get': mesh('Read', 'see an upgrade, its findings and its diary'),
  'meshlift:upgrade:plan': mesh('Write', 'make an upgrade, run its PreCheck, see what it will do'),
  'meshlift:upgrade:execute': mesh('Write', 'start or retry ControlPlaneUpgrade and DataPlaneUpgrade'),
  'meshlift:upgrade:finish': mesh('Write', 'start or retry PostUpgrade, after which nothing can be rolled back'),
  'meshlift:upgrade:rollback': mesh('Write', 'roll an upgrade back'),
  'meshlift:upgrade:abandon': mesh('Write', 'end an upgrade where it stands'),
  'meshlift:upgrade:delete': mesh('Write', 'delete an upgrade that is over or has not begun'),

  'meshlift:cluster:list': cluster('List', 'list clusters'),
  'meshlift:cluster:get': cluster('Read', 'see and test a cluster'),
} as const satisfies Readonly<Record<string, Action>>

export type ActionName = keyof typeof actions
