import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Note } from '../../src/contract/extensions.ts'
import type { TaskDesk } from '../../src/tasks/store.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { memoryStores } from './heart.ts'
import type { Stores } from './heart.ts'
import { allow, person } from './people.ts'
import { upgradeBody, withMesh } from './samples.ts'

let at: Harness
let stores: Stores
let mesh_upgrade_id: string
let path: string
/** How many wait for news of tasks. */
let watching: number
let pagesOfNotes: number

beforeEach(async () => {
  stores = memoryStores()
  watching = 0
  pagesOfNotes = 0
  const { tasks } = stores
  const watch: TaskDesk['watch'] = (listener) => {
    const stop = tasks.watch(listener)
    watching += 1
    return () => {
      watching -= 1
      stop()
    }
  }
  const notes: TaskDesk['notes'] = (task, after, limit) => {
    pagesOfNotes += 1
    return tasks.notes(task, after, limit)
  }
  at = await harness(() => ({}), { ...stores, tasks: { ...tasks, watch, notes } })
  // What is remembered of upgrades is watched from the start to the end; counted are readers of events.
  watching = 0
  // What the server itself watches, for answers that it remembers, lasts as long as it does.
  watching = 0
  const mesh = await withMesh(at)
  mesh_upgrade_id = (await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })).metadata.uid
  path = `/meshlift/v1/${at.session.projectId}/upgrades/${mesh_upgrade_id}/notes`
})
afterEach(() => at.app.close())

const asEvents = (headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  'x-auth-token': at.session.token,
  accept: 'text/event-stream',
  ...headers,
})

interface Event {
  readonly id?: string
  readonly event: string
  readonly data: unknown
}

/** As a browser reads it, but for its reconnecting. */
function parsed(text: string): readonly Event[] {
  return text.split('\n\n').flatMap((block) => {
    const fields = new Map(
      block.split('\n').flatMap((line) => {
        const found = /^(\w+): (.*)$/.exec(line)
        return found ? [[found[1], found[2]] as const] : []
      }),
    )
    const [id, event = ''] = [fields.get('id'), fields.get('event')]
    if (fields.size === 0) return []
    return [{ ...(id === undefined ? {} : { id }), event, data: JSON.parse(fields.get('data') ?? '') as unknown }]
  })
}
const asEvent = (note: Note): Event => ({ id: String(note.number), event: 'note', data: note })
const end: Event = { event: 'end', data: {} }

/** So many notes at once, as if the worker had written them. */
async function noted(count: number, text: string, finished: boolean): Promise<void> {
  const epoch = (await stores.tasks.lease('events', 1e15, 1e9, true)) ?? 0
  const task = await stores.tasks.read(mesh_upgrade_id)
  if (!task) throw new Error('The upgrade is gone.')
  const body = { kind: 'wait', step: 'PreCheck', stage: 'look', code: 'look/seen', text }
  await stores.tasks.save(epoch, {
    task: task.id,
    version: task.version,
    state: task.state,
    finished,
    wakeAt: undefined,
    items: [],
    notes: Array.from({ length: count }, () => ({ at: task.createdAt, body })),
    keep: [],
  })
}

const abandon = async (): Promise<void> => {
  await at.client.abandonUpgrade({ mesh_upgrade_id })
  // It is shown as abandoned from now on; it is over when the worker has written it down.
  while ((await stores.tasks.read(mesh_upgrade_id))?.finished === false) await at.round()
}
const all = async (): Promise<readonly Note[]> => {
  const notes: Note[] = []
  for (;;) {
    const query = { after: String(notes.length), limit: '1000' }
    const { items } = await at.client.listNotes({ mesh_upgrade_id, query })
    if (items.length === 0) return notes
    notes.push(...items)
  }
}

