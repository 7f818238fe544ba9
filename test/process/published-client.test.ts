// The SDK core as it is published, which nobody of ours wrote, signs and is understood.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Given } from './published-client.ts'
import { begun, run, start, temporaryFolder } from './program.ts'
import type { Ended } from './program.ts'

const program = fileURLToPath(new URL('published-client.ts', import.meta.url))

interface HandOut {
  readonly user: string
  readonly password: string
  readonly domain: string
  readonly projectId: string
}

const everyOperation = {
  createMesh: 201,
  listMeshes: 200,
  getMesh: 200,
  deleteMesh: 200,
  createUpgrade: 201,
  getUpgrade: 200,
  updateUpgrade: 200,
  deleteUpgrade: 200,
  getJob: 200,
}

test(
  'the published SDK core performs all nine operations, by key, derived key, temporary key and token',
  { timeout: 120_000 },
  async () => {
    const data = temporaryFolder()
    const settings = ['--listen', '127.0.0.1:0', '--simulated', '--speed', '100', '--region', 'test-region-1']
    const server = start('serve', '--data', data, ...settings)
    const [, url = ''] = await server.printed(/Listening on (http:\/\/127\.0\.0\.1:\d+)\./)
    const handOut = JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as HandOut
    const made = await run('key', 'create', '--data', data, '--user', handOut.user, '--output', 'json')
    expect(made.err).toBe('')
    const key = JSON.parse(made.out) as { readonly access: string; readonly secret: string }
    const token = await tokenOf(url, handOut)
    const ways: Readonly<Record<string, Given['by']>> = {
      key: { kind: 'key', ...key },
      'derived key': { kind: 'derived', region: 'test-region-1', ...key },
      'temporary key': { kind: 'key', ...(await temporaryKeyOf(url, token)) },
      token: { kind: 'token', token },
    }
    for (const [way, by] of Object.entries(ways)) {
      const ended = await drive({ url, project: handOut.projectId, target: '1.31.1', by })
      expect({ way, ...ended }).toMatchObject({ way, err: '', exitCode: 0 })
      // The SDK logs every refusal to its standard output; what we print comes last.
      const performed: unknown = JSON.parse(ended.out.trim().split('\n').at(-1) ?? '')
      expect({ way, performed }).toEqual({ way, performed: everyOperation })
    }
    // Proof that it is the signature that opens the door.
    const stranger = { kind: 'key', ...key, secret: key.secret.toLowerCase() } as const
    const refused = await drive({ url, project: handOut.projectId, target: '1.31.1', by: stranger })
    expect(refused.exitCode).not.toBe(0)
    expect(refused.err).toContain('verify aksk signature fail')
  },
)

async function tokenOf(url: string, { user: name, password, domain, projectId }: HandOut): Promise<string> {
  const identity = { methods: ['password'], password: { user: { name, password, domain: { name: domain } } } }
  const answer = await post(url, '/v3/auth/tokens', { auth: { identity, scope: { project: { id: projectId } } } })
  return answer.headers.get('x-subject-token') ?? ''
}

async function temporaryKeyOf(url: string, token: string) {
  const identity = { methods: ['token'], token: { duration_seconds: 900 } }
  const path = '/v3.0/OS-CREDENTIAL/securitytokens'
  const answer = await post(url, path, { auth: { identity } }, { 'x-auth-token': token })
  const { credential } = (await answer.json()) as {
    readonly credential: { readonly access: string; readonly secret: string; readonly securitytoken: string }
  }
  return { access: credential.access, secret: credential.secret, securityToken: credential.securitytoken }
}

async function post(url: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(201)
  return answer
}

const drive = (given: Given): Promise<Ended> =>
  begun(program, [JSON.stringify(given)], { HOME: temporaryFolder() }).ended
