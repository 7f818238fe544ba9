import { describe, expect, it, onTestFinished } from 'vitest'
import { Problem } from '../lib/problem.ts'
import { healthListener } from './health.ts'
import type { HealthListener, HealthParts } from './health.ts'
import { listenAddress } from './listen.ts'

const loopback = listenAddress('127.0.0.1:0', { encrypted: false, allowUnencrypted: false })
const well: HealthParts = {
  ready: async () => ({ database: { ok: true, text: 'answers' }, worker: { ok: true, text: 'works' } }),
  metrics: async () => 'a_metric 1\n',
}

async function listening(parts: Partial<HealthParts> = {}): Promise<HealthListener> {
  const listener = await healthListener(loopback, { ...well, ...parts })
  onTestFinished(() => listener.close())
  return listener
}

describe('the health listener', () => {
  it('answers three paths, without being kept in a cache', async () => {
    const { url } = await listening()
    const [healthz, readyz, metrics] = await Promise.all(
      ['/healthz', '/readyz?verbose', '/metrics'].map((path) => fetch(url + path)),
    )
    expect([healthz?.status, await healthz?.text()]).toEqual([200, 'ok\n'])
    expect([readyz?.status, await readyz?.json()]).toEqual([
      200,
      { ready: true, checks: { database: { ok: true, text: 'answers' }, worker: { ok: true, text: 'works' } } },
    ])
    expect([metrics?.status, await metrics?.text()]).toEqual([200, 'a_metric 1\n'])
    expect(metrics?.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(readyz?.headers.get('cache-control')).toBe('no-store')
  })

  it('is not ready when one check is not ok, and lives all the same', async () => {
    const { url } = await listening({
      ready: async () => ({ database: { ok: false, text: 'does not answer' }, worker: { ok: true, text: 'works' } }),
    })
    const readyz = await fetch(`${url}/readyz`)
    expect(readyz.status).toBe(503)
    expect(await readyz.json()).toMatchObject({ ready: false, checks: { database: { ok: false } } })
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('tells a failure of ours by its code alone, and goes on', async () => {
    const { url } = await listening({
      metrics: () => Promise.reject(new Problem({ kind: 'bug', code: 'a/code', text: 'a secret' })),
    })
    const metrics = await fetch(`${url}/metrics`)
    expect([metrics.status, await metrics.text()]).toEqual([500, 'a/code\n'])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('knows no other path and no other method', async () => {
    const { url } = await listening()
    expect((await fetch(`${url}/`)).status).toBe(404)
    const post = await fetch(`${url}/readyz`, { method: 'POST', body: 'x' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const head = await fetch(`${url}/healthz`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('says in one sentence that an address is taken', async () => {
    const { url } = await listening()
    const port = Number(new URL(url).port)
    await expect(healthListener({ ...loopback, port }, well)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'http/listen-failed',
      message: `Cannot listen on 127.0.0.1:${port}: another program listens there.`,
    })
  })
})
