import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Check, CheckSituation } from './check.ts'
import { checks } from './checks.ts'
import type { Observation } from './mesh.ts'
import {
  batch,
  budget,
  controlPlane,
  injectedAs,
  oldPlane,
  oldRevision,
  podsOf,
  quietMesh,
  workload,
} from './testing/facts.ts'
import { findingsOf, situation } from './testing/looking.ts'
import { injector, tag } from './testing/webhooks.ts'

const files = readdirSync(new URL('./checks/', import.meta.url))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))

describe('the list of checks', () => {
  it('has every file of checks/ once, under the name of the file', () => {
    expect(checks.map((check) => check.id).toSorted()).toEqual(files.toSorted())
  })

  it('has codes that start with the id of their check, and no two titles alike', () => {
    for (const check of checks) for (const { code } of check.sentences) expect(code.split('/')[0]).toBe(check.id)
    expect(new Set(checks.map((check) => check.title)).size).toBe(checks.length)
  })

  it.each(checks.flatMap((check) => check.sentences))(
    '$code says what to do, and its test hears it',
    ({ code, text }) => {
      const [id, word] = code.split('/')
      // What is wrong, and then what to do about it.
      expect(text).toMatch(/[.:;] .+\.$/)
      expect(readFileSync(new URL(`./checks/${id}.test.ts`, import.meta.url), 'utf8')).toMatch(
        new RegExp(`['"\`]${word} `),
      )
    },
  )
})

/** Which parts are looked up while the check works. */
function partsRead(check: Check, s: CheckSituation): ReadonlySet<string> {
  const read = new Set<string>()
  const seen = new Proxy(s.seen, {
    get: (target, part: keyof Observation) => {
      if (part !== 'at') read.add(part)
      return target[part]
    },
  })
  findingsOf(check, { ...s, seen })
  return read
}

describe.each([
  { mesh: 'un-revisioned', from: oldPlane },
  { mesh: 'revisioned', from: oldRevision },
])('a quiet $mesh mesh', ({ from }) => {
  it.each(checks)('$id finds nothing', (check) => {
    expect(findingsOf(check, situation({ from }))).toEqual([])
  })

  it.each(checks)('$id reads no part that it does not declare', (check) => {
    for (const part of partsRead(check, situation({ from }))) expect(check.reads).toContain(part)
  })
})

/** A second control plane in use, pods that choose for themselves, and two workloads of one name. */
function busy(): CheckSituation {
  const other = { revision: '1-29-0', version: '1.29.0', release: 'istiod-1-29-0', service: 'istiod-1-29-0' }
  const own = {
    podLabels: { 'istio.io/rev': oldRevision.revision },
    replicas: 1,
    hasReadinessProbe: false,
    paused: true,
  }
  const workloads = [workload('plain/own', own), workload('plain/own', { ...own, kind: 'StatefulSet' })]
  const quiet = quietMesh({}, oldRevision)
  return situation({
    from: oldRevision,
    mesh: {
      controlPlanes: [...quiet.controlPlanes, controlPlane(other)],
      webhooks: [...quiet.webhooks, injector(other), tag('default', other)],
      workloads,
      pods: workloads.flatMap((one) => podsOf(one, injectedAs(oldRevision))),
      batch: [batch('Job', 'shop/import'), batch('CronJob', 'shop/import')],
      budgets: [budget('plain/own', { disruptionsAllowed: 0 })],
    },
  })
}

describe('a busy mesh', () => {
  it.each(checks)('$id really reads what it declares', (check) => {
    expect([...partsRead(check, busy())].toSorted()).toEqual(check.reads.toSorted())
  })

  it('has findings, and no two of one check about the same object', () => {
    const all = checks.map((check) => findingsOf(check, busy()).map((finding) => finding.about))
    expect(all.flat().length).toBeGreaterThan(8)
    for (const abouts of all) expect(new Set(abouts).size).toBe(abouts.length)
  })
})
