import { describe, expect, it } from 'vitest'
import { Value } from 'typebox/value'
import { Job } from './jobs.ts'
import { routes } from './routes.ts'
import type { Route } from './route.ts'

const all: readonly (readonly [string, Route])[] = Object.entries(routes)

describe('the table of routes', () => {
  it('has the documented ones, as documented', () => {
    const documented = all
      .filter(([, { family }]) => family !== 'ours')
      .map(([, { method, path, status, action }]) => `${method} ${path} ${status} ${action ?? '-'}`)
    expect(documented).toEqual([
      'POST /v3/auth/tokens 201 -',
      'POST /v1/{project_id}/mesh-upgrade 201 asm:mesh:upgrade',
      'GET /v1/{project_id}/mesh-upgrade/{mesh_upgrade_id} 200 asm:mesh:upgrade',
      'PUT /v1/{project_id}/mesh-upgrade/{mesh_upgrade_id} 200 asm:mesh:upgrade',
      'DELETE /v1/{project_id}/mesh-upgrade/{mesh_upgrade_id} 200 asm:mesh:upgrade',
      'GET /v1/{project_id}/mesh-job/{job_id} 200 asm:mesh:getUpgradeJob',
      'POST /v1/{project_id}/meshes 201 asm:mesh:create',
      'GET /v1/{project_id}/meshes 200 asm:mesh:list',
      'GET /v1/{project_id}/meshes/{mesh_id} 200 asm:mesh:get',
      'DELETE /v1/{project_id}/meshes/{mesh_id} 200 asm:mesh:delete',
    ])
  })

  it('keeps ours apart, and needs an action wherever a project is named', () => {
    for (const [, { family, path, action }] of all) {
      expect(path.startsWith('/meshlift/v1/{project_id}/')).toBe(family === 'ours')
      expect(action !== undefined).toBe(path.includes('{project_id}'))
    }
  })

  it('names no route twice', () => {
    const shapes = all.map(([, { method, path }]) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
    expect(new Set(shapes).size).toBe(shapes.length)
  })
})

describe('a job', () => {
  const leaf = {
    kind: 'Job',
    apiVersion: 'v3',
    metadata: { uid: 'a', creationTimestamp: '2026-11-22T10:00:00Z', updateTimestamp: '2026-11-22T10:00:00Z' },
    spec: { type: 'check', resourceName: 'prod/shop' },
    status: { phase: 'Running', reason: '' },
  }
  const above = (below: object) => ({ ...leaf, spec: { ...leaf.spec, subjobs: [below] } })

  it('is checked at every depth', () => {
    expect(Value.Check(Job, above(above(leaf)))).toBe(true)
    expect(Value.Check(Job, above(above({ ...leaf, kind: 'job' })))).toBe(false)
    expect(Value.Check(Job, above(above({ ...leaf, status: { phase: 'Done', reason: '' } })))).toBe(false)
  })
})
