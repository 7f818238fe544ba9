/** Random users, policies and resources, out of words so few that they meet. */

import * as fc from 'fast-check'
import type { Named } from '../../src/access/caller.ts'
import type { Directory, Grant, WrittenPolicy } from '../../src/access/directory/directory.ts'
import type { Question } from '../../src/access/permission.ts'
import type { Permission } from '../../src/contract/route.ts'
import { routes } from '../../src/contract/routes.ts'
import type { Document, WrittenStatement } from './reading.ts'

export const region = 'local'
const domain = { id: 'd0', name: 'Works' }
export const users: readonly Named[] = [
  { id: 'u1', name: 'ada' },
  { id: 'u2', name: 'Bob' },
]
export const projects: readonly Named[] = [
  { id: 'p1', name: 'north' },
  { id: 'p2', name: 'South' },
]
const enterpriseProjects = ['0', 'e1'] as const
const meshes = ['blue', 'black', 'red'] as const
const noon = Date.parse('2026-11-22T12:00:00Z')

const permissions: readonly Permission[] = [
  ...Object.values(routes).flatMap(({ needs }): readonly Permission[] => (typeof needs === 'string' ? [] : [needs])),
  ...['plan', 'execute', 'finish', 'rollback'].map((word) => ({
    actions: ['asm:mesh:upgrade', `meshlift:upgrade:${word}`] as const,
  })),
]

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const some = (values: fc.Arbitrary<string>) => fc.uniqueArray(values, { minLength: 1, maxLength: 3 })

export const tags: fc.Arbitrary<Readonly<Record<string, string>>> = fc.dictionary(
  oneOf('env', 'Env', 'age'),
  oneOf('prod', 'Prod', 'dev', '', '7'),
  { maxKeys: 3 },
)

const resources: fc.Arbitrary<Question['resource']> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        type: fc.constant('mesh' as const),
        id: oneOf(...meshes, '*'),
        enterpriseProject: oneOf(...enterpriseProjects),
        tags,
      },
      { requiredKeys: ['type', 'id'] },
    ),
  },
  {
    weight: 1,
    // What a cluster should not have: it must not count.
    arbitrary: fc.record(
      {
        type: fc.constant('cluster' as const),
        id: oneOf('c1', '*'),
        enterpriseProject: fc.constant('0'),
        tags: fc.constant({ env: 'prod' }),
      },
      { requiredKeys: ['type', 'id'] },
    ),
  },
)

export const questions: fc.Arbitrary<Question> = fc.record({
  caller: fc.record({ user: oneOf(...users), domain: fc.constant(domain), administrator: fc.constant(false) }),
  project: oneOf(...projects),
  permission: oneOf(...permissions),
  resource: resources,
  now: oneOf(noon, noon + 1000, noon + 86_400_000),
})

const upper = (text: string) => text.replace(/:(.)/g, (_, letter: string) => `:${letter.toUpperCase()}`)
const names = [
  ...new Set(permissions.flatMap(({ actions, alsoInRolePolicies = [] }) => [...actions, ...alsoInRolePolicies])),
]
const wide = ['asm:*:*', 'meshlift:*:*', 'asm:mesh:*', 'meshlift:upgrade:*', 'asm:mesh:*ist', 'asm:me*h:get*', '*:*:*']
const actions = {
  '1.1': fc.oneof(oneOf(...names), oneOf(...names.map(upper)), oneOf(...wide)),
  '5.0': fc.oneof(oneOf(...names), oneOf(...wide, '*', 'asm:m?sh:get', 'asm:mesh:?et', 'meshlift:upgrade:?*')),
}

