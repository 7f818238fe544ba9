/** The command line: what was typed becomes a command, what is thrown becomes a sentence and an exit code. */

import { Command, CommanderError } from 'commander'
import type { Option } from 'commander'
import type { SettingName } from '../config.ts'
import { Problem, problemFrom } from '../lib/problem.ts'
import { commandLine, offer } from './cli.ts'
import { abandonCommand } from './commands/abandon.ts'
import { checkCommand } from './commands/check.ts'
import { clusterCommand } from './commands/cluster.ts'
import { configCommand } from './commands/config.ts'
import { demoCommand } from './commands/demo.ts'
import { jobCommand } from './commands/job.ts'
import { meshCommand } from './commands/mesh.ts'
import { nextCommand } from './commands/next.ts'
import { notesCommand } from './commands/notes.ts'
import { retryCommand } from './commands/retry.ts'
import { rollbackCommand } from './commands/rollback.ts'
import { serveCommand } from './commands/serve.ts'
import { statusCommand } from './commands/status.ts'
import { upgradeCommand } from './commands/upgrade.ts'
import { upgradesCommand } from './commands/upgrades.ts'
import { auditCommand } from './commands/audit.ts'
import { findingsCommand } from './commands/findings.ts'
import { groupCommand } from './commands/group.ts'
import { keyCommand } from './commands/key.ts'
import { policyCommand } from './commands/policy.ts'
import { projectCommand } from './commands/project.ts'
import { userCommand } from './commands/user.ts'
import { exitCodeOf, exitCodes, exitCodesInWords } from './exit-codes.ts'
import { printer } from './print.ts'
import { thisMachine } from './world.ts'
import type { World } from './world.ts'

/** Answers with the exit code, and never throws. @param argv without the names of program and script */
export async function main(argv: readonly string[]): Promise<number> {
  const { world, end } = thisMachine()
  try {
    return await runCommand(argv, world)
  } finally {
    end()
  }
}

export async function runCommand(argv: readonly string[], world: World): Promise<number> {
  let exitCode: number = exitCodes.done
  const program = meshlift(world, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (thrown) {
    // Help was shown: asked for, or because no command was named.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.invalid
    const problem = problemOf(thrown, world)
    failing(argv, world).fail(problem)
    return exitCodeOf(problem)
  }
}

/** Settings that every command takes, before its words and after them. */
const everywhere = [
  'data',
  'server',
  'caFile',
  'user',
  'domain',
  'accessKey',
  'project',
  'output',
  'color',
] as const satisfies readonly SettingName[]

/** Matters to whoever keeps the key elsewhere and works on a data folder whose server does not run; too rare for every help. */
const inProcess = ['keyFile'] as const satisfies readonly SettingName[]

function meshlift(world: World, end: (exitCode: number) => void): Command {
  const cli = commandLine(world, end)
  const program = offer(new Command('meshlift'), everywhere)
    .description('Canary upgrades for Istio meshes.')
    .addHelpText(
      'after',
      `
Where the server is: --server URL, or --data DIR for a data folder on this machine. With a data folder whose server does
not run, a command does the work itself and waits for it.

Start here:
  meshlift demo                          watch an upgrade of a simulated mesh
  meshlift serve --data DIR --listen 127.0.0.1:7480
  meshlift cluster add production --kubeconfig FILE --data DIR
  meshlift mesh add shop --cluster production --data DIR
  meshlift upgrade shop --to 1.31 --data DIR

Exit codes: ${exitCodesInWords}.`,
    )
  const commands = [
    demoCommand,
    serveCommand,
    clusterCommand,
    meshCommand,
    checkCommand,
    upgradeCommand,
    nextCommand,
    retryCommand,
    rollbackCommand,
    abandonCommand,
    statusCommand,
    jobCommand,
    notesCommand,
    findingsCommand,
    upgradesCommand,
    userCommand,
    groupCommand,
    projectCommand,
    keyCommand,
    policyCommand,
    auditCommand,
    configCommand,
  ]
  for (const make of commands) program.addCommand(make(cli))
  for (const one of everyCommand(program)) {
    offer(one, [...everywhere, ...inProcess], { unseen: true })
    prepare(one, program, world)
  }
  return program
}

const everyCommand = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(everyCommand)]

/** Errors come to us instead of ending the process, and help goes where the world says. */
function prepare(command: Command, program: Command, { out, err }: World): void {
  command
    // What is typed after a command is the command's, so that it may have a --user of its own.
    .enablePositionalOptions()
    .exitOverride((thrown) => {
      throw thrown.exitCode === 0 || thrown.code === 'commander.help' ? thrown : misused(command, thrown)
    })
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: (shown) =>
        shown === program ? [] : program.options.filter((one) => !one.hidden && !shadowed(shown, one)),
    })
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(out.columns ?? 100, 120),
      getErrHelpWidth: () => Math.min(err.columns ?? 100, 120),
    })
}

const shadowed = (command: Command, { long }: Option): boolean =>
  command.options.some((one) => one.long === long && !one.hidden)

function misused(command: Command, { message }: CommanderError): Problem {
  const names: string[] = []
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name())
  const text = message.replace(/^error: /, '').replaceAll(/\s+/g, ' ')
  return new Problem({
    kind: 'invalid',
    code: 'cli/usage',
    text: `${text}${/[.)]$/.test(text) ? '' : '.'} See: ${names.join(' ')} --help`,
  })
}

function problemOf(thrown: unknown, { interrupted }: World): Problem {
  if (interrupted.aborted && !(thrown instanceof Problem))
    return new Problem({ kind: 'aborted', code: 'cli/interrupted', text: 'Stopped.' })
  return problemFrom(thrown)
}

/** Settings may be what is wrong, so the form of the complaint is read off the words as they were typed. */
function failing(argv: readonly string[], { out, err, environment }: World): ReturnType<typeof printer> {
  const at = argv.indexOf('--output')
  const asked =
    at >= 0
      ? argv[at + 1]
      : (argv.find((word) => word.startsWith('--output='))?.slice(9) ?? environment['MESHLIFT_OUTPUT'])
  const color = !argv.includes('--no-color') && (environment['NO_COLOR'] ?? '') === ''
  return printer({ out, err, output: asked === 'json' ? 'json' : 'text', color })
}
