import { expect, it } from 'vitest'
import type { Probe } from '../upgrade/mesh.ts'
import type { Cluster, Helm } from './cluster.ts'
import { meshOn } from './driver.ts'

const probe = (revision: string): Probe => ({
  ask: 'chart',
  cluster: 'east',
  version: '1.31.0',
  revision,
  release: `istiod-${revision}`,
  values: {},
})

it('answers a question once however often it is asked in one go', async () => {
  const rendered: string[] = []
  const helm: Partial<Helm> = {
    version: async () => 'v4.1.4',
    template: async ({ name }, { chart }) => {
      if (chart === 'istiod') rendered.push(name)
      return []
    },
  }
  const cluster: Partial<Cluster> = { name: 'east' }
  const mesh = meshOn({ cluster: cluster as Cluster, helm: helm as Helm, clock: { now: () => 0 } as never })

  const answers = await mesh.ask([probe('a'), probe('b'), probe('a')], new AbortController().signal)

  expect(answers.map(({ ask }) => ask)).toEqual(['chart', 'chart', 'chart'])
  expect(rendered).toEqual(['istiod-a', 'istiod-b'])
})
