import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDoors } from './doors.ts'
import type { DoorSettings } from './doors.ts'
import { selfSigned } from './testing/self-signed.ts'

const settings: DoorSettings = {
  listen: '127.0.0.1:0',
  healthListen: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
  allowUnencrypted: false,
  healthAllowUnencrypted: false,
}
let folder = ''
let tls = { tlsCert: '', tlsKey: '' }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshlift-doors-'))
  const { files } = await selfSigned(folder)
  tls = { tlsCert: files.cert, tlsKey: files.key }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the doors of the server', () => {
  it('are of this machine alone without anything else, and without a risk', async () => {
    const doors = await readDoors({ ...settings, healthListen: '127.0.0.1:1' })
    expect(doors).toMatchObject({ address: { beyond: false }, health: { port: 1 }, tls: undefined, risks: [] })
  })

  it('may be further away with TLS, without a risk', async () => {
    const doors = await readDoors({ ...settings, ...tls, listen: '0.0.0.0:0' })
    expect(doors).toMatchObject({ address: { beyond: true }, risks: [] })
    expect(doors.tls?.certificate.context.cert).toContain('BEGIN CERTIFICATE')
  })

  it('of health is never encrypted, so TLS does not open it further', async () => {
    await expect(readDoors({ ...settings, ...tls, healthListen: '0.0.0.0:0' })).rejects.toMatchObject({
      code: 'http/listen-beyond-loopback',
      message: expect.stringContaining('healthAllowUnencrypted') as string,
    })
  })

  it('of health may be further away by itself, and nothing else with it', async () => {
    const open = { ...settings, healthListen: '0.0.0.0:7481', healthAllowUnencrypted: true }
    const doors = await readDoors({ ...open, ...tls, listen: '0.0.0.0:7480' })
    expect(doors.health).toMatchObject({ beyond: true })
    expect(doors.risks).toEqual(['Health and metrics on 0.0.0.0:7481 are open to whoever can reach that address.'])
    await expect(readDoors({ ...open, listen: '0.0.0.0:7480' })).rejects.toMatchObject({
      code: 'http/listen-beyond-loopback',
      message: expect.stringContaining('tlsCert and tlsKey') as string,
    })
  })

  it('names each risk that was taken', async () => {
    const doors = await readDoors({
      ...settings,
      listen: '0.0.0.0:7480',
      healthListen: '[::]:7481',
      allowUnencrypted: true,
    })
    expect(doors.risks).toEqual([
      'Listening on 0.0.0.0:7480 without TLS, as allowed: whoever sees the traffic can act as any user.',
      'Health and metrics on [::]:7481 are open to whoever can reach that address.',
    ])
    expect((await readDoors({ ...settings, allowUnencrypted: true })).risks).toEqual([])
  })

  it('needs both files of TLS', async () => {
    await expect(readDoors({ ...settings, tlsCert: tls.tlsCert })).rejects.toMatchObject({ code: 'http/tls-half' })
  })
})
