// The server under abuse, in a process of its own: `node --expose-gc test/abuse/program.ts FOLDER`. Its parent asks for
// its heap and tells it to end.
import { openServer } from '../../src/main.ts'
import { readConfig } from '../../src/config.ts'

const flags = {
  data: process.argv[2],
  listen: '127.0.0.1:0',
  healthListen: '127.0.0.1:0',
  simulated: true,
  // Upgrades go through their steps while requests come.
  speed: '1000',
  settle: '500ms',
  requestsPerMinute: '0',
  // Whoever guesses passwords is locked out, and is back within the run.
  lockFor: '200ms',
  logLevel: 'error',
}

const server = await openServer(readConfig({ flags, environment: {} }).config)
process.send?.({ url: server.url, healthUrl: server.healthUrl, credentials: server.credentials })

/** Some of what nobody needs goes only when it was not needed for several rounds: code that was compiled, for one. */
async function settledHeap(): Promise<number> {
  for (let round = 0; round < 8; round += 1) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}

process.on('message', (asked) => {
  if (asked === 'heap') void settledHeap().then((heap) => process.send?.({ heap }))
  else void server.close().then(() => process.disconnect())
})
