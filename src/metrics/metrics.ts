/** Everything that /metrics shows. One registry a server, none for the process: two servers in one process stay apart. */

import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { UpgradeDoor } from '../http/parts.ts'
import type { TaskDesk, TaskStore } from '../tasks/store.ts'
import type { WorkerEvent } from '../tasks/worker.ts'
import { countRequests, countStreams } from './requests.ts'
import { countUpgrades } from './upgrades.ts'
import { countLooks, countWork } from './work.ts'

export interface Metrics {
  /** Each of these gives back the same port, counted. */
  tasks<T extends TaskStore & TaskDesk>(store: T): T
  upgrades(door: UpgradeDoor): UpgradeDoor
  /** Before the app is ready. */
  app(app: FastifyInstance): void
  readonly worker: (event: WorkerEvent) => void
  /** @param endsAt milliseconds since 1970 */
  certificate(endsAt: number): void
  /** In the text form of Prometheus. */
  readonly text: () => Promise<string>
}

export function openMetrics(version: string): Metrics {
  const registry = new Registry()
  // Of the process: memory, processor time, event loop, garbage collection, open files.
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'meshlift_build_info',
    help: 'Always 1; which version runs.',
    labelNames: ['version'],
    registers: [registry],
  })
    .labels(version)
    .set(1)
  let end: Gauge | undefined
  return {
    tasks: (store) => {
      countUpgrades(store, registry)
      return countLooks(store, registry)
    },
    upgrades: (door) => countStreams(door, registry),
    app: (app) => countRequests(app, registry),
    worker: countWork(registry),
    certificate(endsAt) {
      end ??= new Gauge({
        name: 'meshlift_tls_certificate_end_seconds',
        help: 'When the certificate that is used ends, in seconds since 1970.',
        registers: [registry],
      })
      end.set(endsAt / 1000)
    },
    text: () => registry.metrics(),
  }
}
