import { beforeEach, describe, expect, it } from 'vitest'
import { actions } from '../../contract/actions.ts'
import type { Permission } from '../../contract/route.ts'
import { routes } from '../../contract/routes.ts'
import type { Directory, Grant } from '../directory/directory.ts'
import type { Question } from '../permission.ts'
import { policies } from './policies.ts'
import { systemPolicies } from './system.ts'

const ada = { id: 'u1', name: 'ada', enabled: true, administrator: false, generation: 0, createdAt: 0 }

/** Every document is one policy, given to ada unless the grant says otherwise. */
function directoryOf(...given: readonly (readonly [document: unknown, grant?: Partial<Grant>])[]): Directory {
  return {
    domain: { id: 'd0', name: 'works' },
    users: new Map([['u1', ada]]),
    groups: new Map([['g1', { id: 'g1', name: 'ops', members: ['u1'] }]]),
    projects: new Map([['p1', { id: 'p1', name: 'north' }]]),
    enterpriseProjects: new Map([['e1', { id: 'e1', name: 'shop' }]]),
    keys: new Map(),
    policies: new Map(
      given.map(([document], at) => [`i${at}`, { id: `i${at}`, name: `policy ${at}`, version: '5.0', document }]),
    ),
    grants: new Map(
      given.map(([, grant], at) => [`${at}`, { id: `${at}`, policy: `i${at}`, ...(grant ?? { user: 'u1' }) }]),
    ),
  }
}

const allow = (statement: object, version = '5.0') => ({
  Version: version,
  Statement: [{ Effect: 'Allow', ...statement }],
})
const deny = (statement: object, version = '5.0') => ({
  Version: version,
  Statement: [{ Effect: 'Deny', ...statement }],
})
const all = allow({ Action: '*' })

const question: Question = {
  caller: { user: { id: 'u1', name: 'ada' }, domain: { id: 'd0', name: 'works' }, administrator: false },
  project: { id: 'p1', name: 'north' },
  permission: { actions: ['asm:mesh:upgrade', 'meshlift:upgrade:finish'] },
  resource: { type: 'mesh', id: 'blue', enterpriseProject: 'e1', tags: { env: 'test' } },
  now: Date.parse('2026-11-22T12:00:00Z'),
}
const asking = (...names: readonly [string, ...string[]]): Question => ({ ...question, permission: { actions: names } })
const about = (resource: Question['resource']): Question => ({ ...question, resource })

let warnings: unknown[]
beforeEach(() => {
  warnings = []
})
const doorOf = (directory: () => Directory) =>
  policies({ directory, region: 'local', warn: (facts, text) => warnings.push([facts, text]) })
const doorTo = (directory: Directory) => doorOf(() => directory)
const allowed = (directory: Directory, asked: Question = question) => doorTo(directory).decide(asked).allowed

