import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCatalogue } from './catalogue-file.ts'
import { catalogueOfFolder, upstreamCatalogue } from './catalogue.ts'
import type { Catalogue } from './catalogue.ts'
import { judge, judgeHop, judgeKubernetes, resolveVersion, told } from './versions.ts'

const asm = parseCatalogue(readFileSync(new URL('../../catalogues/asm.yaml', import.meta.url), 'utf8'), 'asm.yaml')
const folder = catalogueOfFolder('/charts', ['1.30.0', '1.30.9', '1.30.10', '1.31.0', '1.32.0-rc.1', 'notes', '1.33'])
const rebuilt: Catalogue = {
  name: 'ours',
  versions: ['1.15.7-r9', '1.15.7-r10', '1.15.5-r4', '1.13.9-r5'].map((version) => ({ version })),
  closed: true,
}

describe('what a caller means', () => {
  it.each([
    ['1.30.9', folder, '1.30.9'],
    ['v1.30.9', folder, '1.30.9'],
    ['1.30', folder, '1.30.10'],
    ['v1.31', folder, '1.31.0'],
    ['1.32.0-rc.1', folder, '1.32.0-rc.1'],
    ['1.15', rebuilt, '1.15.7-r10'],
    ['v1.15.7', rebuilt, '1.15.7-r10'],
    ['1.15.7-r9', rebuilt, '1.15.7-r9'],
    ['1.30', upstreamCatalogue, '1.30.7'],
    ['1.22.3', upstreamCatalogue, '1.22.3'],
    ['v1.30.99', upstreamCatalogue, '1.30.99'],
    ['1.18', asm, '1.18.7-r5'],
    ['1.18.7', asm, '1.18.7-r5'],
    ['1.28.0-r1', asm, '1.28.0-r1'],
  ])('%s', (asked, catalogue, expected) => {
    expect(resolveVersion(asked, catalogue)).toEqual({ ok: true, version: expected })
  })

  it.each([
    ['latest', folder, 'latest is not a version; write it as 1.30.2, v1.30 or 1.15.7-r4'],
    ['1.32', folder, '1.32 is unknown to the charts in /charts'],
    ['1.30.8', folder, '1.30.8 is unknown to the charts in /charts'],
    ['1.33', folder, '1.33 is unknown to the charts in /charts'],
    ['1.15.7-r1', rebuilt, '1.15.7-r1 is unknown to ours'],
    ['1.22', upstreamCatalogue, "1.22 is unknown to Istio's own rule"],
    ['1.28', asm, '1.28 names no single version and catalogue asm.yaml lists none of it; write it in full'],
    ['1.14.1-r1', asm, '1.14.1-r1 is unknown to catalogue asm.yaml'],
  ])('refuses %s and names what there is', (asked, catalogue, why) => {
    const refused = resolveVersion(asked, catalogue)
    expect(refused).toMatchObject({ ok: false, why, allowed: expect.arrayContaining([expect.any(String)]) })
  })

  it('names versions newest first, pre-releases last', () => {
    expect(resolveVersion('1.99.0', folder)).toMatchObject({
      allowed: ['1.31.0', '1.30.10', '1.30.9', '1.30.0', '1.32.0-rc.1'],
    })
  })
})

