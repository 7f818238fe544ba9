/** A catalogue as people write it: YAML or JSON. `catalogues/asm.yaml` is one. */

import { readdir, readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { isRecord } from '../lib/json.ts'
import { Problem } from '../lib/problem.ts'
import { catalogueOfFolder, upstreamCatalogue } from './catalogue.ts'
import type { Catalogue, CatalogueEntry, Hop, KubernetesRange } from './catalogue.ts'
import { parseVersion } from './version.ts'

/**
 * The catalogue of a cluster: its file when it names one, else what is in its charts folder, else Istio's own releases.
 * Read anew each time, so that a changed file counts. invalid, naming file and field; unavailable when it cannot be read.
 */
export async function loadCatalogue(
  from: { readonly catalogue?: string; readonly charts?: string },
  signal: AbortSignal,
): Promise<Catalogue> {
  if (from.catalogue !== undefined) return parseCatalogue(await text(from.catalogue, signal), from.catalogue)
  signal.throwIfAborted()
  // An address of a repository cannot be listed cheaply; a folder can.
  if (from.charts === undefined || !from.charts.startsWith('/')) return upstreamCatalogue
  return catalogueOfFolder(from.charts, await foldersIn(from.charts))
}

/** @param file for sentences */
export function parseCatalogue(content: string, file: string): Catalogue {
  const invalid = (field: string, must: string): Problem =>
    new Problem({
      kind: 'invalid',
      code: 'registry/catalogue-invalid',
      text: `Catalogue ${file}: ${field} must be ${must}.`,
      facts: { file, field },
    })
  const list = (value: unknown, field: string): readonly unknown[] => {
    if (Array.isArray(value)) return value
    throw invalid(field, 'a list')
  }
  const pattern = (value: unknown, field: string): string => {
    const isPattern = typeof value === 'string' && parseVersion(value.replace(/-rx$/, '').replace(/\.x$/, ''))
    if (typeof value === 'string' && isPattern) return value.replace(/^v/, '')
    throw invalid(field, 'a version in quotes, such as "1.30.2", "1.15.7-r4" or "1.18.x"')
  }
  const minor = (value: unknown, field: string): string => {
    if (typeof value === 'string' && parseVersion(value) !== undefined) return value.replace(/^v/, '')
    throw invalid(field, 'a Kubernetes version in quotes, such as "1.32"')
  }
  const range = (value: unknown, field: string): KubernetesRange => {
    if (Array.isArray(value)) return { only: value.map((one, index) => minor(one, `${field}[${index}]`)) }
    if (!isRecord(value)) throw invalid(field, '{min, max} or a list of versions')
    const max = value['max'] === undefined ? {} : { max: minor(value['max'], `${field}.max`) }
    return { min: minor(value['min'], `${field}.min`), ...max }
  }
  const entry = (value: unknown, field: string): CatalogueEntry => {
    if (!isRecord(value)) throw invalid(field, '{version, kubernetes, charts}')
    const { kubernetes, charts } = value
    if (charts !== undefined && !(typeof charts === 'string' && /^(\/|oci:\/\/|https?:\/\/)./.test(charts)))
      throw invalid(`${field}.charts`, 'an absolute path, or an address starting with https:// or oci://')
    return {
      version: pattern(value['version'], `${field}.version`),
      ...(kubernetes === undefined ? {} : { kubernetes: range(kubernetes, `${field}.kubernetes`) }),
      ...(charts === undefined ? {} : { charts }),
    }
  }
  const hop = (value: unknown, field: string): Hop => {
    if (!isRecord(value)) throw invalid(field, '{from, to}')
    return { from: pattern(value['from'], `${field}.from`), to: pattern(value['to'], `${field}.to`) }
  }

  const document = parsed(content, file)
  if (!isRecord(document)) throw invalid('the file', '{versions, hops}')
  const versions = list(document['versions'], 'versions').map((one, index) => entry(one, `versions[${index}]`))
  if (versions.length === 0) throw invalid('versions', 'a list that is not empty')
  const hops = document['hops']
  return {
    name: `catalogue ${file}`,
    versions,
    closed: true,
    ...(hops === undefined ? {} : { hops: list(hops, 'hops').map((one, index) => hop(one, `hops[${index}]`)) }),
  }
}

function parsed(content: string, file: string): unknown {
  try {
    return parse(content) // JSON is YAML too
  } catch (thrown) {
    const [line] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')
    throw new Problem({
      kind: 'invalid',
      code: 'registry/catalogue-invalid',
      text: `Catalogue ${file} is neither YAML nor JSON: ${line}`,
      facts: { file },
      cause: thrown,
    })
  }
}

async function text(file: string, signal: AbortSignal): Promise<string> {
  return readable(file, () => readFile(file, { encoding: 'utf8', signal }))
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readable(folder, () => readdir(folder, { withFileTypes: true }))
  return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name)
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
    if (!/^E[A-Z]+$/.test(code)) throw thrown
    throw new Problem({
      kind: 'unavailable',
      code: 'registry/catalogue-unreadable',
      text: `${path} cannot be read (${code}); look at the cluster's charts and catalogue.`,
      facts: { path },
      cause: thrown,
    })
  }
}
