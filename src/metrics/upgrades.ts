/** How many upgrades are in which state. Only those that changed since the last question are read again. */

import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { UpgradeState } from '../contract/upgrades.ts'
import type { Task, TaskDesk } from '../tasks/store.ts'
import type { UpgradeCommand } from '../upgrade/commands.ts'
import { readRecord } from '../upgrade/record.ts'
import { meshUpgradeView } from '../upgrade/view.ts'

export function countUpgrades(desk: Pick<TaskDesk, 'list' | 'read' | 'watch'>, registry: Registry): void {
  const known = new Map<string, UpgradeState>()
  // Undefined until the first question: only then is everything read, once.
  let changed: Set<string> | undefined
  const gauge = new Gauge({
    name: 'meshlift_upgrades',
    help: 'Upgrades that are kept, by state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      if (changed === undefined) {
        changed = new Set()
        for (const task of await desk.list({})) known.set(task.id, stateOf(task))
      }
      const again = [...changed]
      changed.clear()
      for (const id of again) {
        const task = await desk.read(id)
        if (task) known.set(id, stateOf(task))
        else known.delete(id)
      }
      gauge.reset()
      for (const state of known.values()) gauge.labels(state).inc()
    },
  })
  desk.watch((id) => changed?.add(id))
}

function stateOf({ state, command }: Task): UpgradeState {
  const open = command && { id: command.id, body: command.body as UpgradeCommand, at: command.at }
  return meshUpgradeView({ record: readRecord(state), open }).status.state
}
