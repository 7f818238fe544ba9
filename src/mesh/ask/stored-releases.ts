/** Manifests that Helm stored: what each release in the Istio namespace made, in its newest version. */

import { parseAllDocuments } from 'yaml'
import { istioNamespace } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import type { Look } from '../observe/look.ts'
import { eachOf } from '../observe/look.ts'
import { text } from '../observe/read.ts'
import { newestOf, releaseRecord } from '../observe/release-record.ts'
import { secrets } from '../resources.ts'

export interface StoredReleases {
  /** Secrets with every stored version of the release. */
  readonly records: readonly KubeObject[]
  /** Documents of its newest manifest; none when its records are gone already. */
  readonly documents: readonly KubeObject[]
  /** `keyOf` of each document of the other releases, with the release that made it. */
  readonly others: ReadonlyMap<string, string>
}

interface StoredManifest {
  readonly name: string
  readonly documents: readonly KubeObject[]
}

/** A stored version never changes but for its status, and reading ten thousand lines of YAML takes half a second. */
export type ManifestMemo = Map<string, StoredManifest>

export async function storedReleases(look: Look, release: string, memo: ManifestMemo): Promise<StoredReleases> {
  const stored = await look.list(secrets, {
    namespace: istioNamespace,
    labelSelector: 'owner=helm',
    metadataOnly: true,
  })
  const newest = await eachOf(newestOf(stored), 4, async ({ metadata: { name, uid, resourceVersion } }) => {
    const known = memo.get(`${uid} ${resourceVersion}`)
    if (known !== undefined) return [known]
    const secret = await look.cluster.get(secrets, { name, namespace: istioNamespace }, look.signal)
    if (secret === undefined) return []
    const record = releaseRecord(secret)
    const manifest = { name: record.name, documents: documentsOf(record.manifest) }
    memo.set(`${secret.metadata.uid} ${secret.metadata.resourceVersion}`, manifest)
    return [manifest]
  })
  const itsOwn = newest.flat().filter((one) => one.name === release)
  const ofOthers = newest.flat().filter((one) => one.name !== release)
  return {
    records: stored.filter((one) => one.metadata.labels?.['name'] === release),
    documents: itsOwn.flatMap((one) => one.documents),
    others: new Map(ofOthers.flatMap((one) => one.documents.map((document) => [keyOf(document), one.name] as const))),
  }
}

/** What the objects of a manifest are, without their contents; documents that are none (a comment, a disabled template) are passed over. */
function documentsOf(manifest: string): readonly KubeObject[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const object: unknown = document.toJS()
    const isObject = text(object, 'kind') !== undefined && text(object, 'metadata', 'name') !== undefined
    if (!isObject) return []
    const { apiVersion, kind, metadata } = object as KubeObject
    return [{ apiVersion, kind, metadata }]
  })
}

/** The same object in manifest and cluster: charts leave the namespace out of some documents, and API versions differ. */
export function keyOf({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.name}`
}
