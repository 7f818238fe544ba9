/** `demo`: a simulated mesh is served, and upgraded before your eyes. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import type { UpgradeDetail } from '../../contract/extensions.ts'
import { offer } from '../cli.ts'
import type { Cli, Run, ServedRun } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findMesh } from '../find.ts'
import { goForward } from '../go-forward.ts'
import { removeServerFile, writeServerFile } from '../server-file.ts'
import { simulationSettings } from '../server-settings.ts'
import { openSession } from '../session.ts'
import { standingOf } from '../standing.ts'
import { startOrFind } from '../start.ts'
import { conclude, describe, newestNote, waiter } from '../steer.ts'
import { until } from '../until.ts'

const mesh = 'demo'
const target = '1.31'

export const demoCommand = (cli: Cli): Command =>
  offer(
    new Command('demo')
      .summary('watch an upgrade of a simulated mesh')
      .description(
        'Serves a simulated mesh called demo and takes it through all four steps of an upgrade. Needs no cluster. ' +
          'With --data it can be stopped at any moment and goes on where it stood when it is started again.',
      )
      .option('--once', 'end when the upgrade ends, instead of serving on')
      .addHelpText(
        'after',
        `
Examples:
  meshlift demo
  meshlift demo --once --speed 50
  meshlift demo --data ./try --listen 127.0.0.1:7480

With --once it ends with 0 when the upgrade succeeded, 9 otherwise.`,
      ),
    ['listen', ...simulationSettings],
  ).action(({ once }: { readonly once?: true }, command: Command) =>
    cli.run(command, (run) => demo(run, once === true), { speed: demoSpeed, listen: '127.0.0.1:0', logLevel: 'error' }),
  )

/** The whole story takes about half a minute then: slow enough to be read, quick enough to be watched. */
const demoSpeed = 1.25

async function demo(run: Run, once: boolean): Promise<number> {
  const { loaded, world, print, signal } = run
  const { config } = loaded
  const data = config.data ?? (await mkdtemp(join(tmpdir(), 'meshlift-demo-')))
  const kept = config.data !== undefined
  try {
    const server = await world.openServer({ ...config, data, simulated: true })
    try {
      const { url } = server
      if (url !== undefined) {
        await writeServerFile(data, { url, pid: world.pid })
        print.say(`Serving a simulated mesh on ${url}; how to log in stands in ${join(data, 'admin.json')}.`)
        print.say(`In another terminal: meshlift status --data ${data}`)
      }
      const session = await openSession(
        {
          at: { baseUrl: url ?? 'http://in-process', fetch: server.fetch },
          who: server.credentials,
          inProcess: true,
          where: ` --data ${data}`,
          close: async () => {},
        },
        signal,
      )
      const exitCode = await show({ ...run, session }, kept ? `meshlift demo --data ${data}` : undefined)
      if (!once) {
        print.say('Serving on until ctrl-c.')
        await until(signal)
      }
      return exitCode
    } finally {
      await removeServerFile(data, world.pid)
      await server.close()
    }
  } finally {
    if (!kept) await rm(data, { recursive: true, force: true })
  }
}

async function show(run: ServedRun, again: string | undefined): Promise<number> {
  const found = await findMesh(run.session, mesh, run.signal)
  const earlier = await succeededBefore(run, found.metadata.uid)
  if (earlier !== undefined) return conclude(run, earlier, exitCodes.done)
  const { upgrade, found: wasThere } = await startOrFind(run, found, target)
  const wait = waiter(run, { after: wasThere ? await newestNote(run, upgrade.id) : 0, goOn: () => again })
  const ended = await goForward(run, upgrade.id, 'PostUpgrade', wait)
  return conclude(run, ended, standingOf(ended) === 'succeeded' ? exitCodes.done : exitCodes.failed)
}

/** A data folder of a demo that came to its end: there is nothing left to upgrade. */
async function succeededBefore(run: ServedRun, meshId: string): Promise<UpgradeDetail | undefined> {
  const { items } = await run.session.call('listUpgrades', { query: { mesh: meshId } }, run.signal)
  const newest = items[0]
  return newest !== undefined && standingOf(newest) === 'succeeded' ? describe(run, newest.id) : undefined
}
