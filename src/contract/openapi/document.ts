/** The API described as OpenAPI 3.1, made from the table of routes. */

import type { TSchema } from 'typebox'
import type { Route } from '../route.ts'
import { routes } from '../routes.ts'
import type { RouteName } from '../routes.ts'
import { refusals, refusalsOf } from './refusals.ts'
import { schemaOf, schemas } from './schema.ts'
import type { Json } from './schema.ts'

/** What the documentation calls its operations; ours are called by their name in the table. */
const documentedNames: Partial<Readonly<Record<RouteName, string>>> = {
  createUpgrade: 'CreateCanaryUpgrade',
  getUpgrade: 'GetCanaryUpgrade',
  updateUpgrade: 'UpdateCanaryUpgrade',
  deleteUpgrade: 'DeleteCanaryUpgrade',
  getJob: 'GetCanaryUpgradeJob',
  createMesh: 'CreateMesh',
  deleteMesh: 'DeleteMesh',
  listMeshes: 'ListMeshes',
  getMesh: 'ShowMesh',
}

const tags = {
  tokens: 'Tokens and temporary access keys, as documented.',
  'mesh upgrades': 'The five documented operations on upgrades and their jobs.',
  meshes: 'The four documented operations on meshes.',
  extensions: 'What the documented API has no words for.',
  administration: 'Users, groups, projects, access keys, policies and the audit log.',
} as const
type Tag = keyof typeof tags

/** Written to docs/reference/openapi.json and served at /openapi.json. */
export function openApi(): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const path = (paths[route.path] ??= { parameters: pathParameters(route.path) })
    path[route.method.toLowerCase()] = operation(name, route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'meshlift',
      version: '1',
      description:
        'Canary upgrades for Istio meshes. The documented ASM Mesh Upgrade API below /v1/ and /v3/, and our own operations below /meshlift/v1/.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The server that this document was read from.' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [{ token: [] }, { signature: [] }],
    paths,
    components: {
      schemas: schemas(),
      responses: refusals(),
      headers: {
        'X-Request-Id': {
          description: 'By which the log of the server knows the request.',
          schema: { type: 'string' },
        },
        'X-Subject-Token': { description: 'The token.', schema: { type: 'string' } },
        ETag: { description: 'Of exactly this answer, for If-None-Match.', schema: { type: 'string' } },
        Allow: { description: 'The methods that the path has.', schema: { type: 'string' } },
        'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } },
      },
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'A token of POST /v3/auth/tokens.' },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description:
            'SDK-HMAC-SHA256 or V11-HMAC-SHA256 with an access key; X-Sdk-Date is always signed, and a temporary key sends X-Security-Token.',
        },
      },
    },
  }
}

function operation(name: RouteName, route: Route): Json {
  const parameters = [
    ...queryParameters(route.query),
    ...(route.etag ? [headerParameter('If-None-Match', 'An ETag: 304 and no body while nothing changed.')] : []),
    ...(route.events ? [headerParameter('Last-Event-ID', 'Events go on after this one.')] : []),
    ...(name === 'checkToken' ? [headerParameter('X-Subject-Token', 'The token to look at.', true)] : []),
  ]
  return {
    operationId: documentedNames[name] ?? name,
    summary: route.summary,
    tags: [tagOf(name, route)],
    ...(route.needs === 'anybody' ? { security: [] } : {}),
    ...permission(route),
    // Sent again it looks again; other signed writes are done once.
    ...(route.looks ? { 'x-only-looks': true } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } } }),
    responses: {
      [String(route.status)]: success(name, route),
      ...(route.etag ? { '304': { description: 'Nothing changed.' } } : {}),
      ...refusalsOf(route),
    },
  }
}

function success(name: RouteName, route: Route): Json {
  const headers = [
    'X-Request-Id',
    ...(route.etag ? ['ETag'] : []),
    ...(tokenAnswers.has(name) ? ['X-Subject-Token'] : []),
  ]
  return {
    description: route.status === 201 ? 'Made.' : 'Done.',
    headers: Object.fromEntries(headers.map((header) => [header, { $ref: `#/components/headers/${header}` }])),
    content: {
      'application/json': { schema: schemaOf(route.answer) },
      ...(route.events
        ? { 'text/event-stream': { schema: { type: 'string', description: 'One event for each item, as it comes.' } } }
        : {}),
    },
  }
}

const tokenAnswers: ReadonlySet<RouteName> = new Set(['createToken', 'checkToken'] as const)

function tagOf(name: RouteName, { family, path }: Route): Tag {
  if (family === 'iam') return 'tokens'
  if (family === 'ours') return path.startsWith('/meshlift/v1/iam/') ? 'administration' : 'extensions'
  return name.endsWith('Mesh') || name === 'listMeshes' ? 'meshes' : 'mesh upgrades'
}

function permission({ needs }: Route): Readonly<Record<string, Json>> {
  if (typeof needs === 'string') return { 'x-permission': needs }
  const { actions, alsoInRolePolicies, byRequest } = needs
  return {
    'x-permission': [...actions],
    ...(alsoInRolePolicies ? { 'x-permission-in-version-1.1': [...alsoInRolePolicies] } : {}),
    ...(byRequest ? { 'x-permission-by-request': [...byRequest] } : {}),
  }
}

const pathParameters = (path: string): Json =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }))

function queryParameters(query: TSchema | undefined): readonly Json[] {
  const properties =
    (query as { readonly properties?: Readonly<Record<string, TSchema>> } | undefined)?.properties ?? {}
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema: schemaOf(schema) }))
}

const headerParameter = (name: string, description: string, required = false): Json => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
})
