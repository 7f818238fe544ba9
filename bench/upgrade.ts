// One whole upgrade by the program, told as what it took: time, requests, bytes, memory.
import { setTimeout as delay } from 'node:timers/promises'
import type { Bed } from '../test/bed/bed.ts'
import { readAudit } from '../test/bed/look/audit.ts'
import { relayToApiServer } from '../test/bed/look/wire.ts'
import type { Pair } from '../test/bed/pairs.ts'
import { adopt } from '../test/bed/program/mesh.ts'
import { startUpgrade } from '../test/bed/program/upgrade.ts'
import type { StepName } from '../test/bed/program/upgrade.ts'
import { stopwatch } from '../test/bed/time.ts'
import type { Spent, UpgradeFigures } from './inside-task.ts'
import { detailOf, kindOf, tally } from './requests.ts'
import { computedBy, memoryOf } from './usage.ts'

/** Long enough that what starting left behind is collected, and that something regular would show. */
const idleMs = 20_000

const patience = 150_000

export async function measureUpgrade(bed: Bed, pair: Pair): Promise<UpgradeFigures> {
  const wire = await relayToApiServer()
  const { identity, program, ...adopted } = await adopt({ bed, as: 'administrator' }, pair, { server: wire.server })

  const spending = async (work: () => Promise<unknown>): Promise<Spent> => {
    const before = { lines: (await ours()).length, bytes: wire.bytes() }
    const elapsed = stopwatch()
    await work()
    const ms = elapsed()
    const lines = (await ours()).slice(before.lines)
    const { sent, received } = wire.bytes()
    const bytes = { sent: sent - before.bytes.sent, received: received - before.bytes.received }
    return { ms, bytes, requests: tally(lines, kindOf), detail: tally(lines, detailOf) }
  }
  const ours = async () => (await readAudit(bed.auditLog)).filter(({ user }) => user === identity.user)

  // Shown once, so that the cluster is connected and whatever stays open is open.
  await adopted.client.asm('GET', `/meshes/${adopted.meshId}`)
  const idle = await spending(() => delay(idleMs, undefined, { signal: bed.signal }))
  const memory = { idle: (await memoryOf(program.pid)).now }

  const begun = await computedBy(program.pid)
  const upgrading = startUpgrade(bed, { identity, program, ...adopted }, pair.to.version)
  const PreCheck = await spending(async () => (await upgrading).carryOut('PreCheck', patience))
  const upgrade = await upgrading
  const step = (name: StepName): Promise<Spent> => spending(() => upgrade.carryOut(name, patience))
  const steps = {
    PreCheck,
    ControlPlaneUpgrade: await step('ControlPlaneUpgrade'),
    DataPlaneUpgrade: await step('DataPlaneUpgrade'),
    PostUpgrade: await step('PostUpgrade'),
  }
  const { state } = await upgrade.detail()
  if (state !== 'Success') throw new Error(`the upgrade ended in ${state}`)
  const computed = (await computedBy(program.pid)) - begun
  const { peak } = await memoryOf(program.pid)
  await program.stop()
  await wire.close()
  const fromFirstPut = steps.ControlPlaneUpgrade.ms + steps.DataPlaneUpgrade.ms + steps.PostUpgrade.ms
  return { steps, fromFirstPut, idle, memory: { ...memory, peak }, computed }
}
