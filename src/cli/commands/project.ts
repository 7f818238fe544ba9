/** `project`: rooms that never see each other; and enterprise projects, which group meshes for policies. */

import { Command } from 'commander'
import { accountName } from '../../contract/shape.ts'
import type { Project } from '../../contract/iam.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findEnterpriseProject, findProject } from '../find-access.ts'
import { table } from '../layout.ts'
import type { Session } from '../session.ts'

/** The two kinds differ in their calls only. */
interface Sort {
  readonly what: string
  readonly words: string
  readonly example: string
  readonly empty: string
  readonly create: (session: Session, name: string, signal: AbortSignal) => Promise<Project>
  readonly list: (session: Session, signal: AbortSignal) => Promise<{ readonly items: readonly Project[] }>
  readonly find: (session: Session, asked: string, signal: AbortSignal) => Promise<Project>
  readonly remove: (session: Session, id: string, signal: AbortSignal) => Promise<Project>
}

const projects: Sort = {
  what: 'project',
  words: 'meshlift project',
  example: 'payments',
  empty: 'without clusters, meshes and upgrades',
  create: (session, name, signal) => session.call('createProject', { body: { name } }, signal),
  list: (session, signal) => session.call('listProjects', {}, signal),
  find: findProject,
  remove: (session, id, signal) => session.call('removeProject', { project: id }, signal),
}

const enterpriseProjects: Sort = {
  what: 'enterprise project',
  words: 'meshlift project enterprise',
  example: 'retail',
  empty: 'without meshes',
  create: (session, name, signal) => session.call('createEnterpriseProject', { body: { name } }, signal),
  list: (session, signal) => session.call('listEnterpriseProjects', {}, signal),
  find: findEnterpriseProject,
  remove: (session, id, signal) => session.call('removeEnterpriseProject', { enterprise_project_id: id }, signal),
}

export function projectCommand(cli: Cli): Command {
  const group = new Command('project').summary('add, list and remove projects and enterprise projects')
  const enterprise = new Command('enterprise').summary('enterprise projects: groups of meshes for policies')
  for (const make of [addCommand, listCommand, removeCommand]) {
    group.addCommand(make(cli, projects))
    enterprise.addCommand(make(cli, enterpriseProjects))
  }
  group.addCommand(enterprise)
  return group
}

const addCommand = (cli: Cli, sort: Sort): Command =>
  new Command('add')
    .summary(`make a ${sort.what}`)
    .argument('<name>', accountName.accepts)
    .addHelpText('after', `\nExample:\n  ${sort.words} add ${sort.example}`)
    .action((name: string, _: unknown, command: Command) =>
      cli.withServer(
        command,
        async ({ session, signal, print }) => {
          const made = await sort.create(session, name, signal)
          print.result(made, [`The ${sort.what} ${made.name} is made, with id ${made.id}.`])
          if (sort === projects) print.aside(`Work in it with --project ${made.id}, or MESHLIFT_PROJECT.`)
          return exitCodes.done
        },
        { mayCreate: true },
      ),
    )

const listCommand = (cli: Cli, sort: Sort): Command =>
  new Command('list')
    .summary(`list ${sort.what}s`)
    .addHelpText('after', `\nExample:\n  ${sort.words} list`)
    .action((_: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const list = await sort.list(session, signal)
        print.result(list, table([['NAME', 'ID'], ...list.items.map(({ id, name }) => [name, id])]))
        return exitCodes.done
      }),
    )

const removeCommand = (cli: Cli, sort: Sort): Command =>
  new Command('remove')
    .summary(`remove a ${sort.what} ${sort.empty}`)
    .argument('<project>', 'name or id')
    .addHelpText('after', `\nExample:\n  ${sort.words} remove ${sort.example}`)
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await sort.find(session, asked, signal)
        const removed = await sort.remove(session, id, signal)
        print.result(removed, [`The ${sort.what} ${removed.name} is removed.`])
        return exitCodes.done
      }),
    )
