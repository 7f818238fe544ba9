/** Certificates that are trusted beside the usual ones: those of --ca-file, and that of a data folder's own server. */

import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { Problem } from '../lib/problem.ts'
import { runningServer } from './server-file.ts'

/** PEM, one a text. Throws invalid (`cli/ca-file`) that names the file. */
export async function trustedBeside({ caFile, data }: Pick<Config, 'caFile' | 'data'>): Promise<readonly string[]> {
  const own = data === undefined ? undefined : (await runningServer(data))?.certificate
  return [...(caFile === undefined ? [] : await named(caFile)), ...(own === undefined ? [] : await served(own))]
}

async function named(file: string): Promise<readonly string[]> {
  const found = certificatesIn(
    await readFile(file, 'utf8').catch((thrown: unknown) => Promise.reject(unreadable(file, thrown))),
  )
  if (found.length === 0) throw unreadable(file, undefined)
  return found
}

/** Somebody who may not read the certificate of the server has brought --ca-file, or is told by the call itself. */
const served = async (file: string): Promise<readonly string[]> =>
  certificatesIn(await readFile(file, 'utf8').catch(() => ''))

const certificatesIn = (text: string): readonly string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []

const unreadable = (file: string, thrown: unknown): Problem =>
  new Problem({
    kind: 'invalid',
    code: 'cli/ca-file',
    text:
      thrown === undefined
        ? `${file} holds no certificate in PEM form; --ca-file (MESHLIFT_CA_FILE) names a file with one or more.`
        : `${file} cannot be read${thrown instanceof Error && 'code' in thrown ? ` (${String(thrown.code)})` : ''}; --ca-file (MESHLIFT_CA_FILE) names it.`,
  })
