/** Request headers as we read them, and those that every answer has. */

import type { FastifyRequest } from 'fastify'

/** The first one when it came several times. */
export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** `Content-Type` of every answer but streams of events. */
export const json = 'application/json; charset=utf-8'

/** Answers are data for programs: a browser that is led here must neither run, frame, guess nor remember them. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

/** Over TLS alone: a browser refuses it elsewhere. */
export const safeHeadersOverTls: Readonly<Record<string, string>> = {
  ...safeHeaders,
  'strict-transport-security': 'max-age=31536000',
}
