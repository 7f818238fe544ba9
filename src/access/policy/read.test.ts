import { describe, expect, it } from 'vitest'
import { Problem } from '../../lib/problem.ts'
import { readPolicy } from './read.ts'

const statement = { Effect: 'Allow', Action: ['asm:mesh:get'] }
const policy = (changes: object, version = '1.1') => ({ Version: version, Statement: [{ ...statement, ...changes }] })
const condition = (operator: string, keys: unknown, version = '1.1') =>
  policy({ Condition: { [operator]: keys } }, version)

function refusal(document: unknown): Problem {
  try {
    readPolicy(document)
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown
    throw thrown
  }
  return expect.fail(`accepted: ${JSON.stringify(document)}`)
}

const name = { 'g:UserName': ['ada'] }

describe('refuses, naming the element and what would be accepted:', () => {
  it.each<readonly [string, unknown, string]>([
    ['no object', [], 'The policy must be an object'],
    ['nothing', null, 'The policy must be an object'],
    ['no version', { Statement: [statement] }, 'Version must be "1.1" (policies) or "5.0"'],
    ['a version that is a number', { Version: 5, Statement: [statement] }, 'Version must be "1.1"'],
    ['a system role', { Version: '1.0', Statement: [statement] }, 'Version must be "1.1"'],
    ['an element that is none', { Version: '5.0', Statement: [statement], Id: 'x' }, 'Id is not an element'],
    ['no statements', { Version: '5.0' }, 'Statement must be an array of statements, not nothing'],
    ['a statement alone', { Version: '5.0', Statement: statement }, 'Statement must be an array of statements, not an'],
    ['an empty list', { Version: '5.0', Statement: [] }, 'Statement is empty'],
    ['a statement that is none', { Version: '1.1', Statement: [statement, 'x'] }, 'Statement[1] must be an object'],
    [
      'a misspelt element',
      policy({ Conditon: {} }),
      'Statement[0].Conditon is not an element of Version 1.1; one is Effe',
    ],
    [
      'a name from the prototype',
      JSON.parse('{"Version":"5.0","Statement":[{"__proto__":{}}]}'),
      'Statement[0].__proto__',
    ],
    ['a Sid in 1.1', policy({ Sid: 'a' }), 'Statement[0].Sid is not an element of Version 1.1'],
    ['a Sid that is no text', policy({ Sid: 1 }, '5.0'), 'Statement[0].Sid must be a text, not 1'],
    ['no effect', policy({ Effect: undefined }), 'Statement[0].Effect must be "Allow" or "Deny", not nothing'],
    [
      'an effect in another case',
      policy({ Effect: 'allow' }),
      'Statement[0].Effect must be "Allow" or "Deny", not "allow"',
    ],
    ['no action', policy({ Action: undefined }), 'Statement[0] has no Action:'],
    ['no action of either kind', policy({ Action: undefined }, '5.0'), 'Statement[0] has no Action and no NotAction'],
    [
      'both of them',
      policy({ NotAction: ['asm:mesh:get'] }, '5.0'),
      'Statement[0].NotAction must not stand beside Action',
    ],
    [
      'NotAction in 1.1',
      policy({ NotAction: ['asm:mesh:get'] }),
      'Statement[0].NotAction is not an element of Version 1.1',
    ],
    ['NotResource in 1.1', policy({ NotResource: ['asm:*:*:mesh:*'] }), 'Statement[0].NotResource is not an element'],
    [
      'both kinds of resources',
      policy({ Resource: ['*'], NotResource: ['*'] }, '5.0'),
      'Statement[0].NotResource must not stand beside Resource',
    ],
    [
      'an action without brackets in 1.1',
      policy({ Action: 'asm:mesh:get' }),
      'Statement[0].Action must be an array of texts, not',
    ],
    [
      'actions that are none',
      policy({ Action: {} }, '5.0'),
      'Statement[0].Action must be an array of texts, or one text, not an',
    ],
    ['no actions', policy({ Action: [] }), 'Statement[0].Action is empty'],
    [
      'an action that is null',
      policy({ Action: [null] }),
      'Statement[0].Action[0] is null; an action is service:type:op',
    ],
    [
      'two parts',
      policy({ Action: ['asm:*'] }),
      'Statement[0].Action[0] is "asm:*"; an action is service:type:operation',
    ],
    ['four parts', policy({ Action: ['asm:mesh:get:x'] }), 'Statement[0].Action[0]'],
    ['an empty part', policy({ Action: ['asm::get'] }), 'Statement[0].Action[0]'],
    ['a service in upper case', policy({ Action: ['ASM:mesh:get'] }), 'the service in lower case'],
    [
      'a service with a star',
      policy({ Action: ['asm:mesh:get', 'a*:mesh:get'] }, '5.0'),
      'Statement[0].Action[1] is "a*:',
    ],
    ['any service with one type', policy({ Action: ['*:mesh:*'] }), 'Statement[0].Action[0] is "*:mesh:*"'],
    ['a star alone in 1.1', policy({ Action: ['*'] }), 'or *:*:* for everything'],
    ['a question mark in 1.1', policy({ Action: ['asm:mesh:?et'] }), 'Statement[0].Action[0]'],
    ['a space', policy({ Action: ['asm:mesh: get'] }), 'Statement[0].Action[0]'],
    ['no resources', policy({ Resource: [] }), 'Statement[0].Resource is empty'],
    [
      'a resource that is a number',
      policy({ Resource: [7] }),
      'Statement[0].Resource[0] is 7; a resource is service:region:do',
    ],
    ['a star alone as resource in 1.1', policy({ Resource: ['*'] }), 'Statement[0].Resource[0] is "*"'],
    ['four parts of a resource', policy({ Resource: ['asm:*:*:mesh'] }), 'Statement[0].Resource[0]'],
    ['an empty id', policy({ Resource: ['asm:*:*:mesh:'] }), 'Statement[0].Resource[0]'],
    ['an empty region in 1.1', policy({ Resource: ['asm::*:mesh:*'] }), 'Statement[0].Resource[0]'],
    ['a resource of any service in 5.0', policy({ Resource: ['*:*:*:*:*'] }, '5.0'), 'with the service spelt out'],
    [
      'a condition that is a list',
      policy({ Condition: [] }),
      'Statement[0].Condition must be an object of operators, not an arr',
    ],
    [
      'a condition that is null',
      policy({ Condition: null }),
      'Statement[0].Condition must be an object of operators, not null',
    ],
    [
      'a misspelt operator',
      condition('StringEqualz', name),
      'Statement[0].Condition.StringEqualz is not an operator; one is StringEquals, StringNotEquals,',
    ],
    ['an operator of nowhere', condition('IpAddress', name), 'Statement[0].Condition.IpAddress is not an operator'],
    ['an operator in another case', condition('stringEquals', name), 'is not an operator'],
    ['an operator of the prototype', condition('constructor', name), 'is not an operator'],
    ['a misspelt prefix', condition('ForAllValue:StringEquals', name), 'is not an operator'],
    ['a suffix twice', condition('StringEqualsIfExistsIfExists', name), 'is not an operator'],
    ['Null with IfExists', condition('NullIfExists', { 'g:UserName': ['true'] }), 'Null stands alone'],
    ['Null with a prefix', condition('ForAnyValue:Null', { 'g:UserName': ['true'] }), 'Null stands alone'],
    [
      'keys that are a list',
      condition('StringEquals', []),
      'Statement[0].Condition.StringEquals must be an object of keys',
    ],
    ['no keys', condition('StringEquals', {}), 'Statement[0].Condition.StringEquals is empty'],
    [
      'a misspelt key',
      condition('StringNotEquals', { 'g:UserNmae': ['ada'] }),
      'StringNotEquals.g:UserNmae is not a condition key',
    ],
    ['a key of ours that is none', condition('StringEquals', { 'asm:Mesh': ['ada'] }), 'is not a condition key'],
    ['a tag without a key', condition('StringEquals', { 'g:ResourceTag/': ['ada'] }), 'is not a condition key'],
    [
      'a value without brackets in 1.1',
      condition('StringEquals', { 'g:UserName': 'ada' }),
      'must be an array of values, not "ada"',
    ],
    ['a value that is an object', condition('StringEquals', { 'g:UserName': {} }, '5.0'), 'must be an array of values'],
    ['no values', condition('StringEquals', { 'g:UserName': [] }), 'StringEquals.g:UserName is empty'],
    [
      'a text that is a number',
      condition('StringEquals', { 'g:UserName': [7] }),
      'g:UserName[0] is 7; a value of StringEquals is a text',
    ],
    [
      'a number that is none',
      condition('NumberEquals', { 'g:MFAAge': ['old'] }),
      'a value of NumberEquals is a number',
    ],
    ['an empty number', condition('NumberLessThan', { 'g:MFAAge': [''] }), 'is a number'],
    ['a hexadecimal number', condition('NumberLessThan', { 'g:MFAAge': ['0x10'] }), 'is a number'],
    ['a truth that is a number', condition('Bool', { 'g:MFAPresent': [1] }), 'a value of Bool is "true" or "false"'],
    ['a truth in upper case', condition('Bool', { 'g:MFAPresent': ['True'] }), 'a value of Bool is "true" or "false"'],
    ['an absence that is a word', condition('Null', { 'g:MFAAge': ['yes'] }), 'a value of Null is "true" or "false"'],
    ['a time without a zone', condition('DateLessThan', { 'g:CurrentTime': ['2026-11-22T10:00:00'] }), 'with its zone'],
    ['a day alone', condition('DateLessThan', { 'g:CurrentTime': ['2026-11-22'] }), 'a time in ISO 8601'],
    [
      'a day that no month has',
      condition('DateLessThan', { 'g:CurrentTime': ['2026-02-30T00:00:00Z'] }),
      'a time in ISO 8601',
    ],
    [
      'an hour that no day has',
      condition('DateGreaterThan', { 'g:CurrentTime': ['2026-02-20T25:00:00Z'] }),
      'a time in ISO',
    ],
    ['a moment as a number', condition('DateGreaterThan', { 'g:CurrentTime': [1] }), 'a time in ISO 8601'],
  ])('%s', (_, document, text) => {
    const problem = refusal(document)
    expect(problem).toMatchObject({ kind: 'invalid', code: 'policies/invalid' })
    expect(problem.message).toContain(text)
    expect(problem.message.length).toBeLessThanOrEqual(512)
  })
})

