/** `mesh`: the Istio installations that can be upgraded. */

import { Command } from 'commander'
import { enterpriseProjectAnnotation } from '../../contract/meshes.ts'
import type { Mesh } from '../../contract/meshes.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { clustersSeen, findMesh } from '../find.ts'
import { findEnterpriseProject } from '../find-access.ts'
import { table } from '../layout.ts'
import { addMeshCommand } from './mesh-add.ts'

export function meshCommand(cli: Cli): Command {
  const group = new Command('mesh').summary('add, list, show, move and remove meshes')
  group.addCommand(addMeshCommand(cli))
  group.addCommand(listCommand(cli))
  group.addCommand(showCommand(cli))
  group.addCommand(moveCommand(cli))
  group.addCommand(removeCommand(cli))
  return group
}

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
        const clusters = (await clustersSeen(session, signal)) ?? []
        print.result(mesh, meshLines(mesh, new Map(clusters.map(({ id, name }) => [id, name]))))
        return exitCodes.done
      }),
    )

function meshLines({ metadata, spec, status }: Mesh, names: ReadonlyMap<string, string>): readonly string[] {
  const clusters = spec.extendParams.clusters.map(({ clusterID }) => names.get(clusterID) ?? clusterID)
  return table([
    [metadata.name, status.phase],
    ['  Istio', spec.version],
    ['  clusters', clusters.join(', ')],
    ['  enterprise project', metadata.annotations?.[enterpriseProjectAnnotation] ?? '0'],
    ...(spec.tags ?? []).map(({ key, value }) => ['  tag', `${key}=${value}`]),
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

const moveCommand = (cli: Cli): Command =>
  new Command('move')
    .summary('put a mesh into another enterprise project')
    .description(
      'Puts a mesh into another enterprise project: what policies say of that one holds for it from then on.',
    )
    .argument('<mesh>', 'name or id')
    .requiredOption('--enterprise-project <PROJECT>', 'name or id; 0 is the default one')
    .addHelpText('after', '\nExample:\n  meshlift mesh move shop --enterprise-project retail')
    .action((asked: string, options: { readonly enterpriseProject: string }, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { metadata } = await findMesh(session, asked, signal)
        const target = await findEnterpriseProject(session, options.enterpriseProject, signal)
        const body = { enterpriseProject: target.id }
        const mesh = await session.call('moveMesh', { mesh_id: metadata.uid, body }, signal)
        print.result(mesh, [`Mesh ${metadata.name} is in enterprise project ${target.name}.`])
        return exitCodes.done
      }),
    )
