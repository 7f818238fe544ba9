import { describe, expect, test } from 'vitest'
import { exitCodes } from '../exit-codes.ts'
import { scriptedPeople } from '../testing/scripted-people.ts'
import { Refusal, scriptedServer, who } from '../testing/scripted-server.ts'
import type { Script } from '../testing/scripted-server.ts'
import { shop } from '../testing/scripted-upgrade.ts'
import { run } from '../testing/test-world.ts'

const moved: Script = {
  ...scriptedPeople(),
  listClusters: () => ({ items: [{ id: 'c1', name: 'prod', createdAt: '2026-11-22T10:00:00Z' }] }),
  moveMesh: () => shop,
  createMesh: () => shop,
}

const notForYou = () => new Refusal(403, 'access/denied', 'Not for you.')

async function typed(words: string, script: Script = moved) {
  const { fetch, calls } = scriptedServer(script)
  const outcome = await run(words.split(' '), { fetch, environment: who })
  return { ...outcome, asked: calls.findLast(({ name }) => !name.startsWith('list')) }
}

describe('mesh move', () => {
  test.each(['retail', 'e1'])('to %s', async (target) => {
    const { exitCode, out, asked } = await typed(`mesh move shop --enterprise-project ${target}`)
    expect([exitCode, out]).toEqual([exitCodes.done, 'Mesh shop is in enterprise project retail.\n'])
    expect(asked?.body).toEqual({ enterpriseProject: 'e1' })
  })

  test('by somebody who may move it but not see the list: the id is taken as it is', async () => {
    const script = { ...moved, listEnterpriseProjects: notForYou }
    const { exitCode, asked } = await typed('mesh move shop --enterprise-project e7', script)
    expect(exitCode).toBe(exitCodes.done)
    expect(asked?.body).toEqual({ enterpriseProject: 'e7' })
  })

  test('to one that is not there', async () => {
    const { exitCode, err } = await typed('mesh move shop --enterprise-project detail')
    expect(exitCode).toBe(exitCodes.notFound)
    expect(err).toContain('There is no enterprise project "detail"; there are default, retail.')
  })
})

describe('mesh add', () => {
  test('with an enterprise project and tags', async () => {
    const { exitCode, asked } = await typed(
      'mesh add shop --cluster prod --enterprise-project retail --tag stage=live --tag note=a=b --tag empty=',
    )
    expect(exitCode).toBe(exitCodes.done)
    expect(asked?.body).toMatchObject({
      metadata: { name: 'shop', annotations: { 'meshlift.io/enterprise-project': 'e1' } },
      spec: {
        tags: [
          { key: 'stage', value: 'live' },
          { key: 'note', value: 'a=b' },
          { key: 'empty', value: '' },
        ],
      },
    })
  })

  test('by somebody who may not see clusters: the id is taken as it is', async () => {
    const { exitCode, out, asked } = await typed('mesh add shop --cluster c7', { ...moved, listClusters: notForYou })
    expect([exitCode, out]).toEqual([exitCodes.done, 'Mesh shop is Istio 1.30.2 in cluster c7.\n'])
    expect(asked?.body).toMatchObject({ spec: { extendParams: { clusters: [{ clusterID: 'c7' }] } } })
  })

  test.each(['stage', '=live'])('refuses the tag %s', async (tag) => {
    const { exitCode, err, asked } = await typed(`mesh add shop --cluster prod --tag ${tag}`)
    expect(exitCode).toBe(exitCodes.invalid)
    expect(err).toContain('It must be KEY=VALUE.')
    expect(asked).toBeUndefined()
  })
})

test('mesh show tells them', async () => {
  const tagged = {
    ...shop,
    metadata: { ...shop.metadata, annotations: { 'meshlift.io/enterprise-project': 'e1' } },
    spec: { ...shop.spec, tags: [{ key: 'stage', value: 'live' }] },
  }
  const { out } = await typed('mesh show shop', {
    ...moved,
    listMeshes: () => ({ kind: 'MeshList', apiVersion: 'v1', items: [tagged] }),
  })
  expect(out).toMatch(/ {2}enterprise project +e1\n/)
  expect(out).toMatch(/ {2}tag +stage=live\n/)
})

test.each([
  ['the name', moved, 'prod'],
  ['the id, for somebody who may not see clusters,', { ...moved, listClusters: notForYou }, 'c1'],
] as const)('mesh show tells %s of a cluster', async (_, script, cluster) => {
  const { exitCode, out } = await typed('mesh show shop', script)
  expect(exitCode).toBe(exitCodes.done)
  expect(out).toMatch(new RegExp(` {2}clusters +${cluster}\n`))
})
