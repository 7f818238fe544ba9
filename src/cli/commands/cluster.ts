/** `cluster`: the Kubernetes clusters that meshes run on. */

import { resolve } from 'node:path'
import { Command } from 'commander'
import type { ClusterTest } from '../../contract/extensions.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findCluster } from '../find.ts'
import { table } from '../layout.ts'

interface AddOptions {
  readonly kubeconfig?: string
  readonly context?: string
  readonly inCluster?: true
  readonly charts?: string
  readonly catalogue?: string
  readonly helm?: string
}

export function clusterCommand(cli: Cli): Command {
  const group = new Command('cluster').summary('add, list, test and remove Kubernetes clusters')
  group.addCommand(addCommand(cli))
  group.addCommand(listCommand(cli))
  group.addCommand(testCommand(cli))
  group.addCommand(removeCommand(cli))
  return group
}

const addCommand = (cli: Cli): Command =>
  new Command('add')
    .summary('register a cluster')
    .description(
      'Registers a cluster by a kubeconfig on the machine of the server. Nothing of the file is copied: it is read again ' +
        'whenever the cluster is used.',
    )
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .option('--kubeconfig <FILE>', 'kubeconfig on the machine of the server')
    .option('--context <NAME>', 'context of that file; its current one when not given')
    .option('--in-cluster', 'the cluster that the server itself runs in')
    .option('--charts <WHERE>', "where Istio's charts come from: a folder, a repository's address, an OCI reference")
    .option('--catalogue <FILE>', 'file with the versions and hops that are allowed')
    .option('--helm <FILE>', 'helm program on the machine of the server; the one in the search path when not given')
    .addHelpText(
      'after',
      `
Examples:
  meshlift cluster add production --kubeconfig ~/.kube/config --context production
  meshlift cluster test production`,
    )
    .action((name: string, options: AddOptions, command: Command) =>
      cli.withServer(
        command,
        async ({ session, signal, print }) => {
          const { kubeconfig, context, inCluster, charts, catalogue, helm } = options
          const cluster = await session.call(
            'addCluster',
            {
              body: {
                name,
                ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(kubeconfig) }),
                ...(context === undefined ? {} : { context }),
                ...(inCluster === undefined ? {} : { inCluster }),
                ...(charts === undefined ? {} : { charts: isFolder(charts) ? resolve(charts) : charts }),
                ...(catalogue === undefined ? {} : { catalogue: resolve(catalogue) }),
                ...(helm === undefined ? {} : { helm: resolve(helm) }),
              },
            },
            signal,
          )
          print.result(cluster, [`Cluster ${name} is registered.`])
          print.aside(`Try it: meshlift cluster test ${name}${session.where}`)
          return exitCodes.done
        },
        { mayCreate: true },
      ),
    )

const isFolder = (charts: string): boolean => !/^[a-z][a-z0-9+.-]*:\/\//i.test(charts)

const listCommand = (cli: Cli): Command =>
  new Command('list')
    .summary('list clusters')
    .addHelpText('after', '\nExample:\n  meshlift cluster list')
    .action((_: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const list = await session.call('listClusters', {}, signal)
        const rows = list.items.map((one) => [
          one.name,
          one.simulated === true ? 'simulated' : one.inCluster === true ? 'in cluster' : (one.kubeconfig ?? ''),
          one.context ?? '',
          one.id,
        ])
        print.result(
          list,
          rows.length === 0 ? ['No cluster yet.'] : table([['NAME', 'WHERE', 'CONTEXT', 'ID'], ...rows]),
        )
        return exitCodes.done
      }),
    )

const testCommand = (cli: Cli): Command =>
  new Command('test')
    .summary('see whether a cluster can be used')
    .argument('<cluster>', 'name or id')
    .addHelpText(
      'after',
      '\nExample:\n  meshlift cluster test production\n\nEnds with 0 when it can be used, 7 when not.',
    )
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await findCluster(session, asked, signal)
        const tested = await session.call('testCluster', { cluster_id: id }, signal)
        print.result(tested, testLines(tested))
        return tested.problem === undefined ? exitCodes.done : exitCodes.unavailable
      }),
    )

function testLines({ cluster, reachable, kubernetes, helm, controlPlanes, problem }: ClusterTest): readonly string[] {
  return [
    `Cluster ${cluster} ${problem === undefined ? 'can be used' : reachable ? 'answers but cannot be used' : 'cannot be reached'}.`,
    ...(kubernetes === undefined ? [] : [`  Kubernetes ${kubernetes}`]),
    ...(helm === undefined ? [] : [`  helm ${helm}`]),
    ...controlPlanes.map(
      ({ revision, version, ready }) => `  Istio ${version}, revision ${revision}, ${ready ? 'ready' : 'not ready'}`,
    ),
    ...(problem === undefined ? [] : [`  ${problem.text}`]),
  ]
}

const removeCommand = (cli: Cli): Command =>
  new Command('remove')
    .summary('forget a cluster')
    .description('Forgets a cluster; nothing in it is touched.')
    .argument('<cluster>', 'name or id')
    .addHelpText('after', '\nExample:\n  meshlift cluster remove production')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await findCluster(session, asked, signal)
        const removed = await session.call('removeCluster', { cluster_id: id }, signal)
        print.result(removed, [`Cluster ${removed.name} is forgotten.`])
        return exitCodes.done
      }),
    )
