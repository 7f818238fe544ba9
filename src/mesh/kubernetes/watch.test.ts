import type { ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import type { Cluster, KubeObject } from '../cluster.ts'
import { namespaces, pods, services } from '../resources.ts'
import { json, listOf, loopbackApi, namespace, quickClock, refuse } from './loopback-api.ts'
import type { Asked, LoopbackApi } from './loopback-api.ts'

const { signal } = new AbortController()
const isWatch = ({ query }: Asked): boolean => query.get('watch') === '1'
const watchFrom =
  (version: string) =>
  (asked: Asked): boolean =>
    isWatch(asked) && asked.query.get('resourceVersion') === version

interface Scripted {
  readonly lists: () => number
  /** The answer to the next lists. */
  list: unknown
  /** Told each watch as it is opened; the newest one is `stream`. */
  onWatch: (asked: Asked, response: ServerResponse) => void
  readonly stream: () => ServerResponse
}

/** Lists answer `list`; watches stay open and quiet until the test writes into `stream`. */
function script(api: LoopbackApi, list: unknown): Scripted {
  let stream: ServerResponse | undefined
  const scripted: Scripted = {
    list,
    lists: () => api.requests.filter((asked) => asked.method === 'GET' && !isWatch(asked)).length,
    onWatch: (_asked, response) => response.writeHead(200).flushHeaders(),
    stream() {
      if (stream === undefined) throw new Error('no watch yet')
      return stream
    },
  }
  api.answer = (asked, response) => {
    if (asked.method !== 'GET') return
    if (!isWatch(asked)) return json(response, 200, scripted.list)
    stream = response
    scripted.onWatch(asked, response)
  }
  return scripted
}

function event(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`
}

async function names(cluster: Cluster): Promise<readonly string[]> {
  return (await cluster.list(namespaces, {}, signal)).map(
    ({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`,
  )
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Looks again at every change until it is so; the test's own time limit ends it when it never is. */
async function until(cluster: Cluster, fits: (found: readonly string[]) => boolean): Promise<readonly string[]> {
  for (;;) {
    const found = await names(cluster)
    if (fits(found)) return found
    await cluster.changed(50, signal)
  }
}

test('events are seen without another list, and wake who waits', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', [namespace('a', '3')]))
  const cluster = await api.connect({ clock: systemClock() })
  expect(await names(cluster)).toEqual(['a@3'])
  const opened = await api.until(watchFrom('5'))
  expect(Object.fromEntries(opened.query)).toMatchObject({
    allowWatchBookmarks: 'true',
    timeoutSeconds: expect.stringMatching(/^\d{3}$/),
  })
  await cluster.changed(0, signal)
  const woken = cluster.changed(60_000, signal)
  server.stream().write(event('ADDED', namespace('b', '6')))
  await woken
  expect(await names(cluster)).toEqual(['a@3', 'b@6'])
  server.stream().write(event('MODIFIED', namespace('a', '7')) + event('DELETED', namespace('b', '8')))
  expect(await until(cluster, (found) => found.length === 1)).toEqual(['a@7'])
  expect(server.lists()).toBe(1)
})

test('a change while nobody waits is not missed', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', []))
  const cluster = await api.connect({ clock: systemClock() })
  await names(cluster)
  await api.until(isWatch)
  await cluster.changed(0, signal) // the first list is a change, too
  server.stream().write(event('ADDED', namespace('b', '6')))
  while ((await names(cluster)).length === 0) await nextTurn()
  await expect(cluster.changed(60_000, signal)).resolves.toBeUndefined()
})

test('a watch that drops is taken up where it was, bookmarks included', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', []))
  await api
    .connect({ clock: systemClock(), limits: { firstPauseMs: 1 } })
    .then((cluster) => cluster.list(namespaces, {}, signal))
  await api.until(watchFrom('5'))
  server
    .stream()
    .write(event('ADDED', namespace('b', '6')) + event('BOOKMARK', { metadata: { resourceVersion: '40' } }), () =>
      server.stream().destroy(),
    )
  await api.until(watchFrom('40'))
  expect(server.lists()).toBe(1)
})

test('half an event at the end of a watch has not been delivered', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', []))
  await api
    .connect({ clock: systemClock(), limits: { firstPauseMs: 1 } })
    .then((cluster) => cluster.list(namespaces, {}, signal))
  await api.until(watchFrom('5'))
  server.stream().end(event('ADDED', namespace('b', '6')) + event('ADDED', namespace('c', '7')).slice(0, -3))
  expect((await api.until(watchFrom('6'))).path).toBe('/api/v1/namespaces')
})