describe('the decision', () => {
  it.each([
    ['the finer action, as it is documented', 'meshlift:UPGRADE:Fin*', 'meshlift:upgrade:finish'],
    ['the documented one, when that is enough', 'asm:*', 'asm:mesh:upgrade'],
    ['the first of both', '*', 'asm:mesh:upgrade'],
  ])('tells what a statement denied: %s', (_, written, action) => {
    const door = doorTo(directoryOf([all], [deny({ Action: written })]))
    expect(door.decide(question)).toMatchObject({ allowed: false, by: 'statement', action })
  })

  it('is no by default, and yes for administrators, whatever they hold', () => {
    expect(doorTo(directoryOf()).decide(question)).toEqual({ allowed: false, by: 'default' })
    const asked = { ...question, caller: { ...question.caller, administrator: true } }
    const door = doorTo(directoryOf([deny({ Action: '*' })]))
    expect(door.decide(asked)).toEqual({ allowed: true, by: 'administrator' })
    expect(door.explain(asked)).toEqual({ decision: { allowed: true, by: 'administrator' }, considered: [] })
  })

  it('names the statement that decided; a Deny wins wherever it stands', () => {
    const blocked = deny({ Sid: 'no', Action: ['meshlift:upgrade:*'], Resource: ['asm:local:d0:mesh:blue'] })
    const decided = {
      version: '5.0',
      through: 'user ada',
      statement: 0,
      sid: 'no',
      effect: 'Deny',
      applies: true,
      why: 'action meshlift:upgrade:finish is among meshlift:upgrade:*, the resource asm:local:d0:mesh:blue is among asm:local:d0:mesh:blue',
    }
    expect(doorTo(directoryOf([all], [blocked])).decide(question)).toEqual({
      allowed: false,
      by: 'statement',
      action: 'meshlift:upgrade:finish',
      decided: { policy: 'policy 1', ...decided },
    })
    expect(doorTo(directoryOf([blocked], [all])).decide(question)).toMatchObject({
      allowed: false,
      decided: { policy: 'policy 0', ...decided },
    })
  })

  it.each([
    ['any of its names', 'meshlift:upgrade:finish', true],
    ['its documented name', 'asm:mesh:upgrade', true],
    ['another case', 'asm:MESH:Upgrade', true],
    ['another of ours', 'meshlift:upgrade:plan', false],
  ])('allows by %s', (_, action, expected) => {
    expect(allowed(directoryOf([allow({ Action: [action] })]))).toBe(expected)
    expect(allowed(directoryOf([all], [deny({ Action: [action] })]))).toBe(!expected)
  })

  it('reads NotAction as everything that has none of these names', () => {
    const rest = allow({ NotAction: ['asm:mesh:upgrade'] })
    expect(allowed(directoryOf([rest]))).toBe(false)
    expect(allowed(directoryOf([rest]), asking('asm:mesh:get'))).toBe(true)
    // Only upgrades, said by somebody who has never heard of our finer names.
    const only = directoryOf([all], [deny({ NotAction: 'asm:mesh:upgrade' })])
    expect(allowed(only)).toBe(true)
    expect(allowed(only, asking('asm:mesh:get'))).toBe(false)
  })
})

describe('resources', () => {
  const cluster = { type: 'cluster', id: 'c1' } as const
  const anyMesh = { type: 'mesh', id: '*' } as const
  it.each<readonly [string, Question['resource'], boolean]>([
    ['asm:local:d0:mesh:blue', question.resource, true],
    ['asm:*:*:mesh:*', question.resource, true],
    ['asm:*:*:mesh:b*', question.resource, true],
    ['asm:*:*:mesh:red', question.resource, false],
    ['asm:*:*:mesh:Blue', question.resource, false],
    ['asm:other:d0:mesh:blue', question.resource, false],
    ['asm:local:d1:mesh:blue', question.resource, false],
    ['meshlift:local:d0:mesh:blue', question.resource, false],
    ['meshlift:*:*:cluster:c1', cluster, true],
    ['asm:*:*:cluster:c1', cluster, false],
    ['asm:*:*:mesh:*', cluster, false],
    ['asm:*:*:mesh:*', anyMesh, true],
    ['asm:*:*:mesh:**', anyMesh, true],
    ['asm:*:*:mesh:b*', anyMesh, false],
    ['asm:*:*:mesh:?*', anyMesh, false],
    ['asm:*:*:mesh:?', anyMesh, false],
    ['*', anyMesh, true],
  ])('%s covers %j: %j', (urn, resource, expected) => {
    const asked = about(resource)
    expect(allowed(directoryOf([allow({ Action: '*', Resource: urn })]), asked)).toBe(expected)
    expect(allowed(directoryOf([allow({ Action: '*', NotResource: [urn] })]), asked)).toBe(!expected)
    expect(allowed(directoryOf([all], [deny({ Action: '*', Resource: urn })]), asked)).toBe(!expected)
  })
})

