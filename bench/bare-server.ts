// The peer: Fastify with nothing but a hook that knows the caller, as the program does it, and answers from memory.
// node bench/bare-server.ts DATA ANSWERS, where ANSWERS is a file with one answer for each path.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { openAccess } from '../src/access/door.ts'
import { openSeal } from '../src/access/secrets/seal.ts'
import { accessTables, sealedThings, sqliteAccessStores } from '../src/access/sqlite.ts'
import { systemClock } from '../src/lib/clock.ts'
import { openDatabase } from '../src/lib/sqlite.ts'
import { registryTables } from '../src/registry/sqlite/registry.ts'
import { taskTables } from '../src/tasks/sqlite/tables.ts'

const [data = '', file = ''] = process.argv.slice(2)
const database = await openDatabase(join(data, 'meshlift.db'), [taskTables, registryTables, accessTables])
const seal = await openSeal(join(data, 'secret.key'), await sealedThings(database.kysely))
const access = await openAccess({
  stores: sqliteAccessStores(database.kysely, { chainKey: seal.derive('audit') }),
  seal,
  clock: systemClock(),
  settings: { region: 'local', lockAfter: 5, lockForMs: 300_000 },
  warn: () => undefined,
})

const nothing = Buffer.alloc(0)
const app = Fastify({ logger: false })
app.addHook('onRequest', async ({ headers, raw, ip }) => {
  if (headers.authorization === undefined) await access.whoIs(String(headers['x-auth-token']))
  else {
    const { method = '', url = '' } = raw
    const signer = await access.signer({ method, url, headers: headers as Record<string, string>, from: ip })
    signer.verify(nothing)
  }
})
for (const [path, text] of Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)) {
  // As bytes, which is the fastest that Fastify sends.
  const body = Buffer.from(text)
  app.get(path, async (_request, reply) => reply.type('application/json; charset=utf-8').send(body))
}
process.stdout.write(`Listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}.\n`)
process.once('SIGTERM', () => {
  void app.close().then(() => database.close())
})
