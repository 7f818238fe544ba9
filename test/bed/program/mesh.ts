// The program with the bed's cluster registered and its mesh adopted: where every story about it begins.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bed } from '../bed.ts'
import type { Pair } from '../pairs.ts'
import { logIn } from './client.ts'
import type { Client } from './client.ts'
import { becomePublished } from './identity.ts'
import type { Identity } from './identity.ts'
import { serve } from './serve.ts'
import type { Program } from './serve.ts'

export interface Adopted {
  program: Program
  client: Client
  readonly identity: Identity
  readonly clusterId: string
  readonly meshId: string
  readonly meshName: string
}

/** Registers the cluster and adopts its mesh. `server`: see `becomePublished`. */
export async function adopt(bed: Bed, pair: Pair, server?: string): Promise<Adopted> {
  const identity = await becomePublished(bed, server)
  const program = await serve(bed)
  const client = await logIn(program.url, program.handOut(), bed.signal)
  const clusterId = await register(client, bed, pair, identity.kubeconfig)
  const meshName = `mesh-${pair.name.toLowerCase()}`
  const nodes = { fieldSelector: { key: 'UID', operator: 'In', values: ['unused'] } }
  const mesh = await client.asm<{ readonly metadata: { readonly uid: string } }>('POST', '/meshes', {
    kind: 'Mesh',
    apiVersion: 'v1',
    metadata: { name: meshName },
    spec: {
      type: 'InCluster',
      version: pair.from.version,
      extendParams: { clusters: [{ clusterID: clusterId, installation: { nodes } }] },
    },
  })
  if (mesh.status !== 201) throw new Error(`adopting the mesh: ${mesh.status} ${JSON.stringify(mesh.body)}`)
  return { program, client, identity, clusterId, meshId: mesh.body.metadata.uid, meshName }
}

/** With the charts of the bed, its helm, and for pairs that upstream's rule forbids a catalogue that allows them. */
async function register(client: Client, bed: Bed, pair: Pair, kubeconfig: string): Promise<string> {
  const cluster = await client.own<{ readonly id: string }>('POST', '/clusters', {
    name: 'bed',
    kubeconfig,
    context: 'bed',
    charts: bed.installed.charts,
    helm: join(bed.installed.helm, 'helm'),
    ...(pair.from.version === '1.30.0' ? {} : { catalogue: writeCatalogue(bed) }),
  })
  if (cluster.status !== 201)
    throw new Error(`registering the cluster: ${cluster.status} ${JSON.stringify(cluster.body)}`)
  return cluster.body.id
}

function writeCatalogue(bed: Bed): string {
  const file = join(bed.folder, 'catalogue.yaml')
  const catalogue = {
    versions: [{ version: '1.22.x' }, { version: '1.30.x' }, { version: '1.31.x' }],
    hops: [
      { from: '1.22.x', to: '1.31.x' },
      { from: '1.30.x', to: '1.31.x' },
    ],
  }
  writeFileSync(file, JSON.stringify(catalogue)) // JSON is YAML too
  return file
}

/** The program was killed or stopped: start it again on the same data and log in anew. */
export async function bringBack(adopted: Adopted, bed: Bed): Promise<void> {
  adopted.program = await adopted.program.again()
  adopted.client = await logIn(adopted.program.url, adopted.program.handOut(), bed.signal)
}
