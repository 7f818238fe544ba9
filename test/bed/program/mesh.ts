// The program with the bed's cluster registered and its mesh adopted: where every story about it begins.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bed } from '../bed.ts'
import type { Pair } from '../pairs.ts'
import { logIn } from './client.ts'
import type { Client } from './client.ts'
import { becomePublished } from './identity.ts'
import type { Identity } from './identity.ts'
import { makeUpgrader } from './people.ts'
import { serve } from './serve.ts'
import type { Program } from './serve.ts'
import type { Stage } from '../story.ts'

export interface Adopted {
  program: Program
  /** Whoever the story is told as. */
  readonly client: Client
  /** Registers clusters, which nobody else may. */
  readonly administrator: Client
  readonly identity: Identity
  readonly clusterId: string
  readonly meshId: string
  readonly meshName: string
}

export interface Ways {
  /** What the kubeconfig names: a relay in front of the API server. */
  readonly server?: string
  /** Another folder of charts than the bed's. */
  readonly charts?: string
  /** Flags of `serve`. */
  readonly flags?: readonly string[]
}

/** The administrator registers the cluster; whoever the story is told as adopts its mesh. */
export async function adopt({ bed, as }: Pick<Stage, 'bed' | 'as'>, pair: Pair, ways: Ways = {}): Promise<Adopted> {
  const identity = await becomePublished(bed, ways.server)
  const program = await serve(bed, ways.flags)
  const administrator = await logIn(program.url, program.handOut(), bed.signal)
  const client = as === 'administrator' ? administrator : await makeUpgrader(bed, program)
  const clusterId = await register(administrator, bed, pair, 'bed', identity, ways.charts)
  const meshName = `mesh-${pair.name.toLowerCase()}`
  const meshId = await adoptMesh(client, meshName, pair, [clusterId])
  return { program, client, administrator, identity, clusterId, meshId, meshName }
}

export async function adoptMesh(
  client: Client,
  name: string,
  pair: Pair,
  clusterIds: readonly string[],
): Promise<string> {
  const nodes = { fieldSelector: { key: 'UID', operator: 'In', values: ['unused'] } }
  const mesh = await client.asm<{ readonly metadata: { readonly uid: string } }>('POST', '/meshes', {
    kind: 'Mesh',
    apiVersion: 'v1',
    metadata: { name },
    spec: {
      type: 'InCluster',
      version: pair.from.version,
      extendParams: { clusters: clusterIds.map((clusterID) => ({ clusterID, installation: { nodes } })) },
    },
  })
  if (mesh.status !== 201) throw new Error(`adopting the mesh: ${mesh.status} ${JSON.stringify(mesh.body)}`)
  return mesh.body.metadata.uid
}

/** For administrators. With the charts of the bed, its helm, and for all but P, which upstream's rule allows, a catalogue. */
export async function register(
  client: Client,
  bed: Bed,
  pair: Pair,
  name: string,
  { kubeconfig }: Identity,
  charts: string = bed.installed.charts,
): Promise<string> {
  const cluster = await client.own<{ readonly id: string }>('POST', '/clusters', {
    name,
    kubeconfig,
    context: 'bed',
    charts,
    helm: join(bed.installed.helm, 'helm'),
    ...(pair.name === 'P' ? {} : { catalogue: writeCatalogue(bed) }),
  })
  if (cluster.status !== 201)
    throw new Error(`registering the cluster: ${cluster.status} ${JSON.stringify(cluster.body)}`)
  return cluster.body.id
}

/** Read by the program anew each time. `kubernetes`: the versions that the target is said to run on. */
export function writeCatalogue(bed: Bed, kubernetes?: readonly string[]): string {
  const file = join(bed.folder, 'catalogue.yaml')
  const catalogue = {
    versions: [
      { version: '1.22.x' },
      { version: '1.30.x' },
      { version: '1.31.x', ...(kubernetes === undefined ? {} : { kubernetes }) },
    ],
    hops: [
      { from: '1.22.x', to: '1.31.x' },
      { from: '1.30.x', to: '1.31.x' },
    ],
  }
  writeFileSync(file, JSON.stringify(catalogue)) // JSON is YAML too
  return file
}

/** The program was killed or stopped: start it again on the same data. Its keys and tokens are as good as before. `flags`: instead of the ones it had. */
export async function bringBack(adopted: Adopted, flags?: readonly string[]): Promise<void> {
  adopted.program = await adopted.program.again(flags)
}
