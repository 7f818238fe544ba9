/** `mesh add`: takes on the Istio that is in a cluster. */

import { Command, InvalidArgumentError } from 'commander'
import { enterpriseProjectAnnotation } from '../../contract/meshes.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findCluster } from '../find.ts'
import { findEnterpriseProject } from '../find-access.ts'

interface Tag {
  readonly key: string
  readonly value: string
}

interface Options {
  readonly cluster: string
  readonly istio?: string
  readonly enterpriseProject?: string
  readonly tag?: readonly Tag[]
}

export const addMeshCommand = (cli: Cli): Command =>
  new Command('add')
    .summary('take on the Istio that is in a cluster')
    .description('Takes on the Istio that is there. Nothing is installed and nothing is changed.')
    .argument('<name>', '4 to 64 lower-case letters, digits and hyphens')
    .requiredOption('--cluster <CLUSTER>', 'name or id of the cluster that it runs on')
    .option('--istio <VERSION>', 'refuse when another version is there')
    .option('--enterprise-project <PROJECT>', 'name or id of the one it belongs to; the default one when not given')
    .option('--tag <KEY=VALUE>', 'tag for policies to tell meshes apart by; may be said more than once', withTag)
    .addHelpText(
      'after',
      `
Examples:
  meshlift mesh add shop --cluster production
  meshlift mesh add shop --cluster production --enterprise-project retail --tag stage=live --tag team=checkout`,
    )
    .action((name: string, options: Options, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const cluster = await findCluster(session, options.cluster, signal)
        const { istio, tag: tags, enterpriseProject } = options
        const home =
          enterpriseProject === undefined ? undefined : await findEnterpriseProject(session, enterpriseProject, signal)
        // Documented as mandatory; an installation that is there has chosen its nodes already.
        const installation = { nodes: { fieldSelector: { key: 'UID', operator: 'In', values: [] } } } as const
        const body = {
          kind: 'Mesh',
          apiVersion: 'v1',
          metadata: {
            name,
            ...(home === undefined ? {} : { annotations: { [enterpriseProjectAnnotation]: home.id } }),
          },
          spec: {
            type: 'InCluster',
            ...(istio === undefined ? {} : { version: istio }),
            ...(tags === undefined ? {} : { tags }),
            extendParams: { clusters: [{ clusterID: cluster.id, installation }] },
          },
        } as const
        const mesh = await session.call('createMesh', { body }, signal)
        print.result(mesh, [`Mesh ${name} is Istio ${mesh.spec.version} in cluster ${cluster.name}.`])
        print.aside(`See what an upgrade would meet: meshlift check ${name} --to VERSION${session.where}`)
        return exitCodes.done
      }),
    )

/** A value may hold more equals signs. */
function withTag(text: string, before: readonly Tag[] = []): readonly Tag[] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It must be KEY=VALUE.')
  return [...before, { key: text.slice(0, at), value: text.slice(at + 1) }]
}
