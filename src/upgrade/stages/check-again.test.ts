import { describe, expect, it } from 'vitest'
import { noon } from '../testing/facts.ts'
import { asked, decided, settings, twoPlanes } from '../testing/staging.ts'
import { quietMesh } from '../testing/facts.ts'
import { checkAgain } from './check-again.ts'
import { judgeStart } from './judge-start.ts'

const quiet = quietMesh()
const mesh = { controlPlanes: quiet.controlPlanes, releases: quiet.releases, webhooks: quiet.webhooks }
const fresh = { mesh, upgrade: { checkedAt: noon - 300_000 } }
const old = { mesh, upgrade: { checkedAt: noon - settings.precheckValidMs - 1 } }

describe('checking again', () => {
  it('is not needed while the check is young', () => {
    expect(decided(checkAgain, fresh)).toBe(
      'done fresh: The check of 5 minutes ago still counts, and nobody else has begun meanwhile.',
    )
    expect(asked(checkAgain, fresh)).toEqual([])
  })

  it('however young: not when somebody else has begun meanwhile', () => {
    const { controlPlanes, releases, webhooks } = twoPlanes()
    expect(decided(checkAgain, { ...fresh, mesh: { controlPlanes, releases, webhooks } })).toMatch(
      /^fail taken: Since the check, somebody else has begun: /,
    )
  })

  it('is the whole check once it is old', () => {
    expect(asked(checkAgain, old)).toEqual(asked(judgeStart, old))
    expect(asked(checkAgain, old).length).toBeGreaterThan(1)
    expect(decided(checkAgain, old)).toBe(decided(judgeStart, old))
    expect(decided(judgeStart, old)).toMatch(/^fail blocked: Blocked by findings /)
  })
})
