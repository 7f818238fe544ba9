import { describe, expect, it } from 'vitest'
import { Value } from 'typebox/value'
import { actions } from './actions.ts'
import { Job } from './jobs.ts'
import { routes } from './routes.ts'
import type { Route } from './route.ts'

const all: readonly (readonly [string, Route])[] = Object.entries(routes)

describe('the table of routes', () => {
  it('has the documented ones, as documented', () => {
    const documented = all
      .filter(([, { family }]) => family !== 'ours')
      .map(([, { method, path, status, needs }]) => {
        const who = typeof needs === 'string' ? needs : needs.actions[0]
        return `${method} ${path} ${status} ${who}`
      })
    expect(documented).toEqual([
      'POST /v3/auth/tokens 201 anybody',
      'GET /v3/auth/tokens 200 caller',
      'POST /v3.0/OS-CREDENTIAL/securitytokens 201 caller',
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

  it('keeps ours apart, and asks policies or an administrator wherever a project is named', () => {
    for (const [, { family, path }] of all) expect(path.startsWith('/meshlift/v1/')).toBe(family === 'ours')
    for (const [, { needs }] of all.filter(([, { path }]) => path.includes('{project_id}')))
      expect(['anybody', 'caller']).not.toContain(needs)
  })

  it('asks policies for actions that there are, and for every one of them', () => {
    const asked = all.flatMap(([, { needs }]) =>
      typeof needs === 'string' ? [] : [...needs.actions, ...(needs.alsoInRolePolicies ?? [])],
    )
    for (const one of asked) expect(Object.keys(actions)).toContain(one)
    // What these allow depends on the step that is asked for, so the handler names them.
    const byStep = ['meshlift:upgrade:execute', 'meshlift:upgrade:finish', 'meshlift:upgrade:rollback']
    expect(Object.keys(actions).filter((one) => !asked.includes(one))).toEqual(byStep)
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
