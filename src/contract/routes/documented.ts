/** The operations of the documented service: five on upgrades and jobs, four on meshes (asm-api 1 and 4). */

import { Job } from '../jobs.ts'
import { Mesh, MeshCreate, MeshList } from '../meshes.ts'
import type { Route } from '../route.ts'
import { MeshUpgrade, UpgradeCreate, UpgradeUpdate } from '../upgrades.ts'

const upgrade = '/v1/{project_id}/mesh-upgrade/{mesh_upgrade_id}'
const mesh = '/v1/{project_id}/meshes/{mesh_id}'

const upgrading = { family: 'asm', status: 200, answer: MeshUpgrade } as const

export const documentedRoutes = {
  createUpgrade: {
    ...upgrading,
    method: 'POST',
    path: '/v1/{project_id}/mesh-upgrade',
    summary: 'Make an upgrade and start its PreCheck.',
    needs: { actions: ['asm:mesh:upgrade', 'meshlift:upgrade:plan'] },
    body: UpgradeCreate,
    status: 201,
  },
  getUpgrade: {
    ...upgrading,
    method: 'GET',
    path: upgrade,
    summary: 'See an upgrade.',
    // Reading needs the write action: documented so, surprising as it is (asm-api Q26).
    needs: { actions: ['asm:mesh:upgrade'] },
    etag: true,
  },
  updateUpgrade: {
    ...upgrading,
    method: 'PUT',
    path: upgrade,
    summary: 'Start a step, retry it, or roll back: by spec.currentStep, the only member that may differ.',
    needs: {
      actions: ['asm:mesh:upgrade'],
      byRequest: [
        'meshlift:upgrade:plan',
        'meshlift:upgrade:execute',
        'meshlift:upgrade:finish',
        'meshlift:upgrade:rollback',
      ],
    },
    body: UpgradeUpdate,
  },
  deleteUpgrade: {
    ...upgrading,
    method: 'DELETE',
    path: upgrade,
    summary: 'Delete an upgrade that is over or has not begun.',
    needs: { actions: ['asm:mesh:upgrade', 'meshlift:upgrade:delete'] },
  },
  /** The id of a job, of a subjob, or of an upgrade: the last gives a root with one subjob a started step. */
  getJob: {
    method: 'GET',
    path: '/v1/{project_id}/mesh-job/{job_id}',
    family: 'asm',
    summary: 'See a job: a started step, one of its subjobs, or all of an upgrade by the id of that.',
    needs: { actions: ['asm:mesh:getUpgradeJob'] },
    status: 200,
    answer: Job,
    etag: true,
  },

  createMesh: {
    method: 'POST',
    path: '/v1/{project_id}/meshes',
    family: 'asm',
    summary: 'Register the Istio that runs on registered clusters as a mesh.',
    needs: { actions: ['asm:mesh:create'] },
    body: MeshCreate,
    status: 201,
    answer: Mesh,
  },
  listMeshes: {
    method: 'GET',
    path: '/v1/{project_id}/meshes',
    family: 'asm',
    summary: 'List the meshes of a project that the caller may list.',
    needs: { actions: ['asm:mesh:list'], alsoInRolePolicies: ['asm:mesh:get'] },
    status: 200,
    answer: MeshList,
  },
  getMesh: {
    method: 'GET',
    path: mesh,
    family: 'asm',
    summary: 'See a mesh.',
    needs: { actions: ['asm:mesh:get'], alsoInRolePolicies: ['asm:mesh:list'] },
    status: 200,
    answer: Mesh,
  },
  deleteMesh: {
    method: 'DELETE',
    path: mesh,
    family: 'asm',
    summary: 'Forget a mesh; nothing in its clusters is touched.',
    needs: { actions: ['asm:mesh:delete'] },
    status: 200,
    answer: Mesh,
  },
} as const satisfies Readonly<Record<string, Route>>