describe('limits', () => {
  const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
  const tags = (count: number) =>
    policy({ Condition: { StringEquals: Object.fromEntries(many(count, (at) => [`g:ResourceTag/${at}`, ['x']])) } })
  const long = (length: number) => policy({ Resource: [`asm:*:*:mesh:${'x'.repeat(length - 'asm:*:*:mesh:'.length)}`] })
  const sized = (length: number) => {
    const empty = JSON.stringify(policy({ Sid: '' }, '5.0')).length
    return policy({ Sid: 'x'.repeat(length - empty) }, '5.0')
  }
  it.each<readonly [string, unknown, unknown, string]>([
    [
      'statements',
      { Version: '1.1', Statement: many(8, () => statement) },
      { Version: '1.1', Statement: many(9, () => statement) },
      'Statement has 9 statements; Version 1.1 allows 8',
    ],
    [
      'actions',
      policy({ Action: many(100, () => 'asm:mesh:get') }),
      policy({ Action: many(101, () => 'asm:mesh:get') }),
      'Statement[0].Action has 101 actions',
    ],
    [
      'resources',
      policy({ Resource: many(10, () => 'asm:*:*:mesh:*') }),
      policy({ Resource: many(11, () => 'asm:*:*:mesh:*') }),
      'Statement[0].Resource has 11 resources',
    ],
    ['characters of a resource', long(128), long(129), 'Statement[0].Resource[0] has 129 characters'],
    ['conditions', tags(10), tags(11), 'Statement[0].Condition has 11 conditions'],
    ['characters', sized(6144), sized(6145), 'The policy has 6145 characters; at most 6144'],
  ])('of %s', (_, fits, tooMuch, text) => {
    expect(() => readPolicy(fits)).not.toThrow()
    const problem = refusal(tooMuch)
    expect(problem).toMatchObject({ kind: 'invalid', code: 'policies/limit' })
    expect(problem.message).toContain(text)
  })

  it('are fewer in 5.0: its size alone counts', () => {
    const document = {
      Version: '5.0',
      Statement: many(9, () => ({ Effect: 'Deny', Action: '*', Resource: many(11, (at) => `asm:*:*:mesh:${at}`) })),
    }
    expect(readPolicy(document).statements).toHaveLength(9)
  })

  it('hold for what is nested beyond all measure', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)
    expect(refusal({ Version: '5.0', Statement: deep })).toMatchObject({ kind: 'invalid' })
  })

  it('keep a refusal short, whatever it is about', () => {
    const huge = 'x'.repeat(5000)
    for (const document of [
      policy({ [huge]: 1 }),
      policy({ Action: [huge] }),
      condition(`String${huge}`, name),
      condition('StringEquals', { [huge]: ['a'] }),
      condition('NumberEquals', { 'g:MFAAge': [huge] }),
    ])
      expect(refusal(document).message.length).toBeLessThanOrEqual(512)
  })
})

it('takes the examples of the documents', () => {
  const end = { StringEndWithIfExists: { 'g:UserName': ['specialCharacter'] }, Bool: { 'g:MFAPresent': ['true'] } }
  const documented = [
    policy({ Action: ['obs:bucket:ListAllMyBuckets'], Condition: end, Resource: ['obs:*:*:bucket:*'] }),
    policy({ Action: ['*:*:*'] }),
    policy({ Condition: end, Sid: '', Resource: ['asm:*:*:mesh:*'] }, '5.0'),
    policy({ Action: '*', Resource: '*' }, '5.0'),
    policy({ Resource: ['asm::*:mesh:a/b:c'] }, '5.0'),
    policy({ Condition: {} }),
    condition('NumberLessThan', { 'g:MFAAge': [900, '900', '-1.5'] }),
    condition('Bool', { 'g:MFAPresent': true }, '5.0'),
    condition('DateLessThan', { 'g:CurrentTime': ['2024-02-29T23:59:59.123+02:00'] }),
    condition('StringEquals', { 'ecs:Flavor': ['x'] }),
  ]
  for (const document of documented) expect(readPolicy(document).statements).toHaveLength(1)
})