const meshUrns = ['asm:*:*:mesh:*', `asm:${region}:${domain.id}:mesh:blue`, 'asm:*:*:mesh:bl*', 'asm:*:*:*:red']
const strange = [
  'asm:elsewhere:*:mesh:*',
  'asm:*:d1:mesh:*',
  'ecs:*:*:mesh:*',
  'asm:*:*:Mesh:*',
  'meshlift:*:*:cluster:*',
]
const urns = {
  '1.1': oneOf(...meshUrns, ...meshUrns, ...strange, '*:*:*:*:*', 'asm:lo*:d*:mesh:**'),
  '5.0': oneOf(...meshUrns, ...meshUrns, ...strange, '*', 'asm::*:mesh:*', 'asm:*:*:mesh:bl??', 'asm:*:d?:mesh:?*'),
}

const tagTexts = oneOf('prod', 'Prod', 'PROD', 'dev', 'p*', '*d', '????', '', '7')
const ages = oneOf('7', '6.5', '-1', '900')
const times = oneOf(
  '2026-11-22T12:00:00Z',
  '2026-11-22T13:00:00+01:00',
  '2026-11-22T12:00:00.5Z',
  '2026-11-24T00:00:00Z',
)
const textOf: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'g:DomainName': oneOf('Works', 'works', 'W*'),
  'g:EnterpriseProjectId': oneOf(...enterpriseProjects, 'e?'),
  'G:ProjectName': oneOf('north', 'NORTH', 'South', '*o*'),
  'g:ServiceName': oneOf('asm', 'meshlift', 'a?m'),
  'g:UserId': oneOf('u1', 'U2', 'u?'),
  'g:UserName': oneOf('ada', 'bob', 'Bob', 'AD'),
  'g:MFAPresent': oneOf('false', 'true'),
  'g:MFAAge': ages,
  'g:ResourceTag/env': tagTexts,
  'g:resourcetag/Env': tagTexts,
  'g:ResourceTag/age': ages,
  'ecs:Anything': tagTexts,
}
const families: readonly (readonly [readonly string[], fc.Arbitrary<string>, fc.Arbitrary<string> | undefined])[] = [
  [
    'Equals NotEquals EqualsIgnoreCase NotEqualsIgnoreCase Match NotMatch StartWith EndWith'
      .split(' ')
      .map((word) => `String${word}`),
    oneOf(...Object.keys(textOf)),
    undefined,
  ],
  [
    'Equals NotEquals LessThan LessThanEquals GreaterThan GreaterThanEquals'.split(' ').map((word) => `Number${word}`),
    oneOf('g:MFAAge', 'g:ResourceTag/age', 'g:UserName'),
    ages,
  ],
  [
    'LessThan LessThanEquals GreaterThan GreaterThanEquals'.split(' ').map((word) => `Date${word}`),
    oneOf('g:CurrentTime', 'g:CurrentTime', 'g:UserName'),
    times,
  ],
  [['Bool'], oneOf('g:MFAPresent', 'g:MFAAge'), oneOf('true', 'false')],
  [['Null'], oneOf('g:MFAAge', 'g:UserId', 'g:ResourceTag/env', 'g:EnterpriseProjectId'), oneOf('true', 'false')],
]

const condition = fc
  .record({
    family: fc.oneof(
      { weight: 5, arbitrary: oneOf(...families.slice(0, 1)) },
      { weight: 4, arbitrary: oneOf(...families.slice(1)) },
    ),
    prefix: oneOf('', '', '', 'ForAllValues:', 'ForAnyValue:'),
    suffix: oneOf('', '', 'IfExists'),
  })
  .chain(({ family: [operators, keys, values], prefix, suffix }) =>
    fc.tuple(oneOf(...operators), keys).chain(([operator, key]) =>
      some(values ?? textOf[key] ?? tagTexts).map((list) => ({
        operator: operator === 'Null' ? operator : `${prefix}${operator}${suffix}`,
        key,
        list,
      })),
    ),
  )

const conditions = fc
  .oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 5, arbitrary: fc.array(condition, { minLength: 1, maxLength: 2 }) },
  )
  .map((all) => {
    const written: Record<string, Record<string, readonly string[]>> = {}
    for (const { operator, key, list } of all) written[operator] = { ...written[operator], [key]: list }
    return written
  })

