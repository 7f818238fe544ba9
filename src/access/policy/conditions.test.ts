import { describe, expect, it } from 'vitest'
import type { Question } from '../permission.ts'
import { readPolicy } from './read.ts'
import { requestOf } from './request.ts'
import { look } from './statement.ts'

const noon = Date.parse('2026-11-22T12:00:00Z')
const question: Question = {
  caller: { user: { id: 'u1', name: 'Ada' }, domain: { id: 'd0', name: 'Works' }, administrator: false },
  project: { id: 'p1', name: 'north' },
  permission: { actions: ['asm:mesh:upgrade', 'meshlift:upgrade:finish'] },
  resource: { type: 'mesh', id: 'blue', enterpriseProject: 'e1', tags: { env: 'prod', age: '7', empty: '' } },
  now: noon,
}

function holds(operator: string, key: string, values: readonly unknown[], asked: Question = question): boolean {
  const statement = { Effect: 'Allow', Action: '*', Condition: { [operator]: { [key]: values } } }
  const { statements } = readPolicy({ Version: '5.0', Statement: [statement] })
  return statements.every((one) => look(one, '5.0', requestOf(asked, 'local')).applies)
}

describe('an operator holds or not:', () => {
  it.each<readonly [string, string, readonly unknown[], boolean]>([
    ['StringEquals', 'g:UserName', ['Ada'], true],
    ['StringEquals', 'g:UserName', ['ada'], false],
    ['StringEquals', 'g:UserName', ['A*'], false],
    ['StringEquals', 'g:UserName', ['Bob', 'Ada'], true],
    ['StringNotEquals', 'g:UserName', ['Bob', 'ada'], true],
    ['StringNotEquals', 'g:UserName', ['Bob', 'Ada'], false],
    ['StringEqualsIgnoreCase', 'g:UserName', ['aDA'], true],
    ['StringEqualsIgnoreCase', 'g:UserName', ['a'], false],
    ['StringNotEqualsIgnoreCase', 'g:UserName', ['aDA'], false],
    ['StringNotEqualsIgnoreCase', 'g:UserName', ['Bob'], true],
    ['StringMatch', 'g:UserName', ['A?a', 'x'], true],
    ['StringMatch', 'g:UserName', ['a*'], false],
    ['StringNotMatch', 'g:UserName', ['A*'], false],
    ['StringNotMatch', 'g:UserName', ['a*', '??'], true],
    ['StringStartWith', 'g:UserName', ['ad'], true],
    ['StringStartWith', 'g:UserName', ['da'], false],
    ['StringEndWith', 'g:UserName', ['DA'], true],
    ['StringEndWith', 'g:UserName', ['ad'], false],
    ['NumberEquals', 'g:ResourceTag/age', ['7.0'], true],
    ['NumberEquals', 'g:ResourceTag/age', [8], false],
    ['NumberNotEquals', 'g:ResourceTag/age', [7], false],
    ['NumberNotEquals', 'g:ResourceTag/age', [8], true],
    ['NumberLessThan', 'g:ResourceTag/age', [7], false],
    ['NumberLessThan', 'g:ResourceTag/age', [7.5], true],
    ['NumberLessThanEquals', 'g:ResourceTag/age', [7], true],
    ['NumberLessThanEquals', 'g:ResourceTag/age', [6], false],
    ['NumberGreaterThan', 'g:ResourceTag/age', [7], false],
    ['NumberGreaterThan', 'g:ResourceTag/age', ['-1'], true],
    ['NumberGreaterThanEquals', 'g:ResourceTag/age', [7], true],
    ['NumberGreaterThanEquals', 'g:ResourceTag/age', [8], false],
    ['NumberEquals', 'g:ResourceTag/env', [7], false],
    ['DateLessThan', 'g:CurrentTime', ['2026-11-22T12:00:00Z'], false],
    ['DateLessThan', 'g:CurrentTime', ['2026-11-22T12:00:01Z'], true],
    ['DateLessThan', 'g:CurrentTime', ['2026-11-22T13:00:00+01:00'], false],
    ['DateLessThanEquals', 'g:CurrentTime', ['2026-11-22T13:00:00+01:00'], true],
    ['DateLessThanEquals', 'g:CurrentTime', ['2026-11-22T11:59:59Z'], false],
    ['DateGreaterThan', 'g:CurrentTime', ['2026-11-22T12:00:00Z'], false],
    ['DateGreaterThan', 'g:CurrentTime', ['2026-11-22T11:00:00Z'], true],
    ['DateGreaterThanEquals', 'g:CurrentTime', ['2026-11-22T12:00:00Z'], true],
    ['DateGreaterThanEquals', 'g:CurrentTime', ['2026-11-22T12:00:01Z'], false],
    ['DateLessThan', 'g:UserName', ['2026-11-22T12:00:01Z'], false],
    ['Bool', 'g:MFAPresent', ['false'], true],
    ['Bool', 'g:MFAPresent', ['true'], false],
    ['Bool', 'g:MFAPresent', [false], true],
    ['Null', 'g:MFAAge', ['true'], true],
    ['Null', 'g:MFAAge', ['false'], false],
    ['Null', 'g:UserName', ['true'], false],
    ['Null', 'g:UserName', ['false'], true],
    ['Null', 'g:ResourceTag/empty', ['true'], false],
    ['Null', 'g:ResourceTag/empty', ['true', 'false'], true],
  ])('%s %s %j: %j', (operator, key, values, expected) => {
    expect(holds(operator, key, values)).toBe(expected)
  })
})

