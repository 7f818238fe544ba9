/** A `fetch` that holds every answer against the contract. */

import { expect } from 'vitest'
import type { Fetch } from '../../src/client/transport.ts'
import { misfits } from './misfits.ts'

export function checkedFetch(fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init)
    const { status, headers } = response
    const text = await response.clone().text()
    const { pathname } = new URL(url, 'http://x')
    expect(misfits(init.method ?? 'GET', pathname, { status, headers, text })).toEqual([])
    return response
  }
}
