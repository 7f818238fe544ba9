/**
 * The rules of policies (asm-api 8.2 to 8.5 and what was decided about them), read once more and written as plainly as
 * they can be: slow, nothing kept, nothing shared with the program but the documents of the system policies.
 */

import type { Directory, Grant } from '../../src/access/directory/directory.ts'
import type { Question } from '../../src/access/permission.ts'
import { systemPolicies } from '../../src/access/policy/system.ts'

export type Verdict = 'administrator' | 'denied' | 'allowed' | 'default'

type Texts = string | readonly string[]
export interface WrittenStatement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: Texts
  readonly NotAction?: Texts
  readonly Resource?: Texts
  readonly NotResource?: Texts
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Texts>>>>
}
export interface Document {
  readonly Version: '1.1' | '5.0'
  readonly Statement: readonly WrittenStatement[]
}

export function reading(question: Question, directory: Directory, region: string): Verdict {
  if (question.caller.administrator) return 'administrator'
  const effects = [...directory.grants.values()]
    .filter((grant) => isHeld(grant, question, directory))
    .map((grant) => [...directory.policies.values(), ...systemPolicies].find(({ id }) => id === grant.policy))
    .map((policy) => policy?.document as Document)
    .flatMap(({ Version, Statement }) =>
      Statement.filter((statement) => applies(statement, Version, question, region)).map(({ Effect }) => Effect),
    )
  if (effects.includes('Deny')) return 'denied'
  return effects.includes('Allow') ? 'allowed' : 'default'
}

function isHeld(grant: Grant, { caller, project, resource }: Question, { groups }: Directory): boolean {
  const members = groups.get(grant.group ?? '')?.members ?? []
  if (grant.user !== caller.user.id && !members.includes(caller.user.id)) return false
  if (grant.project !== undefined) return grant.project === project.id
  if (grant.enterpriseProject === undefined) return true
  return resource.type === 'mesh' && grant.enterpriseProject === resource.enterpriseProject
}

const list = (texts: Texts): readonly string[] => (typeof texts === 'string' ? [texts] : texts)

/** The alphabet of the tests is small and their patterns are short, so a regular expression will do. */
function glob(written: string, text: string, one: boolean, flags = ''): boolean {
  const signs: Readonly<Record<string, string>> = { '*': '.*', ...(one ? { '?': '.' } : {}) }
  const source = written.replace(/[^A-Za-z0-9]/g, (sign) => signs[sign] ?? `\\${sign}`)
  return new RegExp(`^${source}$`, `s${flags}`).test(text)
}

function applies(statement: WrittenStatement, version: '1.1' | '5.0', question: Question, region: string): boolean {
  const { permission, resource, caller } = question
  const one = version === '5.0'
  const asked = [...permission.actions, ...(version === '1.1' ? (permission.alsoInRolePolicies ?? []) : [])]
  const isNamed = (names: Texts) => (action: string) =>
    list(names).some((name) => name === '*' || glob(name, action, one, 'i'))
  // "Everything except": what has an excepted name is excepted under its other names too.
  const names =
    statement.NotAction === undefined
      ? asked.filter(isNamed(statement.Action ?? []))
      : asked.some(isNamed(statement.NotAction))
        ? []
        : asked

  const isMeant = (urns: Texts): boolean =>
    list(urns).some((urn) => {
      if (urn === '*') return true
      const [service = '', area = '', domain = '', type = '', ...rest] = urn.split(':')
      const path = rest.join(':')
      return (
        glob(service, resource.type === 'mesh' ? 'asm' : 'meshlift', one) &&
        glob(area, region, one) &&
        glob(domain, caller.domain.id, one) &&
        glob(type, resource.type, one) &&
        // Something that has no id yet is named only by what names everything.
        (resource.id === '*' ? path.replaceAll('*', '') === '' : glob(path, resource.id, one))
      )
    })
  if (statement.Resource !== undefined && !isMeant(statement.Resource)) return false
  if (statement.NotResource !== undefined && isMeant(statement.NotResource)) return false

  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: list(values) })),
  )
  return names.some((action) =>
    conditions.every(({ operator, key, values }) => holds(operator, contextOf(question, action, key), values)),
  )
}

function contextOf({ caller, project, resource, now }: Question, action: string, key: string): string | undefined {
  if (key.toLowerCase().startsWith('g:resourcetag/'))
    return resource.type === 'mesh' ? resource.tags?.[key.slice('g:resourcetag/'.length)] : undefined
  const context: Readonly<Record<string, string | undefined>> = {
    'g:currenttime': new Date(now).toISOString(),
    'g:domainname': caller.domain.name,
    'g:mfapresent': 'false',
    'g:projectname': project.name,
    'g:servicename': action.split(':')[0],
    'g:userid': caller.user.id,
    'g:username': caller.user.name,
    'g:enterpriseprojectid': resource.type === 'mesh' ? resource.enterpriseProject : undefined,
  }
  return context[key.toLowerCase()]
}

function holds(written: string, actual: string | undefined, values: readonly string[]): boolean {
  if (written === 'Null') return values.includes(actual === undefined ? 'true' : 'false')
  const operator = written.replace(/^For(All|Any)Values?:/, '').replace(/IfExists$/, '')
  const negative = operator.includes('Not')
  if (actual === undefined) {
    if (written.endsWith('IfExists') || written.startsWith('ForAll')) return true
    return negative && !written.startsWith('ForAny')
  }
  const some = values.some((value) => compare(operator.replace('Not', ''), actual, value))
  return negative ? !some : some
}

function compare(operator: string, actual: string, value: string): boolean {
  const [a, v] = [actual.toLowerCase(), value.toLowerCase()]
  const [, family, order] = /^(Number|Date)(.*)$/.exec(operator) ?? []
  if (family !== undefined) {
    const [left, right] = family === 'Number' ? [numeric(actual), Number(value)] : [isoTime(actual), Date.parse(value)]
    if (order === 'Equals') return left === right
    const less = left < right
    return (order?.startsWith('Less') ? less : left > right) || (order?.endsWith('Equals') === true && left === right)
  }
  if (operator === 'StringEquals') return actual === value
  if (operator === 'StringMatch') return glob(value, actual, true)
  if (operator === 'StringStartWith') return a.startsWith(v)
  if (operator === 'StringEndWith') return a.endsWith(v)
  return a === v // StringEqualsIgnoreCase, Bool
}

const numeric = (text: string): number => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN)
const isoTime = (text: string): number => (/^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN)
