/** `mesh`: the Istio installations that can be upgraded. */

import { Command } from 'commander'
import type { Mesh } from '../../contract/meshes.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findCluster, findMesh } from '../find.ts'
import { table } from '../layout.ts'

export function meshCommand(cli: Cli): Command {
  const group = new Command('mesh').summary('add, list, show and remove meshes')
  group.addCommand(addCommand(cli))
  group.addCommand(listCommand(cli))
  group.addCommand(showCommand(cli))
  group.addCommand(removeCommand(cli))
  return group
}

const addCommand = (cli: Cli): Command =>
  new Command('add')
    .summary('take on the Istio that is in a cluster')
    .description('Takes on the Istio that is there. Nothing is installed and nothing is changed.')
    .argument('<name>', '4 to 64 lower-case letters, digits and hyphens')
    .requiredOption('--cluster <CLUSTER>', 'name or id of the cluster that it runs on')
    .option('--istio <VERSION>', 'refuse when another version is there')
    .addHelpText('after', '\nExample:\n  meshlift mesh add shop --cluster production')
    .action((name: string, options: { readonly cluster: string; readonly istio?: string }, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const cluster = await findCluster(session, options.cluster, signal)
        // Documented as mandatory; an installation that is there has chosen its nodes already.
        const installation = { nodes: { fieldSelector: { key: 'UID', operator: 'In', values: [] } } } as const
        const mesh = await session.call(
          'createMesh',
          {
            body: {
              kind: 'Mesh',
              apiVersion: 'v1',
              metadata: { name },
              spec: {
                type: 'InCluster',
                ...(options.istio === undefined ? {} : { version: options.istio }),
                extendParams: { clusters: [{ clusterID: cluster.id, installation }] },
              },
            },
          },
          signal,
        )
        print.result(mesh, [`Mesh ${name} is Istio ${mesh.spec.version} in cluster ${cluster.name}.`])
        print.aside(`See what an upgrade would meet: meshlift check ${name} --to VERSION${session.where}`)
        return exitCodes.done
      }),
    )

const listCommand = (cli: Cli): Command =>
  new Command('list')
    .summary('list meshes')
    .addHelpText('after', '\nExample:\n  meshlift mesh list')
    .action((_: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const list = await session.call('listMeshes', {}, signal)
        const rows = list.items.map(({ metadata, spec, status }) => [
          metadata.name,
          spec.version,
          status.phase,
          metadata.uid,
        ])
        print.result(list, rows.length === 0 ? ['No mesh yet.'] : table([['NAME', 'ISTIO', 'PHASE', 'ID'], ...rows]))
        return exitCodes.done
      }),
    )

const showCommand = (cli: Cli): Command =>
  new Command('show')
    .summary('see one mesh')
    .argument('<mesh>', 'name or id')
    .addHelpText('after', '\nExample:\n  meshlift mesh show shop --output json')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const mesh = await findMesh(session, asked, signal)
        const { items } = await session.call('listClusters', {}, signal)
        print.result(mesh, meshLines(mesh, new Map(items.map(({ id, name }) => [id, name]))))
        return exitCodes.done
      }),
    )

function meshLines({ metadata, spec, status }: Mesh, names: ReadonlyMap<string, string>): readonly string[] {
  const clusters = spec.extendParams.clusters.map(({ clusterID }) => names.get(clusterID) ?? clusterID)
  return table([
    [metadata.name, status.phase],
    ['  Istio', spec.version],
    ['  clusters', clusters.join(', ')],
    ['  id', metadata.uid],
    ['  since', metadata.creationTimestamp],
  ])
}

const removeCommand = (cli: Cli): Command =>
  new Command('remove')
    .summary('forget a mesh')
    .description('Forgets a mesh; its Istio is not touched. Refused while an upgrade of it is not over.')
    .argument('<mesh>', 'name or id')
    .addHelpText('after', '\nExample:\n  meshlift mesh remove shop')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { metadata } = await findMesh(session, asked, signal)
        const removed = await session.call('deleteMesh', { mesh_id: metadata.uid }, signal)
        print.result(removed, [`Mesh ${metadata.name} is forgotten; its Istio is as it was.`])
        return exitCodes.done
      }),
    )