function statements(version: '1.1' | '5.0'): fc.Arbitrary<WrittenStatement> {
  const isNew = version === '5.0'
  return fc
    .record({
      effect: oneOf(...(['Allow', 'Allow', 'Allow', 'Deny', 'Deny'] as const)),
      action: some(actions[version]),
      resource: fc.option(some(urns[version]), { nil: undefined }),
      not: fc.record({ action: oneOf(false, false, isNew), resource: oneOf(false, false, isNew) }),
      condition: fc.option(conditions, { nil: undefined }),
      alone: fc.constant(isNew).chain((may) => (may ? fc.boolean() : fc.constant(false))),
    })
    .map(({ effect, action, resource, not, condition: when, alone }) => {
      const texts = (list: readonly string[]) => (alone && list.length === 1 ? (list[0] ?? '') : list)
      return {
        Effect: effect,
        [not.action ? 'NotAction' : 'Action']: texts(action),
        ...(resource && { [not.resource ? 'NotResource' : 'Resource']: texts(resource) }),
        ...(when && { Condition: when }),
      }
    })
}

/** Valid ones: what is refused has tests of its own. */
export const documents: fc.Arbitrary<Document> = oneOf('1.1' as const, '5.0' as const).chain((version) =>
  fc.record({
    Version: fc.constant(version),
    Statement: fc.array(statements(version), { minLength: 1, maxLength: 3 }),
  }),
)

const holders = oneOf<Pick<Grant, 'user' | 'group'>>({ user: 'u1' }, { user: 'u2' }, { group: 'g1' }, { group: 'g2' })
const groupHolders = oneOf<Pick<Grant, 'user' | 'group'>>({ group: 'g1' }, { group: 'g2' })
const scopes = oneOf<Pick<Grant, 'project' | 'enterpriseProject'>>(
  {},
  {},
  { project: 'p1' },
  { project: 'p2' },
  { enterpriseProject: '0' },
  { enterpriseProject: 'e1' },
)
const systemIds = ['asm-full-access-1', 'asm-read-only-access-1', 'asm-full-access-5', 'asm-read-only-access-5']

/** Of a policy of one version, as the office allows it. */
const grantOf = (version: string) =>
  version === '1.1'
    ? fc.tuple(groupHolders, scopes).map(([holder, scope]) => ({ ...holder, ...scope }))
    : holders.map((holder) => ({ ...holder }))

const given = fc.oneof(
  { weight: 6, arbitrary: documents.chain((document) => fc.tuple(fc.constant(document), grantOf(document.Version))) },
  {
    weight: 1,
    arbitrary: oneOf(...systemIds).chain((id) => fc.tuple(fc.constant(id), grantOf(id.endsWith('1') ? '1.1' : '5.0'))),
  },
)

/** Ada is in both groups, Bob in one. */
export const directories: fc.Arbitrary<Directory> = fc.array(given, { minLength: 2, maxLength: 6 }).map((all) => {
  const policies = new Map<string, WrittenPolicy>()
  const grants = new Map<string, Grant>()
  for (const [at, [what, grant]] of all.entries()) {
    const policy = typeof what === 'string' ? what : `policy-${at}`
    if (typeof what !== 'string')
      policies.set(policy, { id: policy, name: policy, version: what.Version, document: what })
    grants.set(`grant-${at}`, { id: `grant-${at}`, policy, ...grant })
  }
  return {
    domain,
    users: new Map(
      users.map((user) => [user.id, { ...user, enabled: true, administrator: false, generation: 0, createdAt: 0 }]),
    ),
    groups: new Map([
      ['g1', { id: 'g1', name: 'ops', members: ['u1', 'u2'] }],
      ['g2', { id: 'g2', name: 'leads', members: ['u1'] }],
    ]),
    projects: new Map(projects.map((project) => [project.id, project])),
    enterpriseProjects: new Map([['e1', { id: 'e1', name: 'shop' }]]),
    keys: new Map(),
    policies,
    grants,
  }
})
