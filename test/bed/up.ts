// `npm run bed -- [--pair P|Q|R|U]`: one bed to play with, until ctrl-c.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { enterNamespace } from './control/namespace.ts'
import type { Inside } from './control/namespace.ts'
import { readyFile } from './inside-task.ts'
import type { InsideTask } from './inside-task.ts'
import { pairs } from './pairs.ts'
import type { PairName } from './pairs.ts'
import { say } from './say.ts'
import { bedFolder, scratchRoot } from './settings.ts'
import { stopOn } from './stop-on.ts'
import { until } from './time.ts'

function howTo(inside: Inside, folder: string, helm: string): string {
  const kubeconfig = join(folder, 'pki', 'admin.conf')
  return [
    '',
    `kubeconfig   ${kubeconfig}`,
    `one command  nsenter -t ${inside.pid} -n ${helm}/kubectl --kubeconfig ${kubeconfig} get pods -A`,
    `a shell      nsenter -t ${inside.pid} -n -m -p env KUBECONFIG=${kubeconfig} PATH=${helm}:$PATH bash`,
    `faults       echo '{"default": {"kind": "never-ready"}}' > ${join(folder, 'faults.json')}   (dead, slow-start; {} lifts all)`,
    `logs         ${join(folder, 'logs')}, istiods in ${join(folder, 'pods')}`,
    'ctrl-c ends it and removes everything.',
  ].join('\n')
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { pair: { type: 'string' } } })
  const pair = Object.keys(pairs).find((name): name is PairName => name === values.pair)
  if (values.pair !== undefined && pair === undefined) {
    say(`--pair ${values.pair}: there is ${Object.keys(pairs).join(', ')}`)
    return 2
  }
  const stop = stopOn('SIGINT', 'SIGTERM', 'SIGHUP')
  const installed = await build(stop)
  if (typeof installed === 'string') {
    say(installed)
    return 1
  }
  const folder = await mkdtemp(join(scratchRoot(), 'meshlift-bed-'))
  const task: InsideTask = { installed, folder, do: 'stay', ...(pair === undefined ? {} : { pair }) }
  const inside = await enterNamespace(join(bedFolder, 'inside.ts'), [JSON.stringify(task)], stop)
  try {
    const ready = until(
      { what: 'bed ready', within: 120_000, signal: stop },
      async () => existsSync(join(folder, readyFile)) || undefined,
    )
    const first = await Promise.race([ready, inside.ended])
    if (first !== true) return 1
    say(howTo(inside, folder, installed.helm))
    const stopped = new Promise<number>((resolve) => stop.addEventListener('abort', () => resolve(0)))
    return await Promise.race([stopped, inside.ended])
  } catch (error) {
    if (stop.aborted) return 0
    throw error
  } finally {
    await inside.end()
    await rm(folder, { recursive: true, force: true })
    say('bed: gone')
  }
}

process.exitCode = await main()
