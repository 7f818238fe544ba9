/** The description of the API, for anybody: it says nothing that the published reference does not. */

import type { FastifyInstance } from 'fastify'
import { openApi } from '../contract/openapi/document.ts'
import { etagOf, unlessKnown } from './etag.ts'
import { json } from './gate/headers.ts'
import { sizes } from './gate/sizes.ts'
import type { Sending } from './sending.ts'

export function serveDescription(app: FastifyInstance, { send }: Pick<Sending, 'send'>): void {
  // Made when somebody asks: most servers are never asked.
  let made: { readonly text: string; readonly etag: string } | undefined
  app.get('/openapi.json', { config: { open: true }, bodyLimit: sizes.bodyOfAnybody }, (request, reply) => {
    if (!made) {
      const text = JSON.stringify(openApi())
      made = { text, etag: etagOf(text) }
    }
    const { text, etag } = made
    const headers = { 'content-type': json, etag, 'cache-control': 'public, no-cache' }
    send(reply, unlessKnown(request.headers['if-none-match'], etag, { status: 200, headers, body: text }))
  })
}
