/** The `helm` program as the port has it, on a simulated world. */

import { Problem } from '../../lib/problem.ts'
import type { Helm, HelmRelease } from '../cluster.ts'
import { render } from './charts/render.ts'
import { beginInstall, finishInstall, uninstall } from './helm-actions.ts'
import type { World } from './world.ts'

export function simulatedHelm(world: World): Helm {
  /** Releases that a helm of this program works on; they die with it, like its children. */
  const alive = new Set<string>()
  const idOf = (release: HelmRelease): string => `${release.namespace}/${release.name}`
  const begin = (signal: AbortSignal): void => {
    signal.throwIfAborted()
    world.catchUp()
    const { helmMissing, chartTrouble } = world.faults
    if (helmMissing) throw noHelm()
    if (chartTrouble !== undefined)
      throw new Problem({
        kind: 'unavailable',
        code: 'simulated/pull',
        text: `The chart cannot be pulled: ${chartTrouble}`,
      })
  }
  return {
    version: async (signal) => {
      signal.throwIfAborted()
      if (world.faults.helmMissing) throw noHelm()
      return 'v4.1.4'
    },
    template: async (release, chart, values, signal) => {
      begin(signal)
      const { objects, outside } = render(release, chart, values, false)
      return [...outside, ...objects]
    },
    install: async (release, chart, values, signal) => {
      begin(signal)
      world.reachable()
      const started = world.write((api) => beginInstall(api, release, chart, values))
      alive.add(idOf(release))
      try {
        await world.clock.sleep(world.faults.helmMs, signal)
        if (signal.aborted)
          throw new Problem({
            kind: 'aborted',
            code: 'simulated/aborted',
            text: `helm install ${release.name} was stopped before it ended.`,
          })
        world.catchUp()
        world.write((api) => finishInstall(api, started))
      } finally {
        alive.delete(idOf(release))
      }
    },
    uninstall: async (release, signal) => {
      begin(signal)
      world.reachable()
      if (alive.has(idOf(release)))
        throw new Problem({
          kind: 'conflict',
          code: 'simulated/alive',
          text: `A helm that works on release ${release.name} is still running.`,
        })
      world.write((api) => uninstall(api, release))
    },
  }
}

function noHelm(): Problem {
  return new Problem({
    kind: 'not-found',
    code: 'simulated/no-helm',
    text: 'The program helm was not found; install helm 3 or 4.',
  })
}
