/** For tests of TLS: a certificate of this moment, made by the machine's openssl, so that no key is ever kept in the project. */

import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { CertificateFiles } from '../tls.ts'

export interface SelfSigned {
  readonly files: CertificateFiles
  readonly cert: string
  readonly key: string
}

/** `tls.crt` and `tls.key` in that folder, for 127.0.0.1 and localhost, signed by itself. */
export async function selfSigned(folder: string, days = 90): Promise<SelfSigned> {
  await mkdir(folder, { recursive: true })
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost'.split(' ')
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  await promisify(execFile)('openssl', [
    ...words,
    ...names,
    '-days',
    `${days}`,
    '-out',
    files.cert,
    '-keyout',
    files.key,
  ])
  return { files, cert: await readFile(files.cert, 'utf8'), key: await readFile(files.key, 'utf8') }
}
