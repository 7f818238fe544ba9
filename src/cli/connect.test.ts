import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { exitCodes } from './exit-codes.ts'
import { runningServer, removeServerFile, writeServerFile } from './server-file.ts'
import { scriptedServer, secret, who } from './testing/scripted-server.ts'
import { run } from './testing/test-world.ts'
import type { TestWorldOptions } from './testing/test-world.ts'

const handOut = {
  user: who.MESHLIFT_USER,
  password: secret,
  domain: who.MESHLIFT_DOMAIN,
  projectName: 'default',
  projectId: who.MESHLIFT_PROJECT,
}

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'meshlift-connect-'))
  return () => rmSync(data, { recursive: true })
})

const { fetch: answering } = scriptedServer({ listMeshes: () => ({ kind: 'MeshList', apiVersion: 'v1', items: [] }) })

/** Which address was asked, and whether a server was started in the process and closed again. */
const list = async (argv: readonly string[], options: Partial<TestWorldOptions> = {}) => {
  const seen = { hosts: new Set<string>(), opened: 0, closed: 0 }
  const fetch: TestWorldOptions['fetch'] = (url, init) => {
    seen.hosts.add(new URL(url).host)
    return answering(url, init)
  }
  const outcome = await run(['mesh', 'list', ...argv], {
    fetch,
    openServer: async () => {
      seen.opened += 1
      return {
        url: undefined,
        healthUrl: undefined,
        fetch,
        credentials: handOut,
        setLostPassword,
        close: async () => void (seen.closed += 1),
      }
    },
    ...options,
  })
  return { ...outcome, ...seen, hosts: [...seen.hosts] }
}

const admin = (): void => writeFileSync(join(data, 'admin.json'), JSON.stringify(handOut))
const deadPid = 4_194_305 // beyond the largest there can be on Linux

/** Nobody asks for it here. */
const setLostPassword = () => Promise.reject(new Error('A password was set.'))

describe('which server', () => {
  test('none is named', async () => {
    const outcome = await list([])
    expect(outcome.exitCode).toBe(exitCodes.invalid)
    expect(outcome.err).toContain('--server URL, or --data DIR')
  })

  test('--server, with credentials of the data folder', async () => {
    admin()
    const outcome = await list(['--server', 'http://named:1', '--data', data])
    expect(outcome).toMatchObject({ exitCode: exitCodes.done, hosts: ['named:1'], opened: 0 })
  })

  test('the one that runs on the data folder', async () => {
    admin()
    await writeServerFile(data, { url: 'http://running:1', pid: process.pid })
    expect(await list(['--data', data])).toMatchObject({ exitCode: exitCodes.done, hosts: ['running:1'], opened: 0 })
  })

  test('one in this process when none runs, closed at the end', async () => {
    expect(await list(['--data', data])).toMatchObject({
      exitCode: exitCodes.done,
      hosts: ['in-process'],
      opened: 1,
      closed: 1,
    })
  })

  test('one in this process when the last one was killed', async () => {
    admin()
    await writeServerFile(data, { url: 'http://killed:1', pid: deadPid })
    expect(await list(['--data', data])).toMatchObject({ hosts: ['in-process'], opened: 1, closed: 1 })
  })

  test('one in this process when another program took the number of the killed one', async () => {
    admin()
    await writeServerFile(data, { url: 'http://killed:1', pid: process.pid })
    const outcome = await list(['--data', data], {
      fetch: () => Promise.reject(new TypeError('fetch failed')),
    })
    expect(outcome).toMatchObject({ exitCode: exitCodes.done, hosts: ['in-process'], opened: 1, closed: 1 })
  })

  test('a folder that is not there is a typing error, not an empty server', async () => {
    const outcome = await list(['--data', join(data, 'typo')])
    expect(outcome).toMatchObject({ exitCode: exitCodes.notFound, opened: 0 })
    expect(outcome.err).toContain('There is no folder')
  })

  test('a simulated mesh that lives in the folder is woken with it', async () => {
    const simulated: boolean[] = []
    const openServer: TestWorldOptions['openServer'] = async (config) => {
      simulated.push(config.simulated)
      return {
        url: undefined,
        healthUrl: undefined,
        fetch: answering,
        credentials: handOut,
        setLostPassword,
        close: async () => {},
      }
    }
    await list(['--data', data], { openServer })
    mkdirSync(join(data, 'simulation'))
    await list(['--data', data], { openServer })
    expect(simulated).toEqual([false, true])
  })
})

describe('who logs in', () => {
  test('nobody: says what is missing', async () => {
    const outcome = await list(['--server', 'http://named:1'], { environment: { MESHLIFT_USER: 'me' } })
    expect(outcome.exitCode).toBe(exitCodes.unauthenticated)
    expect(outcome.err).toContain('set MESHLIFT_PASSWORD, MESHLIFT_DOMAIN, MESHLIFT_PROJECT, or name the data folder')
  })

  test.each(['{"user": "admin", "password": "half-a-secr', '[]', ''])(
    'a file that is damaged is not repeated: %j',
    async (text) => {
      writeFileSync(join(data, 'admin.json'), text)
      const outcome = await list(['--server', 'http://named:1', '--data', data])
      expect(outcome.exitCode).toBe(exitCodes.invalid)
      expect(outcome.err).toContain('admin.json cannot be read')
      expect(outcome.err).not.toContain('half-a-secr')
    },
  )
})