describe('where the request has no such key', () => {
  it.each([
    ['StringEquals', false],
    ['StringNotEquals', true],
    ['StringEqualsIfExists', true],
    ['StringNotEqualsIfExists', true],
    ['ForAllValues:StringEquals', true],
    ['ForAllValues:StringNotEquals', true],
    ['ForAnyValue:StringEquals', false],
    ['ForAnyValue:StringNotEquals', false],
    ['ForAnyValue:StringEqualsIfExists', true],
  ])('%s is %j', (operator, expected) => {
    expect(holds(operator, 'g:ResourceTag/none', ['x'])).toBe(expected)
  })

  it.each([
    ['StringEqualsIfExists', false],
    ['ForAllValues:StringEquals', false],
    ['ForAnyValue:StringEquals', false],
    ['ForAllValues:StringNotEquals', true],
    ['ForAnyValue:StringNotEquals', true],
  ])('and where it has another value, %s is %j', (operator, expected) => {
    expect(holds(operator, 'g:ResourceTag/env', ['x'])).toBe(expected)
  })
})

describe('a key', () => {
  it.each([
    ['g:CurrentTime', '2026-11-22T12:00:00Z'],
    ['g:DomainName', 'Works'],
    ['g:EnterpriseProjectId', 'e1'],
    ['g:MFAPresent', 'false'],
    ['g:ProjectName', 'north'],
    ['g:ServiceName', 'asm'],
    ['g:ServiceName', 'meshlift'],
    ['g:UserId', 'u1'],
    ['g:UserName', 'Ada'],
    ['g:ResourceTag/env', 'prod'],
    ['G:username', 'Ada'],
    ['g:resourcetag/env', 'prod'],
  ])('%s is %s', (key, value) => {
    expect(holds('StringEquals', key, [value])).toBe(true)
    expect(holds('StringEquals', key, ['something else'])).toBe(false)
  })

  it('of a tag is as exact as the tag', () => {
    expect(holds('StringEquals', 'g:ResourceTag/Env', ['prod'])).toBe(false)
    expect(holds('Null', 'g:ResourceTag/constructor', ['true'])).toBe(true)
  })

  it.each(['g:EnterpriseProjectId', 'g:ResourceTag/env'])('%s says nothing about clusters', (key) => {
    const cluster = { ...question.resource, type: 'cluster' as const }
    expect(holds('Null', key, ['true'], { ...question, resource: cluster })).toBe(true)
  })
})

it('asks all operators and all keys', () => {
  const both = (name: string, env: string) => ({
    Version: '1.1',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['asm:mesh:*'],
        Condition: {
          StringEquals: { 'g:UserName': [name], 'g:ResourceTag/env': [env] },
          Null: { 'g:UserId': ['false'] },
        },
      },
    ],
  })
  const applies = (document: unknown) =>
    readPolicy(document).statements.map((one) => look(one, '1.1', requestOf(question, 'local')).applies)
  expect(applies(both('Ada', 'prod'))).toEqual([true])
  expect(applies(both('Ada', 'dev'))).toEqual([false])
  expect(applies(both('Bob', 'prod'))).toEqual([false])
})

it('looks at a request as one of its names at a time: service and action must be of the same', () => {
  const applies = (action: string, service: string) => {
    const Condition = { StringEquals: { 'g:ServiceName': service } }
    const document = { Version: '5.0', Statement: [{ Effect: 'Deny', Action: action, Condition }] }
    return readPolicy(document).statements.some((one) => look(one, '5.0', requestOf(question, 'local')).applies)
  }
  expect(applies('asm:mesh:upgrade', 'asm')).toBe(true)
  expect(applies('asm:mesh:upgrade', 'meshlift')).toBe(false)
  expect(applies('meshlift:*:*', 'meshlift')).toBe(true)
})
