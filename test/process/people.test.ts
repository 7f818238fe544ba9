// Everything that administrators and least privileged people type, against the server that is meant for it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { run } from '../../src/cli/testing/test-world.ts'
import { readConfig } from '../../src/config.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openServer } from '../../src/main.ts'

type Opened = Awaited<ReturnType<typeof openServer>>

let data: string
let server: Opened
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'meshlift-people-'))
  const flags = { data, listen: '127.0.0.1:0', simulated: true, speed: '100', logLevel: 'error' }
  server = await openServer(readConfig({ flags, environment: {} }).config)
})
afterAll(async () => {
  await server.close()
  rmSync(data, { recursive: true })
})

/** What one person types; `input` is standard input. */
function person(who: Readonly<Record<string, string>>) {
  const environment = { MESHLIFT_SERVER: server.url ?? '', MESHLIFT_PROJECT: server.credentials.projectId, ...who }
  return (words: string, input = '') => run(words.split(' '), { fetch, environment, input, clock: systemClock() })
}

const root = () => person({ MESHLIFT_DATA: data })

async function told(outcome: ReturnType<ReturnType<typeof person>>): Promise<string> {
  const { exitCode, out, err } = await outcome
  expect([exitCode, err.match(/^meshlift: .*/m)?.[0]]).toEqual([exitCodes.done, undefined])
  return out
}

test(
  'somebody may plan and roll out with a key, but not finish; it is explained, and written down',
  { timeout: 60_000 },
  async () => {
    const admin = root()
    const document = join(data, 'operators.yaml')
    writeFileSync(
      document,
      `Version: 5.0
Statement:
  - Effect: Allow
    Action: [asm:mesh:get, asm:mesh:list, asm:mesh:upgrade, meshlift:upgrade:*]
  - Sid: NotTheEnd
    Effect: Deny
    Action: [meshlift:upgrade:finish]
`,
    )
    await told(admin('user add ada'))
    await told(admin(`policy add operators --file ${document}`))
    const { access, secret }: { access: string; secret: string } = JSON.parse(
      await told(admin('key create --user ada --output json')),
    )
    const ada = person({ MESHLIFT_ACCESS_KEY: access, MESHLIFT_SECRET_KEY: secret })

    expect((await ada('mesh list')).err).toContain('User ada is not allowed asm:mesh:list')
    expect((await ada('user list')).exitCode).toBe(exitCodes.unauthenticated)
    await told(admin('policy grant operators --user ada'))
    expect(await told(ada('mesh list'))).toMatch(/^demo /m)

    expect((await ada('upgrade demo --to 1.31 --yes')).exitCode).toBe(exitCodes.done)
    const refused = await ada('next demo')
    expect(refused.exitCode).toBe(exitCodes.unauthenticated)
    expect(refused.err).toContain('not allowed meshlift:upgrade:finish on mesh')
    expect(refused.err).toContain('policy operators denies it')
    const finish = await admin('policy explain --user ada --action meshlift:upgrade:finish --mesh demo')
    expect(finish.exitCode).toBe(exitCodes.denied)
    expect(finish.out).toContain('"NotTheEnd"')
    const plan = await told(admin('policy explain --user ada --action meshlift:upgrade:plan --mesh demo --output json'))
    expect(JSON.parse(plan)).toMatchObject({ allowed: true, decided: { policy: 'operators', statement: 0 } })

    // Somebody else may finish, and nothing beside: neither see meshes or clusters, nor the documented upgrade.
    const last = join(data, 'finishers.yaml')
    const actions = ['list', 'get', 'finish'].map((one) => `meshlift:upgrade:${one}`).join(', ')
    writeFileSync(last, `Version: 5.0\nStatement: [{ Effect: Allow, Action: [${actions}] }]\n`)
    await told(admin('user add finn --password-stdin', 'the end is what finn does\n'))
    await told(admin(`policy add finishers --file ${last}`))
    await told(admin('policy grant finishers --user finn'))
    const login = { MESHLIFT_USER: 'finn', MESHLIFT_PASSWORD: 'the end is what finn does', MESHLIFT_DOMAIN: 'meshlift' }
    const finn = person(login)
    expect((await finn('rollback demo --yes')).err).toContain(
      'not allowed asm:mesh:upgrade or meshlift:upgrade:rollback on mesh',
    )
    expect(await told(finn('next demo'))).toContain('Mesh demo runs on')

    // A group's policy of the other version, in this project only.
    await told(admin('group add readers'))
    await told(admin('group join readers ada'))
    const grant = JSON.parse(
      await told(
        run(
          [
            'policy',
            'grant',
            'ASM ReadOnlyAccess',
            '--group',
            'readers',
            '--in-project',
            'default',
            '--output',
            'json',
          ],
          {
            fetch,
            environment: { MESHLIFT_SERVER: server.url ?? '', MESHLIFT_DATA: data },
          },
        ),
      ),
    ) as { readonly id: string }
    expect(await told(admin('user show ada'))).toMatch(/ASM ReadOnlyAccess +1\.1 +group readers +project default/)
    await told(admin(`policy revoke ${grant.id}`))

    // A key that is disabled signs nothing more.
    await told(admin(`key disable ${access}`))
    expect((await ada('mesh list')).exitCode).toBe(exitCodes.unauthenticated)
    await told(admin(`key enable ${access}`))
    await told(admin('user disable ada'))
    expect((await ada('mesh list')).exitCode).toBe(exitCodes.unauthenticated)
    await told(admin('user remove ada'))

    const written = await told(admin('audit show --output json'))
    expect(written).not.toContain(secret)
    expect(written).not.toContain(server.credentials.password)
    expect(await told(admin('audit show'))).toMatch(/ ada +\S+ +127\.0\.0\.1 +updateUpgrade +refused 403 /)
    const head = /head {2}(\w+)/.exec(await told(admin('audit verify')))?.[1]
    await told(admin('project add pay'))
    await told(admin(`audit verify --head ${head}`))
    expect((await admin(`audit verify --head ${'0'.repeat(64)}`)).exitCode).toBe(exitCodes.other)
  },
)

