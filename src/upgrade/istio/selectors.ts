/** Label selectors, as the API server matches them for admission webhooks. */

import type { Labels, Selector } from '../mesh.ts'

export function matches(selector: Selector, labels: Labels): boolean {
  const wanted = Object.entries(selector.matchLabels ?? {})
  if (wanted.some(([key, value]) => labels[key] !== value)) return false
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key]
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value)
      case 'NotIn':
        return value === undefined || !values.includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
    }
  })
}

/** Matches nothing: what `istioctl` and we put on an injector that is switched off but kept for going back (B5). */
export const neverMatch: Selector = { matchLabels: { 'istio.io/deactivated': 'never-match' } }

export function isNeverMatch(selector: Selector): boolean {
  return selector.matchLabels?.['istio.io/deactivated'] !== undefined
}
