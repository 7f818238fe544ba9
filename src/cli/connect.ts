/** Which server is talked to: one named, the one that a data folder belongs to, or one in this process. */

import { existsSync } from 'node:fs'
import type { Loaded } from '../config.ts'
import { Problem } from '../lib/problem.ts'
import { credentialsFrom } from './credentials.ts'
import { noFolder, openFolder } from './open-folder.ts'
import { quoted } from './quoted.ts'
import { runningServer } from './server-file.ts'
import { openSession } from './session.ts'
import type { Session } from './session.ts'
import type { World } from './world.ts'

export interface ConnectOptions {
  readonly loaded: Loaded
  readonly world: Pick<World, 'fetch' | 'openServer' | 'clock'>
  /** A data folder that is not there yet is made; else a mistyped one would look like an empty server. */
  readonly mayCreate: boolean
  readonly signal: AbortSignal
}

export async function connect({
  loaded: { config, origin },
  world,
  mayCreate,
  signal,
}: ConnectOptions): Promise<Session> {
  const { server, data } = config
  const named = (name: 'server' | 'data', value: string): string =>
    origin[name] === 'flag' ? ` --${name} ${quoted(value)}` : ''
  const dataFlag = data === undefined ? '' : named('data', data)
  const credentials = () => credentialsFrom(config, () => world.clock.now())
  const remote = async (url: string, where: string): Promise<Session> =>
    openSession(
      {
        at: { baseUrl: url, fetch: world.fetch },
        who: await credentials(),
        inProcess: false,
        where,
        close: async () => {},
      },
      signal,
    )

  if (server !== undefined) return remote(server, `${named('server', server)}${dataFlag}`)
  if (data === undefined)
    throw new Problem({
      kind: 'invalid',
      code: 'cli/no-server',
      text: 'Which server? Say --server URL, or --data DIR for a data folder on this machine (MESHLIFT_SERVER, MESHLIFT_DATA).',
    })
  if (!mayCreate && !existsSync(data)) throw noFolder(data)
  const running = await runningServer(data)
  if (running !== undefined) {
    try {
      return await remote(running.url, dataFlag)
    } catch (thrown) {
      // The file outlived its server and its process number went to another program.
      if (!(thrown instanceof Problem && thrown.code === 'client/unreachable')) throw thrown
    }
  }
  const opened = await openFolder(world, config, data)
  try {
    return await openSession(
      {
        at: { baseUrl: 'http://in-process', fetch: opened.fetch },
        // What was set wins; a folder that is being made has its file only now.
        who: await credentials().catch((thrown: unknown) => {
          // Somebody who set half a key must not act as the administrator instead.
          if (config.accessKey !== undefined) throw thrown
          return opened.credentials
        }),
        inProcess: true,
        where: dataFlag,
        close: () => opened.close(),
      },
      signal,
    )
  } catch (thrown) {
    await opened.close()
    throw thrown
  }
}
