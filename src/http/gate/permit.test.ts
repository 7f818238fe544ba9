import { describe, expect, it } from 'vitest'
import type { Caller } from '../../access/caller.ts'
import type { Decision, Question, Resource } from '../../access/permission.ts'
import type { Needs } from '../../contract/route.ts'
import { problemFrom } from '../../lib/problem.ts'
import { Permits } from './permit.ts'

const ada: Caller = {
  user: { id: 'u1', name: 'ada' },
  domain: { id: 'd1', name: 'works' },
  administrator: false,
  by: { kind: 'token', id: 't1' },
}
const project = { id: 'p1', name: 'north' }
const mesh = (id: string): Resource => ({ type: 'mesh', id })

/** Allows what is named. */
function gateFor(needs: Needs, ...allowed: readonly string[]) {
  const asked: Question[] = []
  const decide = (question: Question): Decision => {
    asked.push(question)
    if (allowed.includes(question.resource.id)) return { allowed: true, by: 'administrator' }
    return { allowed: false, by: 'default' }
  }
  const gate = new Permits({ access: { decide }, needs, caller: ada, project, now: () => 7 })
  return { asked, gate }
}

const needs = { actions: ['asm:mesh:get'], alsoInRolePolicies: ['asm:mesh:list'] } as const

describe('a route with a permission', () => {
  it('that answers without having asked is a bug', () => {
    const { gate } = gateFor(needs, 'm1')
    gate.may(mesh('m1'))
    expect(() => gate.finish()).toThrow(expect.objectContaining({ kind: 'bug', code: 'http/permission-not-asked' }))
    gate.permit(mesh('m1'))
    expect(() => gate.finish()).not.toThrow()
  })

  it('asks for its own actions and for what this very request needs', () => {
    const { gate, asked } = gateFor(needs, 'm1')
    gate.permit(mesh('m1'), ['meshlift:upgrade:plan'])
    expect(asked).toEqual([
      {
        caller: ada,
        project,
        permission: { ...needs, actions: ['asm:mesh:get', 'meshlift:upgrade:plan'] },
        resource: mesh('m1'),
        now: 7,
      },
    ])
  })

  it('names user, action and resource when it refuses', () => {
    expect(() => gateFor(needs).gate.permit(mesh('m1'))).toThrow(
      expect.objectContaining({
        kind: 'forbidden',
        code: 'access/denied',
        message:
          'User ada is not allowed asm:mesh:get on mesh m1: no policy of this user allows it. Ask an administrator.',
      }),
    )
  })

  it('names the action that a statement denied, and all that would do when nothing allows it', () => {
    const refusal = (decision: Decision): string => {
      const needs = { actions: ['asm:mesh:upgrade'] } as const
      const gate = new Permits({ access: { decide: () => decision }, needs, caller: ada, project, now: () => 7 })
      try {
        gate.permit(mesh('m1'), ['meshlift:upgrade:finish'])
      } catch (thrown) {
        return problemFrom(thrown).message
      }
      return 'allowed'
    }
    const decided = { policy: 'rules', version: '5.0', through: 'user ada', statement: 0 } as const
    const denies = { ...decided, effect: 'Deny', applies: true, why: 'it does' } as const
    expect(refusal({ allowed: false, by: 'statement', decided: denies, action: 'meshlift:upgrade:finish' })).toBe(
      'User ada is not allowed meshlift:upgrade:finish on mesh m1: a statement of policy rules denies it. Ask an administrator.',
    )
    expect(refusal({ allowed: false, by: 'default' })).toBe(
      'User ada is not allowed asm:mesh:upgrade or meshlift:upgrade:finish on mesh m1: no policy of this user allows it. Ask an administrator.',
    )
  })
})

describe('a list', () => {
  const things = ['m1', 'm2', 'm3']

  it('has what may be seen', () => {
    const { gate } = gateFor(needs, 'm1', 'm3')
    expect(gate.permitted(things, mesh)).toEqual(['m1', 'm3'])
    expect(() => gate.finish()).not.toThrow()
  })

  it('is empty for who may see all and finds nothing, and refused to who may see nothing', () => {
    expect(gateFor(needs, '*').gate.permitted([], mesh)).toEqual([])
    expect(() => gateFor(needs).gate.permitted(things, mesh)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('any mesh of this project') as string }),
    )
    const { gate: clusters } = gateFor({ actions: ['meshlift:cluster:list'] })
    expect(() => clusters.permitted([], mesh)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('any cluster of this project') as string }),
    )
  })
})

it.each(['anybody', 'caller', 'administrator'] as const)('a route for %s has no permission to ask for', (who) => {
  const { gate } = gateFor(who, 'm1')
  expect(() => gate.permit(mesh('m1'))).toThrow(expect.objectContaining({ kind: 'bug' }))
  expect(() => gate.finish()).not.toThrow()
})
