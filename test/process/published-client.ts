// The published SDK core drives all nine documented operations: node published-client.ts CREDENTIALS_JSON
// A process of its own, for it writes into the home folder and keeps the process that loads it busy.
import { setTimeout as pause } from 'node:timers/promises'
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js'
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js'
import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js'
import { DefaultHttpClient } from '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js'

export interface Given {
  readonly url: string
  readonly project: string
  /** Another version than the mesh has. */
  readonly target: string
  readonly by:
    | { readonly kind: 'key'; readonly access: string; readonly secret: string; readonly securityToken?: string }
    /** The same key, its signature derived for a day, a region and a service. */
    | { readonly kind: 'derived'; readonly access: string; readonly secret: string; readonly region: string }
    | { readonly kind: 'token'; readonly token: string }
}

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any

const given = JSON.parse(process.argv[2] ?? '') as Given
const { url, project, target, by } = given

function build(): HcClient {
  if (by.kind === 'token') {
    const plain = new HcClient(new DefaultHttpClient({ headers: { 'X-Auth-Token': by.token } }, [url]))
    return plain.withEndpoints([url])
  }
  const credentials = new BasicCredentials().withAk(by.access).withSk(by.secret).withProjectId(project)
  if (by.kind === 'derived') {
    credentials.processDerivedAuthParams('asm', by.region)
    credentials.withDerivedPredicate(() => true)
  } else if (by.securityToken !== undefined) credentials.withSecurityToken(by.securityToken)
  return new ClientBuilder((made) => made).withCredential(credentials).withEndpoint(url).build() as HcClient
}

const sdk = build()
const paths = {
  createMesh: ['POST', '/v1/{project_id}/meshes'],
  listMeshes: ['GET', '/v1/{project_id}/meshes'],
  getMesh: ['GET', '/v1/{project_id}/meshes/{mesh_id}'],
  deleteMesh: ['DELETE', '/v1/{project_id}/meshes/{mesh_id}'],
  createUpgrade: ['POST', '/v1/{project_id}/mesh-upgrade'],
  getUpgrade: ['GET', '/v1/{project_id}/mesh-upgrade/{mesh_upgrade_id}'],
  updateUpgrade: ['PUT', '/v1/{project_id}/mesh-upgrade/{mesh_upgrade_id}'],
  deleteUpgrade: ['DELETE', '/v1/{project_id}/mesh-upgrade/{mesh_upgrade_id}'],
  getJob: ['GET', '/v1/{project_id}/mesh-job/{job_id}'],
} as const

const done = new Map<string, number>()

async function call(name: keyof typeof paths, ids: Readonly<Record<string, string>> = {}, data?: object) {
  const [method, path] = paths[name]
  const answer = await sdk.sendRequest<Answer>({
    method,
    url: path,
    contentType: 'application/json',
    queryParams: {},
    pathParams: { project_id: project, ...ids },
    headers: {},
    ...(data === undefined ? {} : { data }),
  })
  done.set(name, answer.httpStatusCode)
  return answer
}

async function refused(name: keyof typeof paths, ids: Readonly<Record<string, string>>, code: string): Promise<void> {
  const thrown: Answer = await call(name, ids).catch((failure: unknown) => failure)
  if (thrown.errorCode !== code || !thrown.requestId || !thrown.errorMsg)
    throw new Error(`${name} should be refused with ${code}: ${JSON.stringify(thrown)}`)
}

async function until(mesh_upgrade_id: string, phase: string): Promise<Answer> {
  for (;;) {
    const upgrade = await call('getUpgrade', { mesh_upgrade_id })
    if (upgrade.status.currentStep.phase === phase) return upgrade
    if (['Failed', 'Pause'].includes(upgrade.status.currentStep.phase)) throw new Error(JSON.stringify(upgrade))
    await pause(100)
  }
}

/** Forward over the control plane and back again: the mesh is as it was. */
async function drive(meshId: string): Promise<void> {
  const spec = { meshId, upgradeStrategy: 'Canary', targetVersion: target, targetType: 'InCluster' }
  const body = (name: string, action: string) => ({
    kind: 'MeshUpgrade',
    apiVersion: 'v1',
    metadata: { name: 'published-client' },
    spec: { ...spec, currentStep: { name, action } },
  })
  const { metadata } = await call('createUpgrade', {}, body('PreCheck', 'Execute'))
  const ids = { mesh_upgrade_id: metadata.uid }
  await until(metadata.uid, 'Success')
  for (const action of ['Execute', 'Rollback']) {
    const asked = await call('updateUpgrade', ids, body('ControlPlaneUpgrade', action))
    const { status } = await until(metadata.uid, 'Success')
    const job = await call('getJob', { job_id: status.currentStep.id })
    if (asked.status.currentStep.id !== job.metadata.uid || job.status.phase !== 'Success')
      throw new Error(`The job of ${action} is another one: ${JSON.stringify(job)}`)
  }
  const last = await call('deleteUpgrade', ids)
  if (last.status.state !== 'RolledBack') throw new Error(`It ended otherwise: ${JSON.stringify(last)}`)
  await refused('getUpgrade', ids, 'ASM.01010002')
}

const [listed] = (await call('listMeshes')).items
await drive(listed.metadata.uid)
const { kind, apiVersion, metadata, spec } = await call('getMesh', { mesh_id: listed.metadata.uid })
await call('deleteMesh', { mesh_id: metadata.uid })
await refused('getMesh', { mesh_id: metadata.uid }, 'ASM.01010002')
const again = await call('createMesh', {}, { kind, apiVersion, metadata: { name: metadata.name }, spec })
if (again.spec.version !== spec.version) throw new Error(`Another mesh was made: ${JSON.stringify(again)}`)
process.stdout.write(`${JSON.stringify(Object.fromEntries(done))}\n`)
