// (a) From the first check to the last removal, on each pair, while pods are made all the time.
import { cp, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requestsBy } from '../look/audit.ts'
import { residueOf } from '../look/residue.ts'
import { differences } from '../look/snapshot.ts'
import { relayToApiServer } from '../look/wire.ts'
import { chart } from '../install-pair.ts'
import { istiodValues, istioNamespace, pairs } from '../pairs.ts'
import type { Pair, PairName } from '../pairs.ts'
import { runChecks } from '../program/checks.ts'
import type { Job } from '../program/client.ts'
import { adopt } from '../program/mesh.ts'
import type { Adopted } from '../program/mesh.ts'
import { withTemporaryKey } from '../program/people.ts'
import { typed } from '../program/typed.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Detail, StepName, Upgrade } from '../program/upgrade.ts'
import type { Stage, Story } from '../story.ts'
import { seconds, stopwatch } from '../time.ts'
import { claimFrozen, claimRefusals } from './least-privilege.ts'
import { auditOf, claimInjectedBy, claimNoHarm, claimTemplates, probeAll } from './moved.ts'

const steps: readonly StepName[] = ['PreCheck', 'ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade']

function forward(name: PairName): Story {
  const pair = pairs[name]
  return {
    name: `forward-${name}`,
    shows: `a whole upgrade of pair ${name} (${pair.about}) loses no pod, and the user's own Helm runs go on afterwards`,
    pair: name,
    within: 240_000,
    async tell(stage) {
      const { bed, note, claim, claimNone } = stage
      const wire = await relayToApiServer()
      const adopted = await adopt(stage, pair, { server: wire.server })
      const labels = await namespaceLabels(stage, pair)
      await claimQuiet(stage, adopted, pair)
      const loop = probeAll(stage, pair)
      const upgrade = await startUpgrade(bed, adopted, pair.to.version)
      const restrained = name === 'Q' && stage.as === 'least'
      if (restrained) await claimRefusals(stage, adopted)
      for (const step of steps) {
        if (restrained && step === 'PostUpgrade') await claimFrozen(stage, adopted, upgrade, pair)
        const elapsed = stopwatch()
        await upgrade.carryOut(step, 150_000)
        note(`      ${step} took ${seconds(elapsed())}`)
      }
      claimNoHarm(stage, await loop.stop())
      const { to, state, closing } = await upgrade.detail()
      claim(state === 'Success', 'the upgrade ended in Success', state)
      await claimInjectedBy(stage, pair, to.revision, pair.to.version)
      await claimTemplates(stage, pair, 2)
      claimNone(await residueOf(bed.cluster, pair.from), 'nothing of the old control plane is left')
      await claimLabels(stage, pair, labels, to.revision)
      await usersOwnHelm(stage, pair, { to, closing })
      await claimInjectedBy(stage, pair, to.revision, pair.to.version)

      await claimReads(stage, adopted, upgrade, pair)
      await claimNothingLeaked(stage, adopted, upgrade)
      const { user } = adopted.identity
      const requests = requestsBy(await auditOf(stage, user), (line) => line.user)[user]
      const { sent, received } = wire.bytes()
      note(`      requests ${JSON.stringify(requests)}, ${Math.round((sent + received) / 1024)} KiB on the wire`)
      claim((await adopted.program.stop()) === 0, 'the program ends cleanly when asked')
      await wire.close()
    },
  }
}

/** Nothing stands in the way of a quiet mesh; where both versions are the same code, there is nothing to be said at all. */
async function claimQuiet({ claimNone }: Stage, adopted: Adopted, pair: Pair): Promise<void> {
  const { findings } = await runChecks(adopted, adopted.meshName, pair.to.version)
  // Charts from 1.24 on leave the default tracer out of the mesh configuration.
  const expected = pair.from.version === '1.22.0' ? ['mesh-config-difference'] : []
  claimNone(
    findings.filter(({ check }) => !expected.includes(check)),
    `a quiet mesh gives no finding${expected.map((check) => ` but ${check}`).join()}`,
  )
}

/** What whoever drives it reads afterwards: the mesh in its new version and, by the upgrade's own id, all that was done. */
async function claimReads({ claim }: Stage, { client, meshId }: Adopted, upgrade: Upgrade, pair: Pair): Promise<void> {
  const mesh = await client.asm<{ readonly spec?: { readonly version: string } }>('GET', `/meshes/${meshId}`)
  claim(mesh.body.spec?.version === pair.to.version, 'the mesh is shown in its new version', mesh)
  const { body: root } = await client.asm<Job>('GET', `/mesh-job/${upgrade.id}`)
  const done = root.spec.subjobs?.filter(({ status }) => status.phase === 'Success')
  claim(done?.length === steps.length, 'and its job with every step a success', root)
}

