/** Upgrades of all pages, newest first. */

import type { UpgradeListQuery, UpgradeSummary } from '../contract/extensions.ts'
import type { Session } from './session.ts'

const page = '1000'

export async function allUpgrades(
  session: Session,
  asked: Pick<UpgradeListQuery, 'mesh' | 'state'>,
  signal: AbortSignal,
): Promise<readonly UpgradeSummary[]> {
  const all: UpgradeSummary[] = []
  let after: string | undefined
  do {
    const query: UpgradeListQuery = { ...asked, limit: page, ...(after === undefined ? {} : { after }) }
    const { items, next } = await session.call('listUpgrades', { query }, signal)
    all.push(...items)
    after = next
  } while (after !== undefined)
  return all
}
