/** What the caller takes as an answer. */

import { Problem } from '../../lib/problem.ts'

const json = ['application/json', 'application/*', '*/*']
const events = ['text/event-stream']

/**
 * `events` when the header asks for them by name and the route has them. Throws invalid (`http/not-acceptable`) when it
 * admits neither these nor JSON.
 */
export function accepted(accept: string | undefined, hasEvents: boolean): 'json' | 'events' {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return 'json'
  const ranges = accept.split(',').map(rangeOf)
  const weightOf = (types: readonly string[]): number =>
    Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ weight }) => weight))
  const asJson = weightOf(json)
  if (hasEvents && weightOf(events) > 0 && weightOf(events) >= asJson) return 'events'
  if (asJson > 0 || accept.trim() === '') return 'json'
  throw new Problem({
    kind: 'invalid',
    code: 'http/not-acceptable',
    text: `API request error: answers are application/json${hasEvents ? ' or text/event-stream' : ''}, which Accept must admit.`,
  })
}

function rangeOf(text: string): { readonly type: string; readonly weight: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const weight = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? '1')
  return { type, weight: Number.isNaN(weight) ? 1 : weight }
}