/** What the program knows of secrets is in nothing that it says, and but for the file that it hands out in nothing that it keeps. */
async function claimNothingLeaked({ bed, claim, claimNone }: Stage, adopted: Adopted, upgrade: Upgrade): Promise<void> {
  const { program, identity, administrator, client } = adopted
  const temporary = await withTemporaryKey(bed, program, administrator)
  const seen = await temporary.own('GET', `/upgrades/${upgrade.id}`)
  claim(seen.status === 200, 'a temporary key reads the upgrade', seen)
  const audit = await typed(bed, program, ['audit', 'show', '--output', 'json'])
  claim(audit.includes(upgrade.id), 'the audit log tells of the upgrade')
  const said = [program.output(), JSON.stringify(await upgrade.notes()), JSON.stringify(await upgrade.detail()), audit]
  for (const entry of await readdir(program.data, { withFileTypes: true, recursive: true }))
    if (entry.isFile() && entry.name !== 'admin.json')
      said.push(await readFile(join(entry.parentPath, entry.name), 'latin1'))
  const secrets = {
    "the cluster's token": identity.token,
    ...administrator.secrets,
    ...client.secrets,
    ...temporary.secrets,
  }
  claimNone(
    Object.entries(secrets).flatMap(([what, secret]) => (said.some((text) => text.includes(secret)) ? [what] : [])),
    `neither log nor notes nor files hold ${Object.keys(secrets).join(', ')}`,
  )
}

type Labels = Readonly<Record<string, Readonly<Record<string, string>>>>

async function namespaceLabels({ bed }: Stage, pair: Pair): Promise<Labels> {
  const labels: Record<string, Readonly<Record<string, string>>> = {}
  for (const name of Object.keys(pair.meshed))
    labels[name] = (await bed.cluster.get(`/api/v1/namespaces/${name}`)).metadata.labels ?? {}
  return labels
}

/** Git says the same as the cluster again, but where Git names the concrete old revision. */
async function claimLabels(stage: Stage, pair: Pair, before: Labels, revision: string): Promise<void> {
  const after = await namespaceLabels(stage, pair)
  for (const [name, labels] of Object.entries(before)) {
    const named = pair.from.revision !== '' && labels['istio.io/rev'] === pair.from.revision
    const wanted = named ? { ...labels, 'istio.io/rev': revision } : labels
    const same = differences(wanted, after[name]).length === 0
    stage.claim(same, `${name} carries ${named ? 'the new revision' : 'the labels it had'}`, after[name])
  }
}

/** What a user does next: both charts with the values that the closing lines name, and later a base chart of another version. */
async function usersOwnHelm(
  { bed, claim }: Stage,
  pair: Pair,
  { to, closing }: Pick<Detail, 'to' | 'closing'>,
): Promise<void> {
  const text = closing.join('\n')
  const defaultRevision = /defaultRevision=([\w-]+)/.exec(text)?.[1]
  const tags = /revisionTags=\{([\w,-]*)\}/.exec(text)?.[1]?.split(',') ?? []
  claim(defaultRevision === to.revision, 'the closing lines name the default revision for the base chart', text)
  claim(tags.includes(pair.helmTag), `and the tag ${pair.helmTag}, which Helm owned`, text)
  claim(!tags.includes(pair.istioctlTag ?? ' '), 'and no tag that istioctl made', text)
  const users = istiodValues(pair) as { readonly global: object }
  const values = {
    ...users,
    revision: to.revision,
    revisionTags: tags,
    global: { ...users.global, tag: pair.to.version },
  }
  const helm = async (what: string, release: string, folder: string, given: unknown): Promise<void> => {
    const ended = await bed.helm(
      ['upgrade', release, folder, '--namespace', istioNamespace, '--values', '-'],
      JSON.stringify(given),
    )
    claim(ended.code === 0, `helm upgrade ${what}`, ended.stderr.slice(-600))
  }
  const base = chart(bed, pair.to.version, 'base')
  await helm('of base with the values that were named', 'istio-base', base, { defaultRevision })
  await helm(
    'of the new release with the values that were named',
    `istiod-${to.revision}`,
    chart(bed, pair.to.version, 'istiod'),
    values,
  )
  await helm('of base once more, from a chart whose CRDs changed', 'istio-base', await nextBase(bed.folder, base), {
    defaultRevision: `${to.revision}-next`,
  })
  await helm('of base back to what it was', 'istio-base', base, { defaultRevision })
}

/** A base chart as the version after next might bring it: one CRD differs. */
async function nextBase(folder: string, base: string): Promise<string> {
  const next = join(folder, 'base-next')
  await cp(base, next, { recursive: true })
  const file = join(next, 'files', 'crd-all.gen.yaml')
  const before = await readFile(file, 'utf8')
  const after = before.replace(
    'Configuration affecting label/content routing',
    'Configuration of label/content routing',
  )
  if (after === before) throw new Error(`${file} has no text to change`)
  await writeFile(file, after)
  return next
}

export const forwardStories: readonly Story[] = [forward('P'), forward('Q'), forward('U')]
