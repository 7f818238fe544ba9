/** `serve`: the server, until it is told to end. */

import { Command } from 'commander'
import { Problem } from '../../lib/problem.ts'
import { offer } from '../cli.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { removeServerFile, writeServerFile } from '../server-file.ts'
import { serverSettings } from '../server-settings.ts'
import { until } from '../until.ts'

export const serveCommand = (cli: Cli): Command =>
  offer(
    new Command('serve')
      .summary('run the server')
      .description(
        'Serves the API and works on upgrades until ctrl-c. Everything it keeps is in the data folder; started again on the ' +
          'same folder, it goes on with what it was doing. How to log in stands in DIR/admin.json after the first start.',
      )
      .addHelpText(
        'after',
        `
Examples:
  meshlift serve --data /var/lib/meshlift --listen 127.0.0.1:7480
  meshlift serve --data /var/lib/meshlift --listen 0.0.0.0:7480 --tls-cert tls.crt --tls-key tls.key
  meshlift serve --data ./try --listen 127.0.0.1:0 --simulated --speed 10`,
      ),
    serverSettings,
  ).action((_: unknown, command: Command) =>
    cli.run(
      command,
      async ({ loaded: { config }, print, world, signal }) => {
        const { data, listen } = config
        if (data === undefined || listen === undefined)
          throw new Problem({
            kind: 'invalid',
            code: 'cli/serve-where',
            text: `Say ${[data === undefined ? 'where to keep data (--data DIR)' : '', listen === undefined ? 'where to listen (--listen HOST:PORT)' : ''].filter(Boolean).join(' and ')}.`,
          })
        const server = await world.openServer(config)
        try {
          const { url, healthUrl } = server
          const certificate = config.tlsCert === undefined ? {} : { certificate: config.tlsCert }
          if (url !== undefined) await writeServerFile(data, { url, pid: world.pid, ...certificate })
          print.result({ url, healthUrl, data, pid: world.pid }, [
            `Listening on ${url}. Log in as ${data}/admin.json says.`,
            ...(healthUrl === undefined ? [] : [`Health and metrics on ${healthUrl}.`]),
          ])
          await until(signal)
        } finally {
          await removeServerFile(data, world.pid)
          await server.close()
        }
        return exitCodes.done
      },
      { logLevel: 'info' },
    ),
  )
