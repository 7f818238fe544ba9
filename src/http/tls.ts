/**
 * The server's certificate: two files, read at the start and again whenever what they hold has changed.
 *
 * Their content is compared, not their times: Kubernetes swaps a link to a folder when a Secret changes, other tools
 * rename a file over the old one, and some keep the time of the file they copy.
 */

import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { timestamp } from '../lib/clock.ts'
import type { Clock } from '../lib/clock.ts'
import { Problem, problemFrom } from '../lib/problem.ts'

export interface CertificateFiles {
  /** The chain, the server's own certificate first. PEM. */
  readonly cert: string
  /** PEM, without a passphrase. */
  readonly key: string
}

/** What both `https.createServer` and `setSecureContext` take. */
export interface TlsContext {
  readonly cert: string
  readonly key: string
  readonly minVersion: 'TLSv1.2'
}

export interface Certificate {
  readonly context: TlsContext
  /** Milliseconds since 1970. */
  readonly endsAt: number
}

/** Throws invalid that names the one of the two that is missing. Undefined when neither is set. */
export function certificateFiles(cert: string | undefined, key: string | undefined): CertificateFiles | undefined {
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert === undefined && key === undefined) return undefined
  const [set, missing] = cert === undefined ? ['tlsKey', 'tlsCert'] : ['tlsCert', 'tlsKey']
  throw new Problem({
    kind: 'invalid',
    code: 'http/tls-half',
    text: `${missing} is missing: ${set} is set, and TLS needs both.`,
  })
}

/** Throws invalid (`http/tls-files`), one sentence that names the file. Never quotes what is in it. */
export async function readCertificate(files: CertificateFiles, signal?: AbortSignal): Promise<Certificate> {
  const cert = await textOf(files.cert, 'certificate', signal)
  const key = await textOf(files.key, 'key', signal)
  const first = tried(() => new X509Certificate(cert), `${files.cert} holds no certificate in PEM form.`)
  const secret: KeyObject = tried(
    () => createPrivateKey(key),
    `${files.key} holds no private key in PEM form without a passphrase.`,
  )
  if (!first.checkPrivateKey(secret))
    throw refused(`The key in ${files.key} is not that of the certificate in ${files.cert}.`)
  const context: TlsContext = { cert, key, minVersion: 'TLSv1.2' }
  tried(() => createSecureContext(context), `${files.cert} and ${files.key} cannot be used for TLS.`)
  return { context, endsAt: first.validToDate.getTime() }
}

export type CertificateEvent =
  | { readonly what: 'renewed'; readonly endsAt: number }
  /** The pair that was there before is still used. */
  | { readonly what: 'refused'; readonly problem: Problem }
  | { readonly what: 'ending'; readonly endsAt: number; readonly text: string }

export interface Following {
  readonly files: CertificateFiles
  readonly first: Certificate
  /** Real time: certificates end by it. */
  readonly clock: Clock
  readonly use: (certificate: Certificate) => void
  readonly report: (event: CertificateEvent) => void
}

const lookEveryMs = 5000
const warnBeforeMs = 14 * 86_400_000
const warnEveryMs = 86_400_000

/** Until the signal is aborted. A broken pair is reported once, and only when it was broken twice: it may be half written. */
export async function followCertificate(
  { files, first, clock, use, report }: Following,
  signal: AbortSignal,
): Promise<void> {
  let current = first
  let broken: string | undefined
  let told = false
  let warnedAt = -Infinity
  while (!signal.aborted) {
    if (current.endsAt - clock.now() < warnBeforeMs && clock.now() - warnedAt >= warnEveryMs) {
      warnedAt = clock.now()
      report({ what: 'ending', endsAt: current.endsAt, text: endingText(files.cert, current.endsAt, clock.now()) })
    }
    await clock.sleep(lookEveryMs, signal)
    if (signal.aborted) return
    const found = await readCertificate(files, signal).catch(problemFrom)
    if (signal.aborted) return
    if (found instanceof Problem) {
      if (broken !== found.message) told = false
      else if (!told) {
        told = true
        report({ what: 'refused', problem: found })
      }
      broken = found.message
      continue
    }
    broken = undefined
    if (found.context.cert === current.context.cert && found.context.key === current.context.key) continue
    current = found
    warnedAt = -Infinity
    use(found)
    report({ what: 'renewed', endsAt: found.endsAt })
  }
}

function endingText(file: string, endsAt: number, now: number): string {
  if (endsAt <= now) return `The certificate in ${file} ended on ${timestamp(endsAt)}: clients refuse it.`
  const days = Math.floor((endsAt - now) / 86_400_000)
  return `The certificate in ${file} ends on ${timestamp(endsAt)}, in ${days} ${days === 1 ? 'day' : 'days'}: renew it.`
}

async function textOf(file: string, what: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await readFile(file, { encoding: 'utf8', ...(signal ? { signal } : {}) })
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
    throw refused(`The ${what} file ${file} cannot be read (${code}).`)
  }
}

// The cause is left out: what OpenSSL says may quote the file, and one of the two is a secret.
function tried<T>(make: () => T, otherwise: string): T {
  try {
    return make()
  } catch {
    throw refused(otherwise)
  }
}

const refused = (text: string): Problem => new Problem({ kind: 'invalid', code: 'http/tls-files', text })
