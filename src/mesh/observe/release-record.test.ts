import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { newestOf, releaseRecord } from './release-record.ts'

function secret(name: string, version: number, content: unknown): KubeObject {
  const byHelm = gzipSync(JSON.stringify(content)).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `sh.helm.release.v1.${name}.v${version}`,
      labels: { owner: 'helm', name, version: String(version), status: 'deployed' },
    },
    data: { release: Buffer.from(byHelm).toString('base64') },
  }
}

const content = {
  name: 'istiod',
  version: 10,
  info: { status: 'deployed', last_deployed: '2026-11-22T10:00:00.123456789Z' },
  chart: { metadata: { name: 'istiod', version: '1.30.0' } },
  config: { meshConfig: { accessLogFile: '/dev/stdout' } },
  manifest: '---\nkind: Service\n',
}

test('a record is read through both of its base64 layers', () => {
  expect(releaseRecord(secret('istiod', 10, content))).toEqual({
    name: 'istiod',
    version: 10,
    status: 'deployed',
    chart: 'istiod',
    chartVersion: '1.30.0',
    lastDeployed: Date.parse('2026-11-22T10:00:00.123Z'),
    values: { meshConfig: { accessLogFile: '/dev/stdout' } },
    manifest: '---\nkind: Service\n',
  })
})

test('a release without values of its own has empty ones', () => {
  expect(releaseRecord(secret('istiod', 1, { ...content, config: null })).values).toEqual({})
})

test('the tenth stored version is newer than the ninth', () => {
  const stored = [secret('istiod', 10, content), secret('istiod', 9, content), secret('istio-base', 1, content)]
  expect(newestOf(stored).map((one) => one.metadata.name)).toEqual([
    'sh.helm.release.v1.istiod.v10',
    'sh.helm.release.v1.istio-base.v1',
  ])
})

test('a record that cannot be read is named, and nothing of it is quoted', () => {
  const broken = { ...secret('istiod', 1, content), data: { release: 'cGFzc3dvcmQ=' } }
  expect(() => releaseRecord(broken)).toThrow(/Secret sh\.helm\.release\.v1\.istiod\.v1 cannot be read/)
  expect(() => releaseRecord(broken)).not.toThrow(/password/)
})
