/** The server of a data folder, in this process. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { Problem } from '../lib/problem.ts'
import { quoted } from './quoted.ts'
import type { OpenServer, World } from './world.ts'

export function openFolder(world: Pick<World, 'openServer'>, config: Config, data: string): Promise<OpenServer> {
  // A folder that a simulated mesh lives in is no use without it, whatever was typed this time.
  const simulated = config.simulated || existsSync(join(data, 'simulation'))
  return world.openServer({ ...config, data, simulated, listen: undefined })
}

export const noFolder = (data: string): Problem =>
  new Problem({
    kind: 'not-found',
    code: 'cli/no-data',
    text: `There is no folder ${data}. "meshlift serve --data ${quoted(data)}" or "meshlift cluster add" makes one.`,
  })
