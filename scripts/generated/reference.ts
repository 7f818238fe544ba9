// The reference, written from the contract: docs/reference.
import { actions } from '../../src/contract/actions.ts'
import { openApi } from '../../src/contract/openapi/document.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: string | number | boolean
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly [string]
  readonly 'x-permission': string | readonly string[]
  readonly 'x-permission-in-version-1.1'?: readonly string[]
  readonly 'x-permission-by-request'?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}

interface Document {
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly responses: Readonly<Record<string, { readonly description: string }>>
  }
}

/** The document as it is served. */
export const openApiFile = (): string => `${JSON.stringify(openApi(), undefined, 2)}\n`

/** The same for people: operations by kind, then shapes. */
export function apiPage(): string {
  const document = openApi() as unknown as Document
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const chapters = document.tags.flatMap(({ name, description }) => [
    `## ${name[0]?.toUpperCase()}${name.slice(1)}`,
    '',
    description,
    '',
    ...operations
      .filter(({ operation }) => operation.tags[0] === name)
      .flatMap(({ path, method, operation }) => [
        `### ${operation.operationId}`,
        '',
        operation.summary,
        '',
        `\`${method} ${path}\``,
        '',
        ...facts(operation).map((fact) => `- ${fact}`),
        '',
      ]),
  ])
  const refusals = Object.entries(document.components.responses)
    .map(([name, { description }]) => `| ${name.split('-')[1]} | ${name.split('-')[0]} | ${description} |`)
    .toSorted()
  const shapes = Object.entries(document.components.schemas).flatMap(([name, schema]) => [
    `### ${name}`,
    '',
    ...shape(schema),
    '',
  ])
  return [
    '# API',
    '',
    'Written from the contract; the same as OpenAPI 3.1 is [openapi.json](openapi.json), which a running server serves at `/openapi.json`. Actions of policies: [actions](actions.md).',
    '',
    ...chapters,
    '## Refusals',
    '',
    'Who speaks decides how a refusal looks: the gate in front of all routes (`GatewayAnswer`), the documented service and ours (`ErrorAnswer`), or the token routes (`IamAnswer`).',
    '',
    '| status | from | means |',
    '|---|---|---|',
    ...refusals,
    '',
    '## Shapes',
    '',
    'A member is always there unless it says that it may be absent.',
    '',
    ...shapes,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

function facts(operation: Operation): readonly string[] {
  const body = operation.requestBody?.content['application/json']?.schema
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))
  const answer = success?.[1].content?.['application/json']?.schema
  return [
    `needs: ${needed(operation)}`,
    ...(operation.parameters ?? []).map((one) => `${one.in} \`${one.name}\`: ${typeOf(one.schema)}`),
    ...(body === undefined ? [] : [`body: ${typeOf(body)}`]),
    `answer: ${success?.[0]} ${answer === undefined ? '' : typeOf(answer)}`.trimEnd(),
    ...(success?.[1].content?.['text/event-stream'] ? ['answer as events: `Accept: text/event-stream`'] : []),
    `refusals: ${Object.keys(operation.responses)
      .filter((status) => !status.startsWith('2'))
      .join(', ')}`,
  ]
}

function needed(operation: Operation): string {
  const needs = operation['x-permission']
  if (typeof needs === 'string') return who(needs)
  const role = operation['x-permission-in-version-1.1'] ?? []
  const asked = operation['x-permission-by-request'] ?? []
  return [
    quoted(needs, ' or '),
    ...(role.length > 0 ? [`in policies of Version 1.1 ${quoted(role, ' or ')} too`] : []),
    ...(asked.length > 0 ? [`by what is asked for, one of ${quoted(asked, ', ')} too`] : []),
  ].join('; ')
}

const quoted = (names: readonly string[], between: string): string => names.map((one) => `\`${one}\``).join(between)

const who = (needs: string): string =>
  ({ anybody: 'nobody to be known', caller: 'a caller who is known', administrator: 'an administrator' })[needs] ??
  needs

function shape(schema: Schema): readonly string[] {
  if (schema.properties === undefined) return [`${typeOf(schema)}.`]
  return [
    '| member | type | |',
    '|---|---|---|',
    ...members(schema, '').map(([name, type, more]) => `| \`${name}\` | ${type} | ${more} |`),
  ]
}

/** Nested members are told in one table: `metadata.name`, `items[].id`. */
function members(schema: Schema, above: string): readonly (readonly [string, string, string])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = `${above}${name}`
    const more = [schema.required?.includes(name) ? '' : 'May be absent.', inner.description ?? ''].join(' ').trim()
    const [deeper, mark] = inner.items === undefined ? [inner, '.'] : [inner.items, '[].']
    return [
      [path, typeOf(inner), more.replaceAll('|', '\\|')] as const,
      ...(deeper.$ref === undefined ? members(deeper, `${path}${mark}`) : []),
    ]
  })
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace(/^.*\//, '')
    return `[${name}](#${name.toLowerCase()})`
  }
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${String(one)}\``).join(', ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`
  if (schema.patternProperties !== undefined) return 'texts by name'
  if (schema.minimum !== undefined || schema.maximum !== undefined)
    return `${schema.type}, ${schema.minimum ?? ''} to ${schema.maximum ?? ''}`
  return schema.type ?? 'anything'
}

/** Every action that policies know, and the operations that ask for it. */
export function actionsPage(): string {
  const document = openApi() as unknown as Document
  const asking = (action: string): string =>
    Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .filter((operation) =>
        [operation['x-permission'], operation['x-permission-by-request'] ?? []].flat().includes(action),
      )
      .map(({ operationId }) => operationId)
      .join(', ')
  return [
    '# Actions',
    '',
    'What policies can allow or deny; written from the contract. An operation that names several is allowed by any of them and denied by any of them. UpdateCanaryUpgrade asks, beside `asm:mesh:upgrade`, for the one that fits what is asked: plan (PreCheck), execute (ControlPlaneUpgrade, DataPlaneUpgrade), finish (PostUpgrade) or rollback.',
    '',
    '| action | may | level | resource | operations |',
    '|---|---|---|---|---|',
    ...Object.entries(actions).map(
      ([name, { grants, level, resource }]) => `| \`${name}\` | ${grants} | ${level} | ${resource} | ${asking(name)} |`,
    ),
    '',
  ].join('\n')
}