describe('the diary of an upgrade that is over', () => {
  it('is told from its beginning and ends', async () => {
    await at.settled(mesh_upgrade_id)
    await abandon()
    const answer = await at.app.inject({ url: path, headers: asEvents() })
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
    })
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
    expect(parsed(answer.body)).toEqual([...(await all()).map(asEvent), end])
    await until(() => watching === 0)
  })

  it.each([
    ['a query', '?after=2&limit=1', {}, 2],
    ['the last event', '', { 'last-event-id': '3' }, 3],
    ['the last event, whatever the query says', '?after=1', { 'last-event-id': '3' }, 3],
    ['an empty last event, which says nothing', '?after=1', { 'last-event-id': '' }, 1],
    ['one that is not written yet', '?after=999999', {}, Infinity],
  ])('goes on after %s', async (_what, query, headers, after) => {
    await at.settled(mesh_upgrade_id)
    await abandon()
    const answer = await at.app.inject({ url: path + query, headers: asEvents(headers) })
    expect(parsed(answer.body)).toEqual([...(await all()).slice(after).map(asEvent), end])
  })

  it('is a list for whoever does not ask for events', async () => {
    await abandonWhenSettled()
    for (const accept of ['application/json', '*/*', 'application/json, text/event-stream;q=0.5'])
      expect((await at.app.inject({ url: path, headers: asEvents({ accept }) })).json()).toEqual({ items: await all() })
  })

  it('survives a thousand notes', async () => {
    await at.settled(mesh_upgrade_id)
    await noted(1_000, 'Still here.', true)
    const answer = await at.app.inject({ url: path, headers: asEvents() })
    const told = parsed(answer.body)
    expect(told).toEqual([...(await all()).map(asEvent), end])
    expect(told.length).toBeGreaterThan(1_000)
  })

  const abandonWhenSettled = async (): Promise<void> => {
    await at.settled(mesh_upgrade_id)
    await abandon()
  }
})

/** Asked for by many readers at one moment: it listens once. */
const listening = new WeakMap<Harness, Promise<string>>()

/** A reader on a real connection. */
async function reader(headers: Readonly<Record<string, string>> = {}) {
  const listens = listening.get(at) ?? at.app.listen({ host: '127.0.0.1', port: 0 })
  listening.set(at, listens)
  await listens
  const leaving = new AbortController()
  const { port } = at.app.server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: asEvents(headers), signal: leaving.signal })
  let text = ''
  const body = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  const more = async (): Promise<boolean> => {
    const part = await body?.read()
    text += part?.value ?? ''
    return part?.done === false
  }
  return {
    status: answer.status,
    events: () => parsed(text.slice(0, text.lastIndexOf('\n\n') + 2)),
    /** Reads on until that many notes were told. */
    async notes(count: number): Promise<readonly Event[]> {
      while (parsed(text.slice(0, text.lastIndexOf('\n\n') + 2)).length < count) if (!(await more())) break
      return parsed(text.slice(0, text.lastIndexOf('\n\n') + 2))
    },
    /** Everything to the end of the answer. */
    async rest(): Promise<readonly Event[]> {
      while (await more());
      return parsed(text)
    },
    leave: () => leaving.abort(),
  }
}

