// What a user with an access key and a policy of the least is refused, and that a Deny of the finish holds until it is taken back.
import { writesIn } from '../look/audit.ts'
import { differences, takeSnapshot } from '../look/snapshot.ts'
import type { Pair } from '../pairs.ts'
import type { Reply } from '../program/client.ts'
import type { Adopted } from '../program/mesh.ts'
import { upgrader } from '../program/people.ts'
import { typed } from '../program/typed.ts'
import type { Upgrade } from '../program/upgrade.ts'
import type { Stage } from '../story.ts'
import { auditOf } from './moved.ts'

interface Refused {
  readonly errorCode?: string
  readonly errorMsg?: string
}

/** Its own mesh is there, so that only the missing permission can be the reason. */
export async function claimRefusals({ claim }: Stage, { client, meshId, clusterId }: Adopted): Promise<void> {
  const { asm, own, at } = client
  const iam = '/meshlift/v1/iam'
  const tries: Readonly<Record<string, () => Promise<Reply>>> = {
    'listing meshes': () => asm('GET', '/meshes'),
    'deleting its mesh': () => asm('DELETE', `/meshes/${meshId}`),
    'seeing clusters': () => own('GET', '/clusters'),
    'registering a cluster': () => own('POST', '/clusters', { name: 'more', kubeconfig: '/etc/hostname' }),
    'removing the cluster': () => own('DELETE', `/clusters/${clusterId}`),
    'making a user': () => at('POST', `${iam}/users`, { name: 'friend', administrator: true }),
    'making itself a key': () => at('POST', `${iam}/keys`, { user: upgrader }),
    'reading the audit log': () => at('GET', `${iam}/audit`),
  }
  for (const [what, attempt] of Object.entries(tries)) {
    const reply = await attempt()
    claim(reply.status === 403, `the user with the least policy is refused ${what}`, reply)
  }
  const mesh = await asm('GET', `/meshes/${meshId}`)
  claim(mesh.status === 200, 'and its mesh is still there', mesh)
}

const freeze = {
  Version: '1.1',
  Statement: [{ Effect: 'Deny', Action: ['meshlift:upgrade:finish'] }],
}

/** For an upgrade that has moved everything. Meanwhile nobody may finish: a Deny by a group, in this project only. */
export async function claimFrozen(stage: Stage, adopted: Adopted, upgrade: Upgrade, pair: Pair): Promise<void> {
  const { bed, claim, claimNone } = stage
  const admin = (words: string, input = ''): Promise<string> =>
    typed(bed, adopted.program, [...words.split(' '), '--output', 'json'], input)
  await admin('group add frozen')
  await admin(`group join frozen ${upgrader}`)
  await admin('policy add freeze --file -', JSON.stringify(freeze))
  const { projectName } = adopted.program.handOut()
  const grant = JSON.parse(await admin(`policy grant freeze --group frozen --in-project ${projectName}`)) as {
    readonly id: string
  }

  const { phase: before } = (await upgrade.get()).status.currentStep
  const shown = await takeSnapshot(bed.cluster)
  const written = await writes()
  const reply = await upgrade.ask('PostUpgrade', 'Execute')
  const { errorCode, errorMsg } = reply.body as Refused
  claim(
    reply.status === 403 && errorCode === 'ASM.01000002' && (errorMsg ?? '').includes('policy freeze denies it'),
    'a Deny of the finish refuses PostUpgrade and names the policy',
    reply,
  )
  // Time enough for a tick of the engine, were there anything to be done.
  await admin(`notes ${upgrade.id}`)
  const { spec, status } = await upgrade.get()
  claim(
    spec.currentStep.name === 'DataPlaneUpgrade' && status.currentStep.phase === before,
    'the upgrade stands where it stood',
    { spec, status },
  )
  claimNone(differences(shown, await takeSnapshot(bed.cluster)), `nothing of ${pair.from.label} was removed or changed`)
  claimNone(
    (await writes()).slice(written.length),
    `nor anything written, after the ${written.length} writes of before`,
  )
  claim(written.length > 0, 'which the audit log of the cluster has seen')
  await admin(`policy revoke ${grant.id}`)

  async function writes(): Promise<readonly string[]> {
    const lines = writesIn(await auditOf(stage, adopted.identity.user))
    // Leases say who works on the mesh, over and over.
    return lines.filter(({ resource }) => !resource.includes('leases')).map(({ verb, uri }) => `${verb} ${uri}`)
  }
}