test('a password goes in by standard input, logs in, is changed, and is nowhere to be read', async () => {
  const admin = root()
  const [first, second] = ['first of all passwords', 'second to none, really']
  const said = [await told(admin('user add grace --administrator --password-stdin', `${first}\n`))]
  const as = (password: string) =>
    person({ MESHLIFT_USER: 'grace', MESHLIFT_PASSWORD: password, MESHLIFT_DOMAIN: 'meshlift' })
  said.push(await told(as(first)('user list')))
  said.push(await told(admin('user password grace --password-stdin', `${second}\n`)))
  const old = await as(first)('user list')
  expect(old.exitCode).toBe(exitCodes.unauthenticated)
  said.push(old.err, await told(as(second)('user list')), await told(admin('audit show --output json')))
  const short = await admin('user password grace --password-stdin', 'seven77')
  expect(short.exitCode).toBe(exitCodes.invalid)
  said.push(short.err)
  const kept = readFileSync(join(data, 'meshlift.db'), 'latin1')
  for (const password of [first, second, 'seven77']) expect(said.join('') + kept).not.toContain(password)
})

test('meshes, projects and enterprise projects', async () => {
  const admin = root()
  await told(admin('project enterprise add retail'))
  expect(await told(admin('mesh move demo --enterprise-project retail'))).toBe(
    'Mesh demo is in enterprise project retail.\n',
  )
  expect((await admin('project enterprise remove retail')).exitCode).toBe(exitCodes.conflict)
  await told(admin('mesh move demo --enterprise-project default'))
  await told(admin('project enterprise remove retail'))
  const { id }: { id: string } = JSON.parse(await told(admin('project add far --output json')))
  expect(await told(admin(`mesh list --project ${id}`))).toBe('No mesh yet.\n')
  await told(admin('project remove far'))
  expect((await admin('project remove default')).exitCode).toBe(exitCodes.conflict)
})