describe('who holds it, and where', () => {
  const old = allow({ Action: ['*:*:*'] }, '1.1')
  const noProject = about({ type: 'mesh', id: '*' })
  it.each<readonly [string, Partial<Grant>, Question, boolean, string]>([
    ['the user', { user: 'u1' }, question, true, 'user ada'],
    ['another user', { user: 'u2' }, question, false, ''],
    ['a group', { group: 'g1' }, question, true, 'group ops'],
    ['a group that is gone', { group: 'g9' }, question, false, ''],
    ['a group in the project', { group: 'g1', project: 'p1' }, question, true, 'group ops in project north'],
    ['a group in another project', { group: 'g1', project: 'p2' }, question, false, 'group ops in project p2'],
    [
      'a group in the enterprise project',
      { group: 'g1', enterpriseProject: 'e1' },
      question,
      true,
      'group ops in enterprise project shop',
    ],
    [
      'a group in the default one',
      { group: 'g1', enterpriseProject: '0' },
      question,
      false,
      'group ops in enterprise project default',
    ],
    [
      'a mesh of no known one',
      { group: 'g1', enterpriseProject: 'e1' },
      noProject,
      false,
      'group ops in enterprise project shop',
    ],
  ])('%s', (_, grant, asked, expected, through) => {
    const { decision, considered } = doorTo(directoryOf([old, grant])).explain(asked)
    expect(decision.allowed).toBe(expected)
    expect(considered.map((one) => one.through)).toEqual(through === '' ? [] : [through])
    expect(considered.map(({ applies }) => applies)).toEqual(through === '' ? [] : [expected])
  })

  it('follows the directory from one change to the next', () => {
    let now = directoryOf()
    const door = doorOf(() => now)
    expect(door.decide(question).allowed).toBe(false)
    now = directoryOf([all])
    expect(door.decide(question).allowed).toBe(true)
    now = directoryOf([all], [deny({ Action: '*' })])
    expect(door.decide(question).allowed).toBe(false)
  })
})

describe('names that role policies mix up', () => {
  const show: Question = {
    ...question,
    permission: { actions: ['asm:mesh:get'], alsoInRolePolicies: ['asm:mesh:list'] },
  }
  const swapped = allow({ Action: ['asm:mesh:list'] }, '1.1')

  it('count in Version 1.1 alone, with one word in the log a policy', () => {
    expect(allowed(directoryOf([allow({ Action: ['asm:mesh:list'] })]), show)).toBe(false)
    const door = doorTo(directoryOf([swapped], [swapped]))
    for (const _ of [1, 2, 3]) expect(door.decide(show).allowed).toBe(true)
    expect(warnings).toEqual([
      [{ policy: 'i0', name: 'policy 0', action: 'asm:mesh:get' }, expect.stringContaining('mix up')],
    ])
  })

  it('are not needed where a policy allows the action itself', () => {
    const door = doorTo(directoryOf([swapped], [allow({ Action: ['asm:mesh:get'] })]))
    expect(door.decide(show)).toMatchObject({ allowed: true, decided: { policy: 'policy 1' } })
    expect(warnings).toEqual([])
  })

  it('deny as well', () => {
    expect(allowed(directoryOf([all], [deny({ Action: ['asm:mesh:list'] }, '1.1')]), show)).toBe(false)
  })
})

