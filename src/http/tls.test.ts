import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Clock } from '../lib/clock.ts'
import { selfSigned } from './testing/self-signed.ts'
import type { SelfSigned } from './testing/self-signed.ts'
import { certificateFiles, followCertificate, readCertificate } from './tls.ts'
import type { CertificateEvent } from './tls.ts'

let folder = ''
let one: SelfSigned
let two: SelfSigned
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshlift-tls-'))
  one = await selfSigned(join(folder, 'one'))
  two = await selfSigned(join(folder, 'two'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('two files or none', () => {
  it('both, or neither', () => {
    expect(certificateFiles(undefined, undefined)).toBeUndefined()
    expect(certificateFiles('/c', '/k')).toEqual({ cert: '/c', key: '/k' })
  })

  it('names the one that is missing', () => {
    expect(() => certificateFiles('/c', undefined)).toThrow(/^tlsKey is missing: tlsCert is set, and TLS needs both\.$/)
    expect(() => certificateFiles(undefined, '/k')).toThrow(/^tlsCert is missing: tlsKey is set, and TLS needs both\.$/)
  })
})

describe('reading a certificate', () => {
  it('gives its end and a context that refuses what is older than TLS 1.2', async () => {
    const { context, endsAt } = await readCertificate(one.files)
    expect(context.minVersion).toBe('TLSv1.2')
    // Real time, as the certificate was made with it a moment ago.
    expect(Math.round((endsAt - performance.timeOrigin) / 86_400_000)).toBe(90)
  })

  it('says in one sentence which file is wrong, and nothing of what is in it', async () => {
    const junk = join(folder, 'junk.pem')
    await writeFile(junk, 'a secret that is no key')
    const { cert, key } = one.files
    for (const [files, text] of [
      [{ cert: join(folder, 'none'), key }, `The certificate file ${join(folder, 'none')} cannot be read (ENOENT).`],
      [{ cert, key: folder }, `The key file ${folder} cannot be read (EISDIR).`],
      [{ cert: junk, key }, `${junk} holds no certificate in PEM form.`],
      [{ cert, key: junk }, `${junk} holds no private key in PEM form without a passphrase.`],
      [{ cert, key: two.files.key }, `The key in ${two.files.key} is not that of the certificate in ${cert}.`],
    ] as const) {
      const thrown = await readCertificate(files).catch((error: unknown) => error)
      expect(thrown).toMatchObject({ kind: 'invalid', code: 'http/tls-files', message: text })
      expect(JSON.stringify(thrown)).not.toContain('a secret')
    }
  })
})

/** Time that passes only when it is told to; `pass` answers when the follower has looked and sleeps again. */
function steps(start: number): {
  readonly clock: Clock
  readonly pass: (ms?: number) => Promise<void>
  readonly asleep: () => Promise<void>
} {
  let now = start
  let wake = (): void => undefined
  let sleeping = Promise.withResolvers<void>()
  return {
    clock: {
      now: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          wake = () => {
            now += ms
            resolve()
          }
          signal?.addEventListener('abort', () => resolve(), { once: true })
          sleeping.resolve()
        }),
    },
    asleep: () => sleeping.promise,
    pass: async (ms = 0) => {
      await sleeping.promise
      sleeping = Promise.withResolvers()
      now += ms
      wake()
      await sleeping.promise
    },
  }
}

async function following(files: { readonly cert: string; readonly key: string }, at?: (endsAt: number) => number) {
  const first = await readCertificate(files)
  const events: CertificateEvent[] = []
  const used: string[] = []
  const time = steps(at?.(first.endsAt) ?? first.endsAt - 80 * 86_400_000)
  const stop = new AbortController()
  const followed = followCertificate(
    {
      files,
      first,
      clock: time.clock,
      use: ({ context }) => used.push(context.cert),
      report: (event) => events.push(event),
    },
    stop.signal,
  )
  await time.asleep()
  return { ...time, events, used, end: () => (stop.abort(), followed) }
}

describe('following a certificate', () => {
  it('takes a new pair behind a link that is swapped, as Kubernetes does it, and is quiet otherwise', async () => {
    const linked = join(folder, 'secret')
    await symlink(join(folder, 'one'), linked)
    const { pass, events, used, end } = await following({ cert: join(linked, 'tls.crt'), key: join(linked, 'tls.key') })
    await pass()
    expect(events).toEqual([])
    await symlink(join(folder, 'two'), `${linked}.next`)
    await rename(`${linked}.next`, linked)
    await pass()
    await pass()
    expect(used).toEqual([two.cert])
    expect(events).toEqual([{ what: 'renewed', endsAt: expect.any(Number) }])
    await end()
  })

  it('keeps the old pair while the new one is broken, says so once, and takes it when it is whole', async () => {
    const files = { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') }
    await writeFile(files.cert, one.cert)
    await writeFile(files.key, one.key)
    const { pass, events, used, end } = await following(files)
    await writeFile(files.cert, two.cert)
    await pass()
    // Seen once it may be half written.
    expect(events).toEqual([])
    for (let look = 0; look < 3; look += 1) await pass()
    expect(events).toEqual([{ what: 'refused', problem: expect.objectContaining({ code: 'http/tls-files' }) }])
    expect(used).toEqual([])
    await writeFile(files.key, two.key)
    await pass()
    expect(used).toEqual([two.cert])
    await end()
  })

  it('warns from 14 days before its end, once a day, and afterwards', async () => {
    const day = 86_400_000
    const { pass, events, end } = await following(one.files, (endsAt) => endsAt - 14 * day - 1000)
    expect(events).toEqual([])
    await pass(day)
    await pass()
    expect(events).toEqual([
      expect.objectContaining({ what: 'ending', text: expect.stringMatching(/, in 12 days: renew it\.$/) }),
    ])
    await pass(13 * day)
    expect(events).toHaveLength(2)
    expect(events[1]).toMatchObject({ text: expect.stringMatching(/ended on .*Z: clients refuse it\.$/) })
    await end()
  })
})
