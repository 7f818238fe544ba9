/** What the worker does: looks, what they decided, what went wrong, who holds the lease. */

import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import { assertNever } from '../lib/problem.ts'
import type { TaskDesk, TaskStore } from '../tasks/store.ts'
import type { WorkerEvent } from '../tasks/worker.ts'
import type { NoteBody } from '../upgrade/note.ts'
import { readRecord } from '../upgrade/record.ts'

/** The same store; each save is a look at an upgrade, and each note in it something new that was decided. */
export function countLooks<T extends TaskStore & TaskDesk>(store: T, registry: Registry): T {
  const looks = new Counter({
    name: 'meshlift_looks_total',
    help: 'Looks at upgrades that were written down, by stage.',
    labelNames: ['stage'],
    registers: [registry],
  })
  const verdicts = new Counter({
    name: 'meshlift_verdicts_total',
    help: 'What stages came to, each time it was something else than before: wait, act, done, hold, fail.',
    labelNames: ['stage', 'kind'],
    registers: [registry],
  })
  return {
    ...store,
    save: async (epoch, save) => {
      const task = await store.save(epoch, save)
      looks.labels(readRecord(save.state).stage).inc()
      for (const { body } of save.notes) {
        const { kind, stage } = body as NoteBody
        if (stage !== undefined) verdicts.labels(stage, kind).inc()
      }
      return task
    },
  }
}

export function countWork(registry: Registry): (event: WorkerEvent) => void {
  const lease = new Gauge({
    name: 'meshlift_lease_held',
    help: '1 while this process works on upgrades, 0 while another one does.',
    registers: [registry],
  })
  const failures = new Counter({
    name: 'meshlift_work_failures_total',
    help: 'Looks that failed (run) and databases that did not answer (store), by the code of the reason.',
    labelNames: ['what', 'code'],
    registers: [registry],
  })
  return (event) => {
    switch (event.what) {
      case 'lease-taken':
        return lease.set(1)
      case 'lease-lost':
      case 'lease-elsewhere':
        return lease.set(0)
      case 'run-failed':
        return failures.labels('run', event.problem.code).inc()
      case 'store-failed':
        return failures.labels('store', event.problem.code).inc()
      default:
        return assertNever(event)
    }
  }
}