describe('an access key', () => {
  const key = { MESHLIFT_ACCESS_KEY: 'AK', MESHLIFT_SECRET_KEY: 'a-secret-key' }
  const project = { MESHLIFT_PROJECT: who.MESHLIFT_PROJECT }
  /** Answers to a signature of that key, and knows no token. */
  const signedOnly = (asked: Headers[] = []): TestWorldOptions['fetch'] => {
    return (url, init) => {
      const headers = new Headers(init.headers)
      asked.push(headers)
      if (!headers.get('authorization')?.startsWith('SDK-HMAC-SHA256 Access=AK, '))
        return Promise.resolve(Response.json({ error_code: 'APIGW.0301', error_msg: 'Nobody.' }, { status: 401 }))
      if (new URL(url).pathname === '/v3/auth/tokens')
        return Promise.resolve(Response.json({ error_code: 'IAM.0007', error_msg: 'No token.' }, { status: 400 }))
      return answering(url, init)
    }
  }

  test('signs every request, and the administrator is not asked for', async () => {
    writeFileSync(join(data, 'admin.json'), 'not for everybody to read')
    const asked: Headers[] = []
    const outcome = await list(['--server', 'http://named:1', '--data', data], {
      environment: { ...key, ...project, MESHLIFT_SECURITY_TOKEN: 'a-token' },
      fetch: signedOnly(asked),
    })
    expect(outcome.err).toBe('')
    expect(outcome.exitCode).toBe(exitCodes.done)
    expect(asked.map((headers) => headers.get('x-security-token'))).toEqual(['a-token', 'a-token'])
    expect(asked.map((headers) => headers.get('x-auth-token'))).toEqual([null, null])
  })

  test('takes the project of the data folder when none is set', async () => {
    admin()
    const outcome = await list(['--server', 'http://named:1', '--data', data], {
      environment: key,
      fetch: signedOnly(),
    })
    expect(outcome.exitCode).toBe(exitCodes.done)
  })

  test('that is set by half makes nobody an administrator by accident', async () => {
    const half = { MESHLIFT_ACCESS_KEY: 'AK', ...project }
    const outcome = await list(['--data', data], { environment: half })
    expect(outcome).toMatchObject({ exitCode: exitCodes.unauthenticated, opened: 1, closed: 1 })
    expect(outcome.hosts).toEqual([])
    expect(outcome.err).toContain('MESHLIFT_ACCESS_KEY needs MESHLIFT_SECRET_KEY too')
  })

  test('that the server does not take is refused at once, and tried once only', async () => {
    const asked: string[] = []
    const outcome = await list(['--server', 'http://named:1'], {
      environment: { ...key, ...project },
      fetch: (url) => {
        asked.push(url)
        return Promise.resolve(Response.json({ error_code: 'APIGW.0301', error_msg: 'Nobody.' }, { status: 401 }))
      },
    })
    expect(outcome.exitCode).toBe(exitCodes.unauthenticated)
    expect(asked).toHaveLength(1)
    expect(outcome.err).not.toContain('a-secret-key')
  })

  test('finds a server in this process when the one that ran is away', async () => {
    await writeServerFile(data, { url: 'http://killed:1', pid: process.pid })
    const outcome = await list(['--data', data], {
      environment: { ...key, ...project },
      fetch: () => Promise.reject(new TypeError('fetch failed')),
      openServer: async () => ({
        url: undefined,
        healthUrl: undefined,
        fetch: signedOnly(),
        credentials: handOut,
        setLostPassword,
        close: async () => {},
      }),
    })
    expect(outcome.exitCode).toBe(exitCodes.done)
  })
})

describe('server.json', () => {
  test('is taken away by who wrote it, and by nobody else', async () => {
    await writeServerFile(data, { url: 'http://a:1', pid: process.pid })
    await removeServerFile(data, process.pid + 1)
    expect(await runningServer(data)).toEqual({ url: 'http://a:1', pid: process.pid })
    await removeServerFile(data, process.pid)
    expect(await runningServer(data)).toBeUndefined()
  })

  test.each(['', '{}', '{"url": 1, "pid": 1}', '{"url": "http://a", "pid": 0}'])('%j means none', async (text) => {
    writeFileSync(join(data, 'server.json'), text)
    expect(await runningServer(data)).toBeUndefined()
  })
})

test('a password reaches neither output nor errors of a failing command', async () => {
  const outcome = await list(['--server', 'http://named:1', '--output', 'json'], {
    environment: { ...who, MESHLIFT_PASSWORD: 'another-secret' },
  })
  expect(outcome.exitCode).toBe(exitCodes.unauthenticated)
  expect(outcome.out + outcome.err).not.toContain('another-secret')
})
