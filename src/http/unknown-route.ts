/** Why no route was found: the path, or only the method. */

import { routes } from '../contract/routes.ts'
import type { Route } from '../contract/route.ts'
import { Problem } from '../lib/problem.ts'

const offered = Object.values(routes).map((route: Route) => ({
  method: route.method,
  path: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}/?$`),
}))

/** @param url with its query */
export function unknownRoute(method: string, url: string): Problem {
  const path = url.replace(/\?.*$/s, '')
  const allow = offered.filter((one) => one.path.test(path)).map((one) => one.method)
  if (allow.length > 0)
    return new Problem({
      kind: 'invalid',
      code: 'http/wrong-method',
      text: `The API does not exist: ${method} is not offered here, only ${allow.join(', ')}.`,
      facts: { allow },
    })
  return new Problem({
    kind: 'not-found',
    code: 'http/unknown-route',
    text: 'The API does not exist or has not been published in the environment.',
  })
}