test.each(['as an event', 'as a status'])('410 %s: everything is listed anew', async (how) => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', [namespace('a', '3')]))
  const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }
  server.onWatch = ({ query }, response) => {
    if (query.get('resourceVersion') !== '5') return response.writeHead(200).flushHeaders()
    server.list = listOf('90', [namespace('z', '80')])
    return how === 'as an event'
      ? response.writeHead(200).end(event('ERROR', gone))
      : refuse(response, 410, 'Expired', 'too old resource version')
  }
  const cluster = await api.connect({ clock: systemClock(), limits: { firstPauseMs: 1 } })
  await cluster.list(namespaces, {}, signal)
  await api.until(watchFrom('90'))
  expect(await until(cluster, (found) => found.includes('z@80'))).toEqual(['z@80'])
  expect(api.requests.filter(watchFrom('5'))).toHaveLength(1)
})

test('a watch without event and bookmark is opened anew; each of them puts that off', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', []))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const cluster = await api.connect({ limits: { silenceMs: 90_000 } })
    await names(cluster)
    await api.until(watchFrom('5'))
    // The timer starts when the headers have arrived; the first event proves that they have.
    server.stream().write(event('ADDED', namespace('b', '6')))
    while ((await names(cluster)).length === 0) await nextTurn()
    for (const version of ['7', '8', '9']) {
      vi.advanceTimersByTime(80_000)
      server.stream().write(event('MODIFIED', namespace('b', version)))
      while (!(await names(cluster)).includes(`b@${version}`)) await nextTurn()
    }
    expect(api.requests.filter(isWatch)).toHaveLength(1)
    vi.advanceTimersByTime(90_000)
    await api.until(watchFrom('9'))
  } finally {
    vi.useRealTimers()
  }
})

test('a list that was on its way does not bring back what the watch saw deleted meanwhile', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', [namespace('a', '3')]))
  const clock = quickClock()
  const cluster = await api.connect({ clock })
  await names(cluster)
  await api.until(isWatch)
  clock.at += 60_000
  const slow = Promise.withResolvers<ServerResponse>()
  const quick = api.answer
  api.answer = (asked, response) => (isWatch(asked) ? quick(asked, response) : slow.resolve(response))
  const found = names(cluster)
  const response = await slow.promise
  server.stream().write(event('DELETED', namespace('a', '8')) + event('ADDED', namespace('b', '9')))
  clock.at += 1
  // Answered from memory as soon as the events are in.
  while (!(await Promise.race([names(cluster), nextTurn().then((): readonly string[] => [])])).includes('b@9'))
    await nextTurn()
  json(response, 200, listOf('7', [namespace('a', '3')]))
  expect(await found).toEqual(['b@9'])
})

test.each([
  ['garbage', (response: ServerResponse) => response.writeHead(200).end('<html>\n')],
  ['an event without an object', (response: ServerResponse) => response.writeHead(200).end('{"type":"ADDED"}\n')],
  ['500', (response: ServerResponse) => refuse(response, 500, 'InternalError', 'no')],
  ['429', (response: ServerResponse) => refuse(response, 429, 'TooManyRequests', 'no', { 'retry-after': '7' })],
])('%s instead of a watch: pauses that grow, and lists that ask the server meanwhile', async (name, answer) => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', [namespace('a', '3')]))
  const clock = quickClock()
  let broken = 0
  server.onWatch = (_asked, response) => (++broken <= 4 ? answer(response) : response.writeHead(200).flushHeaders())
  const cluster = await api.connect({ clock, limits: { firstPauseMs: 100, longestPauseMs: 30_000 } })
  await names(cluster)
  await api.until(() => api.requests.filter(isWatch).length === 5)
  const pauses = clock.pauses.slice(0, 4)
  // Half to the whole of 100 ms, doubled each time, or what the server asked for.
  const least = (failed: number): number => (name === '429' ? 7_000 : 50 * 2 ** failed)
  const most = (failed: number): number => (name === '429' ? 7_000 : 100 * 2 ** failed)
  expect(pauses.map((pause, failed) => Math.min(Math.max(pause, least(failed)), most(failed)))).toEqual(pauses)
  clock.at += 5_000
  server.list = listOf('9', [namespace('a', '8')])
  expect(await names(cluster)).toEqual(['a@8'])
})

