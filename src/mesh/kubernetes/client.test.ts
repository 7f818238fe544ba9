import { gzipSync } from 'node:zlib'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Problem } from '../../lib/problem.ts'
import type { Resource } from '../cluster.ts'
import { crds, deployments, namespaces, pods, secrets } from '../resources.ts'
import { json, kubeconfigFor, listOf, loopbackApi, namespace, quickClock, refuse, token } from './loopback-api.ts'

const { signal } = new AbortController()
const shop = { name: 'shop' }
const label = [{ op: 'add', path: '/metadata/labels/a', value: 'b' }] as const

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error as Problem,
  )
  if (thrown === undefined) throw new Error('no Problem')
  expect(JSON.stringify([thrown.message, thrown.facts, String(thrown.cause), thrown.stack])).not.toContain(token)
  return thrown
}

test('pages are put together, items say what they are, and the login and our name go along', async () => {
  await using api = await loopbackApi()
  api.answer = ({ query }, response) =>
    json(
      response,
      200,
      query.get('continue') === 'p2'
        ? listOf('9', [{ metadata: { name: 'b' } }])
        : listOf('9', [{ metadata: { name: 'a' } }], 'p2'),
    )
  const cluster = await api.connect({ version: '1.2.3' })
  const found = await cluster.list(secrets, { namespace: 'istio-system', labelSelector: 'owner=helm' }, signal)
  expect(found).toEqual([
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } },
  ])
  const [first, second] = api.requests
  expect(first?.path).toBe('/api/v1/namespaces/istio-system/secrets')
  expect(Object.fromEntries(first?.query ?? [])).toEqual({ limit: '500', labelSelector: 'owner=helm' })
  expect(second?.query.get('continue')).toBe('p2')
  expect(first?.headers).toMatchObject({ authorization: `Bearer ${token}`, 'user-agent': 'meshlift/1.2.3' })
})

test('a list of metadata asks for metadata; a compressed answer is read', async () => {
  await using api = await loopbackApi()
  api.answer = (_asked, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(
      gzipSync(
        JSON.stringify(
          listOf('9', [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } }]),
        ),
      ),
    )
  }
  const cluster = await api.connect()
  const [found] = await cluster.list(crds, { metadataOnly: true }, signal)
  expect(found).toEqual({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'a' },
  })
  expect(api.requests[0]?.headers.accept).toContain('as=PartialObjectMetadataList')
})

test('pages whose snapshot is gone (410) are asked from the start, once', async () => {
  await using api = await loopbackApi()
  let firsts = 0
  api.answer = ({ query }, response) => {
    if (query.get('continue') === 'old')
      return refuse(response, 410, 'Expired', 'The provided continue parameter is too old')
    firsts++
    json(
      response,
      200,
      firsts === 1 ? listOf('1', [namespace('gone', '1')], 'old') : listOf('2', [namespace('there', '2')]),
    )
  }
  const cluster = await api.connect()
  expect((await cluster.list(secrets, {}, signal)).map((object) => object.metadata.name)).toEqual(['there'])
})

test('writes carry their content types, field managers and preconditions', async () => {
  await using api = await loopbackApi()
  api.answer = (_asked, response) => json(response, 200, namespace('shop', '7'))
  const cluster = await api.connect()
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: shop }
  await cluster.patch(namespaces, shop, label, signal)
  await cluster.apply(namespaces, object, { manager: 'helm', force: true }, signal)
  await cluster.create(namespaces, object, { dryRun: true }, signal)
  await cluster.remove(namespaces, shop, 'u1', signal)
  const seen = api.requests.map(({ method, path, query, headers, body }) => [
    method,
    `${path}?${query.toString()}`,
    headers['content-type'],
    JSON.parse(body),
  ])
  expect(seen).toEqual([
    ['PATCH', '/api/v1/namespaces/shop?fieldManager=meshlift', 'application/json-patch+json', label],
    ['PATCH', '/api/v1/namespaces/shop?fieldManager=helm&force=true', 'application/apply-patch+yaml', object],
    ['POST', '/api/v1/namespaces?fieldManager=meshlift&dryRun=All', 'application/json', object],
    [
      'DELETE',
      '/api/v1/namespaces/shop?',
      'application/json',
      { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid: 'u1' } },
    ],
  ])
})