describe('where a mesh may go', () => {
  it.each([
    ['1.30.0', '1.31.0'],
    ['1.29.4', '1.31.0'],
    ['1.30.0', '1.30.1'],
    ['1.30.0', '1.30.0-r1'],
    ['1.31.0-rc.0', '1.31.0'],
  ])("Istio's own rule lets %s go to %s", (from, to) => {
    expect(judgeHop(from, to, upstreamCatalogue)).toEqual({ ok: true })
  })

  it.each([
    ['1.30.0', '1.30.0', '1.30.0 is what is installed', ['1.31.1', '1.30.7']],
    ['1.30.5', 'v1.30.5', 'v1.30.5 is what is installed', ['1.31.1', '1.30.7']],
    ['1.30.0', '1.29.9', '1.29.9 is older than the installed 1.30.0', ['1.31.1', '1.30.7']],
    ['1.31.0', '1.31.0-rc.0', '1.31.0-rc.0 is older than the installed 1.31.0', ['1.31.1']],
    ['1.28.4', '1.31.0', '1.31.0 is more than two minor versions ahead of the installed 1.28.4', ['1.30.7', '1.29.9']],
    ['1.30.0', '2.0.0', '2.0.0 is more than two minor versions ahead of the installed 1.30.0', ['1.31.1', '1.30.7']],
    ['dev', '1.31.0', 'The installed version dev is not one that can be compared', []],
    ['1.30.0', 'soon', 'soon is not a version', ['1.31.1', '1.30.7']],
  ])("Istio's own rule refuses %s to %s", (from, to, why, allowed) => {
    expect(judgeHop(from, to, upstreamCatalogue)).toEqual({ ok: false, why, allowed })
  })

  it.each([
    ['1.8.6-r4', '1.15.7-r4', true],
    ['1.13.9-r5', '1.15.7-r1', true],
    ['1.15.7-r4', '1.18.7-r5', true],
    ['1.18.7-r5', '1.28.1-r2', true],
    ['1.8.6-r4', '1.18.7-r5', false],
    ['1.15.5-r4', '1.15.7-r1', false],
    ['1.18.7-r5', '1.15.7-r4', false],
    ['1.18.7-r1', '1.18.7-r1', false],
  ])('by the hops of ASM, %s to %s: %s', (from, to, ok) => {
    expect(judgeHop(from, to, asm).ok).toBe(ok)
  })

  it('names the hops that there are', () => {
    expect(told(judgeHop('1.8.6-r4', '1.18.7-r5', asm))).toBe(
      'catalogue asm.yaml has no way from 1.8.6-r4 to 1.18.7-r5. Accepted: 1.15.7-r4, 1.15.7-r1, 1.15.5-r4.',
    )
    expect(told(judgeHop('1.31.1', '1.30.0', upstreamCatalogue))).toBe(
      '1.30.0 is older than the installed 1.31.1. No version would be accepted.',
    )
    expect(told(judgeHop('1.30.0', '1.31.0', upstreamCatalogue))).toBeUndefined()
  })

  it('a listed hop never goes back', () => {
    const careless: Catalogue = {
      ...rebuilt,
      hops: [
        { from: '1.15.x', to: '1.15.x' },
        { from: '1.15.x', to: '1.13.x' },
      ],
    }
    expect(judgeHop('1.15.5-r4', '1.15.7-r9', careless)).toEqual({ ok: true })
    expect(judgeHop('1.15.7-r9', '1.15.5-r4', careless)).toMatchObject({ ok: false, allowed: ['1.15.7-r10'] })
    expect(judgeHop('1.15.7-r9', '1.13.9-r5', careless).ok).toBe(false)
  })
})

describe('which Kubernetes a version needs', () => {
  it.each([
    ['1.31.0', '1.32.0', upstreamCatalogue, true],
    ['1.31.0', 'v1.35.4', upstreamCatalogue, true],
    ['1.31.0', 'v1.31.9', upstreamCatalogue, false],
    ['1.29.3', '1.30.0-eks-1', upstreamCatalogue, true],
    ['1.24.6', '1.27.3', upstreamCatalogue, false],
    ['1.22.0', '1.20.0', upstreamCatalogue, true],
    ['1.15.7-r1', '1.27.9', asm, true],
    ['1.15.7-r1', '1.26.9', asm, false],
    ['1.28.0-r1', '1.36.0', asm, true],
    ['1.28.0-r1', '1.37.0', asm, false],
  ])('%s on %s', (to, kubernetes, catalogue, ok) => {
    expect(judgeKubernetes(to, kubernetes, catalogue).ok).toBe(ok)
  })

  it('says what it needs and what would run there', () => {
    expect(judgeKubernetes('1.31.1', 'v1.31.2', upstreamCatalogue, '1.28.4')).toEqual({
      ok: false,
      why: '1.31.1 needs Kubernetes 1.32 or newer, the cluster has v1.31.2',
      allowed: ['1.29.9'],
    })
    expect(told(judgeKubernetes('1.18.7-r5', '1.24.1', asm))).toBe(
      '1.18.7-r5 needs Kubernetes 1.25, 1.27, 1.28, 1.29, 1.30, 1.31, 1.32, 1.33, 1.34, 1.35, the cluster has 1.24.1. No version would be accepted.',
    )
    const bounded: Catalogue = {
      name: 'bounded',
      closed: true,
      versions: [{ version: '1.30.x', kubernetes: { min: '1.30', max: '1.33' } }, { version: '1.30.1' }],
    }
    expect(judgeKubernetes('1.30.1', '1.34.0', bounded)).toMatchObject({
      why: '1.30.1 needs Kubernetes 1.30 to 1.33, the cluster has 1.34.0',
    })
    expect(judgeKubernetes('1.30.1', '1.33.9', bounded).ok).toBe(true)
  })

  it('says so when the cluster tells no version', () => {
    expect(judgeKubernetes('1.31.1', 'unknown', upstreamCatalogue)).toMatchObject({
      why: "The cluster's version unknown is not one that can be compared",
      allowed: [],
    })
  })
})

describe('both together', () => {
  it('accepts what passes both', () => {
    expect(judge('1.30.0', '1.31.0', 'v1.35.4', upstreamCatalogue)).toEqual({ ok: true })
    expect(judge('1.30.0', '1.31.0', undefined, upstreamCatalogue)).toEqual({ ok: true })
  })

  it('offers only what passes both', () => {
    expect(judge('1.28.4', '1.30.7', '1.31.0', upstreamCatalogue)).toEqual({
      ok: false,
      why: '1.30.7 needs Kubernetes 1.32 or newer, the cluster has 1.31.0',
      allowed: ['1.29.9'],
    })
    expect(judge('1.28.4', '1.28.4', '1.31.0', upstreamCatalogue)).toMatchObject({ allowed: ['1.29.9'] })
  })
})
