/** Starts the server of program.ts and talks to it. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HandOut } from '../../src/contract/hand-out.ts'

export interface Child {
  readonly host: string
  readonly port: number
  readonly credentials: HandOut
  /** Bytes, after everything was collected that can be. */
  heap(): Promise<number>
  connections(): Promise<number>
  /** What it logged. */
  logged(): string
  /** Milliseconds that it took. */
  close(): Promise<number>
}

export async function child(folder: string): Promise<Child> {
  const process = fork(fileURLToPath(new URL('./program.ts', import.meta.url)), [folder], {
    execArgv: ['--expose-gc'],
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let log = ''
  process.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text))
  const ended = once(process, 'exit')
  const told = async <T>(): Promise<T> =>
    Promise.race([
      once(process, 'message').then(([message]) => message as T),
      ended.then(() => {
        throw new Error(`The server ended: ${log}`)
      }),
    ])
  const { url, healthUrl, credentials } = await told<{ url: string; healthUrl: string; credentials: HandOut }>()
  const { hostname: host, port } = new URL(url)
  return {
    host,
    port: Number(port),
    credentials,
    async heap() {
      process.send('heap')
      return (await told<{ heap: number }>()).heap
    },
    async connections() {
      const text = await (await fetch(`${healthUrl}/metrics`)).text()
      return Number(/^meshlift_http_connections (\d+)$/m.exec(text)?.[1] ?? Number.NaN)
    },
    logged: () => log,
    async close() {
      const from = performance.now()
      process.send('close')
      await ended
      return performance.now() - from
    },
  }
}
