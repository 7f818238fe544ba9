import { expect, test } from 'vitest'
import type { Clock } from '../lib/clock.ts'
import type { Helm, KubeObject } from './cluster.ts'
import { crdsMemo } from './crds-memo.ts'

const { signal } = new AbortController()
const chart = { version: '1.31.0', release: 'istio-base' }
const crd: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'sidecars.networking.istio.io' },
}

/** A helm that says what it rendered, and a clock that is set by hand. */
function arranged() {
  const rendered: string[] = []
  let now = 0
  const clock: Clock = { now: () => now, sleep: async () => undefined }
  const refuse = async (): Promise<never> => {
    throw new Error('only template is used')
  }
  const helm: Helm = {
    version: refuse,
    install: refuse,
    uninstall: refuse,
    template: async (release, { version }) => {
      rendered.push(`${release.name} ${version}`)
      return [crd]
    },
  }
  return { rendered, memo: crdsMemo({ helm, clock }), at: (ms: number) => (now = ms) }
}

test('look, act and look again render once; half a minute later the folder is read anew', async () => {
  const { rendered, memo, at } = arranged()
  const first = await memo.of(chart, signal)
  at(29_999)
  expect(await memo.of(chart, signal)).toBe(first)
  expect(rendered).toEqual(['istio-base 1.31.0'])
  at(30_000)
  await memo.of(chart, signal)
  expect(rendered).toHaveLength(2)
})

test('another version or release is another chart', async () => {
  const { rendered, memo } = arranged()
  await memo.of(chart, signal)
  await memo.of({ ...chart, version: '1.32.0' }, signal)
  await memo.of({ ...chart, version: '1.32.0', release: 'base' }, signal)
  expect(rendered).toEqual(['istio-base 1.31.0', 'istio-base 1.32.0', 'base 1.32.0'])
})

test('nothing is kept once it is forgotten', async () => {
  const { rendered, memo } = arranged()
  await memo.of(chart, signal)
  memo.forget()
  await memo.of(chart, signal)
  expect(rendered).toHaveLength(2)
})
