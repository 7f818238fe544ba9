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

process.on('message', (asked) => {
  if (asked === 'heap') {
    globalThis.gc?.()
    globalThis.gc?.()
    process.send?.({ heap: process.memoryUsage().heapUsed })
  } else {
    void server.close().then(() => process.disconnect())
  }
})
