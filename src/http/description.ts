/** The description of the API, for anybody: it says nothing that the published reference does not. */

import type { FastifyInstance } from 'fastify'
import { openApi } from '../contract/openapi/document.ts'
import { etagOf, matches } from './etag.ts'
import { sizes } from './gate/sizes.ts'

export function serveDescription(app: FastifyInstance): void {
  // Made when somebody asks: most servers are never asked.
  let made: { readonly text: string; readonly etag: string } | undefined
  app.get('/openapi.json', { config: { open: true }, bodyLimit: sizes.bodyOfAnybody }, (request, reply) => {
    if (!made) {
      const text = JSON.stringify(openApi())
      made = { text, etag: etagOf(text) }
    }
    const { text, etag } = made
    void reply.headers({ etag, 'cache-control': 'public, no-cache' })
    return matches(request.headers['if-none-match'], etag)
      ? reply.code(304).send()
      : reply.header('content-type', 'application/json; charset=utf-8').send(text)
  })
}
