/** How many requests, how long, which refusals. Labels are names from the route table and codes of problems: never a path, never a person. */

import type { Server } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import { routes } from '../contract/routes.ts'
import type { RouteName } from '../contract/routes.ts'
import type { UpgradeDoor } from '../http/parts.ts'

/** Seconds; most answers take a few milliseconds, the slowest wait for a cluster. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

type Observe = (seconds: number) => void

/** Must be called before the app is ready. */
export function countRequests(app: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'meshlift_http_request_duration_seconds',
    help: 'Requests that were answered, by route, method and class of status. Streams are not among them.',
    labelNames: ['route', 'method', 'status'],
    buckets,
    registers: [registry],
  })
  const refusals = new Counter({
    name: 'meshlift_http_refusals_total',
    help: 'Requests that were refused, by the code of the reason.',
    labelNames: ['code'],
    registers: [registry],
  })
  countConnections(app.server, registry)

  // Made once for each route and class, so that a request costs one look and no text is put together.
  const kept = new Map<RouteName | undefined, Observe[]>()
  const observeOf = (route: RouteName | undefined, status: number): Observe => {
    const row = kept.get(route) ?? []
    const known = row[status]
    if (known) return known
    const made = durations.labels(route ?? 'none', route ? routes[route].method : 'none', `${status}xx`)
    const observe: Observe = (seconds) => made.observe(seconds)
    row[status] = observe
    kept.set(route, row)
    return observe
  }
  app.addHook('onResponse', (request, reply, done) => {
    // A stream lasts as long as its reader likes.
    if (!isStream(reply.getHeader('content-type')))
      observeOf(request.routeOptions.config.name, Math.floor(reply.statusCode / 100))(reply.elapsedTime / 1000)
    if (request.refusal !== undefined) refusals.labels(request.refusal).inc()
    done()
  })
}

const isStream = (type: unknown): boolean => typeof type === 'string' && type.startsWith('text/event-stream')

function countConnections(server: Server, registry: Registry): void {
  const open = new Gauge({
    name: 'meshlift_http_connections',
    help: 'Connections that are open.',
    registers: [registry],
    async collect() {
      open.set(
        await new Promise<number>((resolve) => {
          server.getConnections((_error, count) => resolve(count ?? 0))
        }),
      )
    },
  })
}

/** The same door; streams of notes are counted while they are read. */
export function countStreams(door: UpgradeDoor, registry: Registry): UpgradeDoor {
  const open = new Gauge({
    name: 'meshlift_note_streams',
    help: 'Streams of notes that are read at the moment.',
    registers: [registry],
  })
  async function* counted<T>(items: AsyncIterable<T>): AsyncIterable<T> {
    open.inc()
    try {
      yield* items
    } finally {
      open.dec()
    }
  }
  return {
    ...door,
    noteStream: (project, id, after, signal) => counted(door.noteStream(project, id, after, signal)),
  }
}