describe('a policy that cannot be read any more', () => {
  const broken = { Version: '5.0', Statement: [{ Effect: 'Deny', Acton: '*' }] }

  it('lets those who have it do nothing, says so once, and names it', () => {
    const door = doorTo(directoryOf([all], [broken]))
    for (const _ of [1, 2])
      expect(door.decide(question)).toMatchObject({
        allowed: false,
        by: 'statement',
        decided: {
          policy: 'policy 1',
          effect: 'Deny',
          why: expect.stringContaining('Statement[0].Acton is not an element'),
        },
      })
    expect(door.explain(question).decision).toEqual(door.decide(question))
    expect(warnings).toEqual([[expect.objectContaining({ policy: 'i1' }), expect.stringContaining('cannot be read')]])
  })

  it('counts only where it was given', () => {
    expect(allowed(directoryOf([all], [broken, { group: 'g1', project: 'p2' }]))).toBe(true)
    expect(allowed(directoryOf([all], [broken, { user: 'u2' }]))).toBe(true)
  })

  it('is also one that is not there', () => {
    const directory = directoryOf([all])
    const grants = new Map([...directory.grants, ['x', { id: 'x', policy: 'gone', user: 'u1' }]])
    expect(doorTo({ ...directory, grants }).decide(question)).toMatchObject({
      allowed: false,
      decided: { policy: 'gone' },
    })
  })
})

it('explains every statement in a sentence', () => {
  const tagged = { StringEquals: { 'g:ResourceTag/env': ['prod'] } }
  const { considered } = doorTo(
    directoryOf(
      [
        {
          Version: '5.0',
          Statement: [
            { Effect: 'Allow', Action: 'asm:mesh:get' },
            { Effect: 'Allow', Action: '*', Resource: 'asm:*:*:mesh:red' },
            { Effect: 'Allow', Action: '*', Condition: tagged },
            { Effect: 'Allow', NotAction: ['ecs:*:*'], Condition: { StringEquals: { 'g:UserName': 'ada' } } },
            { Effect: 'Deny', Action: '*', Condition: { StringEquals: { 'g:ResourceTag/x': 'y' } } },
            { Effect: 'Deny', Action: ['a:b:c', 'a:b:d', 'a:b:e', 'a:b:f', 'a:b:g'] },
          ],
        },
      ],
      [all, { group: 'g1', project: 'p2' }],
    ),
  ).explain(question)
  const asked = 'action asm:mesh:upgrade or meshlift:upgrade:finish'
  expect(considered.map(({ why }) => why)).toEqual([
    `${asked} is not among asm:mesh:get`,
    'the resource asm:local:d0:mesh:blue is not among asm:*:*:mesh:red',
    'condition g:ResourceTag/env StringEquals prod: the mesh has env=test',
    'action asm:mesh:upgrade is outside of ecs:*:*, and g:UserName StringEquals ada',
    'condition g:ResourceTag/x StringEquals y: the mesh has no tag x',
    `${asked} is not among a:b:c, a:b:d, a:b:e and 2 more`,
    'the policy counts for group ops in project p2 only',
  ])
})

describe('policies of the program', () => {
  it('are as any other', () => {
    const door = doorTo(directoryOf())
    for (const { version, document } of systemPolicies) expect(door.check(document)).toBe(version)
    expect(new Set(systemPolicies.map(({ id }) => id)).size).toBe(4)
  })

  it.each(systemPolicies)('$name allows what its name says', ({ id, name }) => {
    const directory = { ...directoryOf(), grants: new Map([['x', { id: 'x', policy: id, user: 'u1' }]]) }
    const full = name.includes('Full')
    const expected = Object.entries(actions).map(([action, { level, resource }]) => {
      // Running checks asks the clusters for many things and is left to those who plan.
      const reads = level !== 'Write' && action !== 'meshlift:mesh:check'
      return { action, resource, allowed: full || reads }
    })
    for (const { action, resource, allowed: yes } of expected)
      expect([action, allowed(directory, { ...asking(action), resource: { type: resource, id: 'x' } })]).toEqual([
        action,
        yes,
      ])
  })

  it('allow every route of a project that is not for administrators', () => {
    const directory = {
      ...directoryOf(),
      grants: new Map([['x', { id: 'x', policy: 'asm-full-access-5', user: 'u1' }]]),
    }
    const needed = Object.values(routes).flatMap(({ needs }): readonly Permission[] =>
      typeof needs === 'string' ? [] : [needs],
    )
    expect(needed.filter((permission) => !allowed(directory, { ...question, permission }))).toEqual([])
  })
})