test('what was heard seconds ago counts; later the server is asked, and the watch goes on over it', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', [namespace('a', '3')]))
  const clock = quickClock()
  const cluster = await api.connect({ clock, limits: { freshMs: 4_000 } })
  await names(cluster)
  await api.until(watchFrom('5'))
  clock.at += 4_000
  await names(cluster)
  expect(server.lists()).toBe(1)
  // A half-dead connection: the server has moved on and the watch says nothing.
  clock.at += 1
  server.list = listOf('20', [namespace('b', '12')])
  expect(await names(cluster)).toEqual(['b@12'])
  expect(server.lists()).toBe(2)
  // It wakes up: old news change nothing, new ones do.
  server
    .stream()
    .write(
      event('MODIFIED', namespace('a', '7')) +
        event('DELETED', namespace('a', '8')) +
        event('ADDED', namespace('c', '21')),
    )
  expect(await until(cluster, (found) => found.length > 1)).toEqual(['b@12', 'c@21'])
})

test('a list that fails says so and never answers from memory', async () => {
  await using api = await loopbackApi()
  script(api, listOf('5', [namespace('a', '3')]))
  const clock = quickClock()
  const cluster = await api.connect({ clock })
  await names(cluster)
  api.answer = (_asked, response) => refuse(response, 503, 'ServiceUnavailable', 'etcd has no leader')
  clock.at += 60_000
  await expect(names(cluster)).rejects.toMatchObject({ kind: 'unavailable' })
})

test('an own write is seen at once, though the watch has not brought it', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', [namespace('a', '3'), namespace('b', '4')]))
  const cluster = await api.connect()
  await names(cluster)
  await api.until(isWatch)
  const lists = api.answer
  api.answer = (asked, response) =>
    asked.method === 'PATCH' ? json(response, 200, namespace('a', '30')) : lists(asked, response)
  await cluster.patch(namespaces, { name: 'a' }, [], signal)
  expect(await names(cluster)).toEqual(['a@30', 'b@4'])
  expect(server.lists()).toBe(1)
})

test('after a deletion and after a refused write the server is asked', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', [namespace('a', '3')]))
  const cluster = await api.connect()
  await names(cluster)
  const lists = api.answer
  api.answer = (asked, response) =>
    asked.method === 'DELETE'
      ? json(response, 200, { kind: 'Status', status: 'Success' })
      : asked.method === 'PATCH'
        ? refuse(response, 409, 'Conflict', 'changed')
        : lists(asked, response)
  await cluster.remove(namespaces, { name: 'a' }, 'uid-a', signal)
  server.list = listOf('9', [])
  expect(await names(cluster)).toEqual([])
  await expect(cluster.patch(namespaces, { name: 'a' }, [], signal)).rejects.toMatchObject({ kind: 'conflict' })
  server.list = listOf('12', [namespace('a', '11')])
  expect(await names(cluster)).toEqual(['a@11'])
})

test('namespace and labels are chosen from memory; pods are kept light', async () => {
  await using api = await loopbackApi()
  const pod = (name: string, space: string, app: string): unknown => ({
    metadata: {
      name,
      namespace: space,
      resourceVersion: '1',
      labels: { app },
      managedFields: [{ manager: 'kubelet' }],
    },
    spec: {
      volumes: [{ name: 'v' }],
      containers: [{ name: 'c', image: 'i', env: [{ name: 'E', value: '1' }], volumeMounts: [{}] }],
    },
  })
  const server = script(api, listOf('5', [pod('p', 'shop', 'web'), pod('q', 'shop', 'api'), pod('r', 'other', 'web')]))
  const cluster = await api.connect()
  const found: readonly KubeObject[] = await cluster.list(pods, { namespace: 'shop', labelSelector: 'app=web' }, signal)
  expect(found).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'shop', resourceVersion: '1', labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'i', env: [{ name: 'E', value: '1' }] }] },
    },
  ])
  await cluster.list(pods, { namespace: 'other' }, signal)
  expect(server.lists()).toBe(1)
})

test('Services are watched in the Istio namespace only', async () => {
  await using api = await loopbackApi()
  script(api, listOf('5', []))
  const cluster = await api.connect()
  await cluster.list(services, { namespace: 'shop' }, signal)
  await cluster.list(services, { namespace: 'istio-system' }, signal)
  expect((await api.until(isWatch)).path).toBe('/api/v1/namespaces/istio-system/services')
  expect(api.requests[0]?.path).toBe('/api/v1/namespaces/shop/services')
})

test('closing ends the watches', async () => {
  await using api = await loopbackApi()
  const server = script(api, listOf('5', []))
  const cluster = await api.connect()
  await names(cluster)
  await api.until(isWatch)
  const closed = new Promise((resolve) => server.stream().on('close', resolve))
  await cluster.close()
  await expect(closed).resolves.toBeUndefined()
})