const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the diary of an upgrade that runs', () => {
  it('is told as it is written, and whoever comes back in the middle misses nothing and hears nothing twice', async () => {
    const first = await reader()
    expect(watching).toBe(1)
    await at.settled(mesh_upgrade_id)
    const known = (await all()).length
    const before = await first.notes(known)
    expect(before).toEqual((await all()).map(asEvent))
    await at.put(mesh_upgrade_id, 'ControlPlaneUpgrade', 'Execute')
    await at.round()
    first.leave()
    // It goes on while nobody listens.
    await at.round()
    const second = await reader({ 'last-event-id': before.at(-1)?.id ?? '' })
    await at.settled(mesh_upgrade_id)
    await abandon()
    expect([...before, ...(await second.rest())]).toEqual([...(await all()).map(asEvent), end])
    await until(() => watching === 0)
  })

  it('is told to several at once', async () => {
    const readers = await Promise.all([reader(), reader(), reader({ 'last-event-id': '1' })])
    await at.settled(mesh_upgrade_id)
    await abandon()
    const whole = [...(await all()).map(asEvent), end]
    expect(await Promise.all(readers.map((one) => one.rest()))).toEqual([whole, whole, whole.slice(1)])
  })

  it('ends when the upgrade is deleted', async () => {
    await at.settled(mesh_upgrade_id)
    const told = await reader()
    await told.notes(1)
    await at.client.deleteUpgrade({ mesh_upgrade_id })
    expect((await told.rest()).at(-1)).toEqual(end)
  })

  it('asks for nothing while nothing happens', async () => {
    await at.settled(mesh_upgrade_id)
    const told = await reader()
    await told.notes((await all()).length)
    await until(() => watching === 1)
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    const before = pagesOfNotes
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(pagesOfNotes).toBe(before)
    told.leave()
  })

  it('leaves nothing behind of a caller who goes', async () => {
    const told = await Promise.all([reader(), reader()])
    expect(watching).toBe(2)
    for (const one of told) one.leave()
    await until(() => watching === 0)
    await at.settled(mesh_upgrade_id)
    expect(at.logged()).toBe('')
  })

  it('ends with the server, without saying that it is all', async () => {
    await at.settled(mesh_upgrade_id)
    const told = await reader()
    await told.notes(1)
    await at.app.close()
    const events = await told.rest()
    expect(events.map(({ event }) => event)).not.toContain('end')
    await until(() => watching === 0)
  })

  it('does not keep the server from stopping for a caller who does not read', async () => {
    await noted(300, 'x'.repeat(100_000), false)
    const deaf = await reader()
    expect(deaf.status).toBe(200)
    for (let before = -1; before !== pagesOfNotes;) {
      before = pagesOfNotes
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    }
    // 30 MB are there to be told: it waits for its reader with most of them unread.
    expect(pagesOfNotes).toBeLessThan(5)
    expect(watching).toBe(1)
    await at.app.close()
    await until(() => watching === 0)
    deaf.leave()
  })
})

describe('events', () => {
  it('are so many at once for one user, and free again when one ends', async () => {
    const open = await Promise.all(Array.from({ length: 16 }, () => reader()))
    expect(open.every(({ status }) => status === 200)).toBe(true)
    const refused = await at.ask('GET', path, undefined, asEvents())
    expect(refused).toMatchObject({ status: 429, body: { error_code: 'APIGW.0308' } })
    expect(refused.headers.get('retry-after')).toBe('60')
    // Nobody is held up by somebody else, and a list is no stream.
    expect((await at.ask('GET', path)).status).toBe(200)
    const other = await person(at, 'other', allow('meshlift:upgrade:get'))
    const theirs = await reader({ 'x-auth-token': other.session.token })
    expect(theirs.status).toBe(200)
    open[0]?.leave()
    await until(() => watching === 16)
    expect((await reader()).status).toBe(200)
  })

  it('are refused as everything else is: in JSON, before anything was told', async () => {
    const nobody = await person(at, 'nobody', allow('meshlift:upgrade:list'))
    expect(await nobody.ask('GET', path, undefined, { accept: 'text/event-stream' })).toMatchObject({ status: 403 })
    const unknown = path.replace(mesh_upgrade_id, 'unknown')
    expect(await at.ask('GET', unknown, undefined, asEvents())).toMatchObject({
      status: 404,
      body: { problem: 'upgrades/unknown' },
    })
    for (const id of ['x', '-1', '1.5', '99999999999'])
      expect(await at.ask('GET', path, undefined, asEvents({ 'last-event-id': id }))).toMatchObject({
        status: 400,
        body: { problem: 'http/last-event-id' },
      })
    expect(await at.ask('GET', path.replace('/notes', ''), undefined, asEvents())).toMatchObject({ status: 406 })
    expect(watching).toBe(0)
  })
})
