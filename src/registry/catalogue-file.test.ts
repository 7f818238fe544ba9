import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCatalogue, parseCatalogue } from './catalogue-file.ts'
import { upstreamCatalogue } from './catalogue.ts'

const signal = AbortSignal.any([])

describe('a catalogue as written', () => {
  const expected = {
    name: 'catalogue f',
    closed: true,
    versions: [
      { version: '1.31.0', kubernetes: { min: '1.32' }, charts: '/charts/1.31.0' },
      { version: '1.22.x', kubernetes: { min: '1.27', max: '1.35' } },
      { version: '1.15.7-r4', kubernetes: { only: ['1.21', '1.23'] } },
      { version: '1.14.1' },
    ],
    hops: [{ from: '1.22.x', to: '1.31.x' }],
  }

  it('is read from YAML', () => {
    const yaml = `
versions:
  - version: "v1.31.0"
    kubernetes: { min: "1.32" }
    charts: /charts/1.31.0
  - version: 1.22.x
    kubernetes: { min: "1.27", max: "v1.35" }
  - { version: 1.15.7-r4, kubernetes: ["1.21", "1.23"] }
  - version: 1.14.1
hops:
  - { from: 1.22.x, to: 1.31.x }
`
    expect(parseCatalogue(yaml, 'f')).toEqual(expected)
  })

  it('is read from JSON', () => {
    const { versions, hops } = expected
    const written = versions.map((entry) => ({
      ...entry,
      ...(entry.kubernetes?.only === undefined ? {} : { kubernetes: entry.kubernetes.only }),
    }))
    expect(parseCatalogue(JSON.stringify({ versions: written, hops }), 'f')).toEqual(expected)
  })

  it("without hops leaves upstream's rule in force", () => {
    expect(parseCatalogue('versions: [{version: "1.31.0"}]', 'f').hops).toBeUndefined()
  })

  it.each([
    ['[]', 'the file must be {versions, hops}'],
    ['', 'the file must be {versions, hops}'],
    ['versions: []', 'versions must be a list that is not empty'],
    ['versions: 1.31.0', 'versions must be a list'],
    ['versions: [1.3]', 'versions[0] must be {version, kubernetes, charts}'],
    ['versions: [{version: 1.30}]', 'versions[0].version must be a version in quotes'],
    ['versions: [{version: latest}]', 'versions[0].version must be a version in quotes'],
    ['versions: [{version: "1.31.0", kubernetes: "1.32"}]', 'versions[0].kubernetes must be {min, max} or a list'],
    [
      'versions: [{version: "1.31.0", kubernetes: {min: 1.32}}]',
      'versions[0].kubernetes.min must be a Kubernetes version',
    ],
    ['versions: [{version: "1.31.0", kubernetes: {max: "1.32"}}]', 'versions[0].kubernetes.min must be'],
    ['versions: [{version: "1.31.0", kubernetes: ["1.32", 5]}]', 'versions[0].kubernetes[1] must be'],
    ['versions: [{version: "1.31.0", charts: 5}]', 'versions[0].charts must be an absolute path'],
    ['versions: [{version: "1.31.0", charts: ./charts}]', 'versions[0].charts must be an absolute path'],
    ['versions: [{version: "1.31.0"}]\nhops: {}', 'hops must be a list'],
    ['versions: [{version: "1.31.0"}]\nhops: [{from: "1.30.x"}]', 'hops[0].to must be a version in quotes'],
    ['versions: [{version: "1.31.0"}]\nhops: [x]', 'hops[0] must be {from, to}'],
    ['versions: [', 'is neither YAML nor JSON'],
  ])('names what is wrong in %j', (content, says) => {
    expect(() => parseCatalogue(content, '/etc/c.yaml')).toThrow(says)
    expect(() => parseCatalogue(content, '/etc/c.yaml')).toThrow('/etc/c.yaml')
  })
})

describe('the catalogue of a cluster', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalogue-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is its file, read anew each time', async () => {
    const catalogue = join(folder, 'c.yaml')
    writeFileSync(catalogue, 'versions: [{version: "1.31.0"}]')
    expect((await loadCatalogue({ catalogue, charts: folder }, signal)).versions).toEqual([{ version: '1.31.0' }])
    writeFileSync(catalogue, 'versions: [{version: "1.31.1"}]')
    expect((await loadCatalogue({ catalogue }, signal)).versions).toEqual([{ version: '1.31.1' }])
  })

  it('else what is in its charts folder', async () => {
    for (const name of ['1.30.2', '1.31.0', 'notes', '1.32']) mkdirSync(join(folder, name))
    writeFileSync(join(folder, '1.33.0'), 'a file')
    const { versions, closed } = await loadCatalogue({ charts: folder }, signal)
    expect(versions.map(({ version }) => version).toSorted()).toEqual(['1.30.2', '1.31.0'])
    expect(closed).toBe(true)
  })

  it("else Istio's own", async () => {
    expect(await loadCatalogue({}, signal)).toBe(upstreamCatalogue)
    expect(await loadCatalogue({ charts: 'oci://charts.example.test/istio' }, signal)).toBe(upstreamCatalogue)
  })

  it('that cannot be read is told by its path', async () => {
    const missing = join(folder, 'missing')
    for (const from of [{ catalogue: missing }, { charts: missing }])
      await expect(loadCatalogue(from, signal)).rejects.toMatchObject({
        kind: 'unavailable',
        code: 'registry/catalogue-unreadable',
        message: `${missing} cannot be read (ENOENT); look at the cluster's charts and catalogue.`,
      })
  })
})

describe('what is shipped', () => {
  const shipped = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

  it('is accepted: the catalogue of ASM', () => {
    const { hops, versions } = parseCatalogue(shipped('catalogues/asm.yaml'), 'asm.yaml')
    expect(hops).toContainEqual({ from: '1.15.x', to: '1.18.x' })
    expect(versions.length).toBeGreaterThan(5)
  })

  it('is accepted: every example of the documentation', () => {
    const examples = [...shipped('docs/catalogue.md').matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => yaml ?? '')
    expect(examples).toHaveLength(3)
    for (const example of examples) expect(parseCatalogue(example, 'example').versions.length).toBeGreaterThan(1)
  })
})