test('429 is obeyed and asked again, for writes too; the third one is told', async () => {
  await using api = await loopbackApi()
  const clock = quickClock()
  api.answer = (_asked, response) =>
    api.requests.length < 3
      ? refuse(response, 429, 'TooManyRequests', 'slow down', { 'retry-after': '2' })
      : json(response, 200, namespace('shop', '7'))
  const cluster = await api.connect({ clock })
  await cluster.patch(namespaces, shop, label, signal)
  expect(clock.pauses).toEqual([2000, 2000])
  api.answer = (_asked, response) => refuse(response, 429, 'TooManyRequests', 'slow down', { 'retry-after': '2' })
  expect(await problemOf(cluster.patch(namespaces, shop, label, signal))).toMatchObject({
    kind: 'unavailable',
    code: 'kubernetes/busy',
    retryAfterMs: 2000,
  })
  expect(api.requests).toHaveLength(6)
})

test('a wait longer than a call may take is left to the caller', async () => {
  await using api = await loopbackApi()
  api.answer = (_asked, response) => refuse(response, 429, 'TooManyRequests', 'slow down', { 'retry-after': '120' })
  const cluster = await api.connect()
  expect(await problemOf(cluster.version(signal))).toMatchObject({ kind: 'unavailable', retryAfterMs: 120_000 })
  expect(api.requests).toHaveLength(1)
})

test('a server error is asked again for a read, never for a write', async () => {
  await using api = await loopbackApi()
  api.answer = ({ method }, response) =>
    method === 'GET' && api.requests.length === 2
      ? json(response, 200, { gitVersion: 'v1.35.4' })
      : refuse(response, 500, 'InternalError', 'etcd is slow')
  const cluster = await api.connect()
  expect(await cluster.version(signal)).toBe('v1.35.4')
  expect(await problemOf(cluster.patch(namespaces, shop, label, signal))).toMatchObject({
    kind: 'unavailable',
    message: 'Cluster north: patch namespaces shop: etcd is slow',
  })
  expect(api.requests).toHaveLength(3)
})

test('a dropped connection is asked again for a read, never for a write', async () => {
  await using api = await loopbackApi()
  api.answer = ({ method }, response) =>
    method === 'GET' && api.requests.length === 2 ? json(response, 200, { gitVersion: 'v1.35.4' }) : response.destroy()
  const cluster = await api.connect()
  expect(await cluster.version(signal)).toBe('v1.35.4')
  expect(await problemOf(cluster.patch(namespaces, shop, label, signal))).toMatchObject({
    kind: 'unavailable',
    code: 'kubernetes/unreachable',
  })
  expect(api.requests).toHaveLength(3)
})

test.each([
  ['plain, with its length', { 'content-length': '4000' }, Buffer.from('{"gitVersion":"v1')],
  ['plain, in chunks', {}, Buffer.from('{"gitVersion":"v1')],
  ['compressed', { 'content-encoding': 'gzip' }, gzipSync(JSON.stringify({ gitVersion: 'v1.35.4' })).subarray(0, 20)],
])('an answer that is cut is not taken for a whole one: %s', async (_name, headers, part) => {
  await using api = await loopbackApi()
  api.answer = (_asked, response) => {
    response.writeHead(200, headers)
    response.write(part)
    setImmediate(() => response.destroy())
  }
  const cluster = await api.connect()
  const problem = await problemOf(cluster.version(signal))
  expect(problem).toMatchObject({ kind: 'unavailable', code: 'kubernetes/unreachable' })
})

test('a web page is not Kubernetes, neither with 200 nor with 404', async () => {
  await using api = await loopbackApi()
  let status = 200
  api.answer = (_asked, response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Sign in</html>')
  const cluster = await api.connect()
  const said = { kind: 'unavailable', code: 'kubernetes/not-kubernetes' }
  expect(await problemOf(cluster.list(secrets, {}, signal))).toMatchObject(said)
  expect(await problemOf(cluster.get(namespaces, shop, signal))).toMatchObject(said)
  status = 404
  // "Nothing there" would be a lie: a removal would go on in the belief that no pod is left.
  await expect(cluster.list(secrets, {}, signal)).rejects.toThrow('north')
  await expect(cluster.get(namespaces, shop, signal)).rejects.toThrow('north')
  status = 302
  expect(await problemOf(cluster.version(signal))).toMatchObject({ kind: 'unavailable' })
})

test('a resource that the server does not know gives nothing; an absent object is undefined and may be removed', async () => {
  await using api = await loopbackApi()
  api.answer = ({ path }, response) => {
    if (path === '/version') return json(response, 200, { gitVersion: 'v1.35.4' })
    if (path.includes('gateways')) return response.writeHead(404).end('404 page not found\n')
    return refuse(response, 404, 'NotFound', 'namespaces "shop" not found')
  }
  const cluster = await api.connect()
  const unknown: Resource = {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    plural: 'gateways',
    kind: 'Gateway',
    namespaced: true,
  }
  expect(await cluster.list(unknown, {}, signal)).toEqual([])
  expect(await cluster.get(namespaces, shop, signal)).toBeUndefined()
  await cluster.remove(namespaces, shop, 'u1', signal)
  expect(await problemOf(cluster.patch(namespaces, shop, label, signal))).toMatchObject({ kind: 'not-found' })
})

test('a slow answer is a timeout, and stopping ends the wait', async () => {
  await using api = await loopbackApi()
  api.answer = () => undefined
  const cluster = await api.connect({ limits: { readMs: 30 } })
  expect(await problemOf(cluster.version(signal))).toMatchObject({
    kind: 'timeout',
    message: expect.stringContaining('north'),
  })
  const stop = new AbortController()
  const patched = problemOf(cluster.patch(namespaces, shop, label, stop.signal))
  await api.until(({ method }) => method === 'PATCH')
  stop.abort()
  expect(await patched).toMatchObject({ kind: 'aborted' })
})

test('a login that is refused is tried once more with the kubeconfig as it is now', async () => {
  await using api = await loopbackApi()
  api.answer = ({ headers }, response) =>
    headers.authorization === 'Bearer renewed'
      ? json(response, 200, { gitVersion: 'v1.35.4' })
      : refuse(response, 401, 'Unauthorized', 'Unauthorized')
  const cluster = await api.connect()
  expect(await problemOf(cluster.version(signal))).toMatchObject({
    kind: 'unavailable',
    code: 'kubernetes/login-refused',
    message: expect.stringMatching(/^Cluster north refused the login.*Renew the kubeconfig/),
  })
  await writeFile(api.kubeconfig, kubeconfigFor(api.url, { token: 'renewed' }))
  expect(await cluster.version(signal)).toBe('v1.35.4')
})

test.each([
  [403, 'Forbidden', 'pods is forbidden: User "me" cannot list resource "pods" in API group ""', 'forbidden'],
  [403, 'Forbidden', 'pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged', 'rejected'],
  [403, 'Forbidden', 'pods "x" is forbidden: exceeded quota: q, requested: pods=1', 'rejected'],
  [400, 'BadRequest', 'admission webhook "rev.validation.istio.io" denied the request: no', 'rejected'],
  [
    500,
    'InternalError',
    'Internal error occurred: failed calling webhook "x": no endpoints available for service "istiod"',
    'rejected',
  ],
  [409, 'Conflict', 'Operation cannot be fulfilled: the object has been modified', 'conflict'],
  [409, 'AlreadyExists', 'pods "x" already exists', 'conflict'],
  [422, 'Invalid', 'the server rejected our request due to an error in our request', 'conflict'],
  [422, 'Invalid', 'Pod "x" is invalid: spec.containers: Required value', 'rejected'],
  [503, 'ServiceUnavailable', 'the server is currently unable to handle the request', 'unavailable'],
  [504, 'Timeout', 'request did not complete within the allotted timeout', 'timeout'],
])('%i %s "%s" is %s', async (code, reason, message, kind) => {
  await using api = await loopbackApi()
  api.answer = (_asked, response) => refuse(response, code, reason, message)
  const cluster = await api.connect()
  const problem = await problemOf(cluster.patch(deployments, { namespace: 'shop', name: 'web' }, label, signal))
  expect(problem).toMatchObject({
    kind,
    message: expect.stringMatching(/^Cluster north: patch deployments.apps shop\/web: /),
  })
})

test('permissions are asked by review', async () => {
  await using api = await loopbackApi()
  api.answer = (_asked, response) => json(response, 201, { status: { allowed: false } })
  const cluster = await api.connect()
  expect(await cluster.may('create', pods, { namespace: 'istio-system' }, signal)).toBe(false)
  expect(JSON.parse(api.requests[0]?.body ?? '')).toMatchObject({
    spec: {
      resourceAttributes: { verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'istio-system' },
    },
  })
})
