/** What every command stands on: its settings, its server, and its end. */

import { Option } from 'commander'
import type { Command } from 'commander'
import { aboutSetting, readConfig } from '../config.ts'
import type { Config, Loaded, SettingName } from '../config.ts'
import { connect } from './connect.ts'
import { printer } from './print.ts'
import type { Print } from './print.ts'
import type { Session } from './session.ts'
import { trustedBeside } from './trust.ts'
import type { World } from './world.ts'

export interface Run {
  readonly loaded: Loaded
  readonly print: Print
  readonly world: World
  readonly signal: AbortSignal
}

export interface ServedRun extends Run {
  readonly session: Session
}

/** Answers with the exit code. */
export type Work<R extends Run> = (run: R) => Promise<number>

export interface Cli {
  /** Runs what needs settings only. `defaults` are this command's own. */
  run(command: Command, work: Work<Run>, defaults?: Partial<Config>): Promise<void>
  /** Runs with a server, and closes it when it is in this process. */
  withServer(command: Command, work: Work<ServedRun>, options?: { readonly mayCreate: boolean }): Promise<void>
}

export function commandLine(world: World, end: (exitCode: number) => void): Cli {
  const run: Cli['run'] = async (command, work, defaults) => {
    const loaded = readConfig({
      flags: flagsOf(command),
      environment: world.environment,
      ...(defaults === undefined ? {} : { defaults }),
    })
    const print = printer({ out: world.out, err: world.err, ...loaded.config })
    end(await work({ loaded, print, world, signal: world.interrupted }))
  }
  return {
    run,
    withServer: (command, work, { mayCreate } = { mayCreate: false }) =>
      run(
        command,
        async (started) => {
          const { loaded, signal } = started
          const trusted = await trustedBeside(loaded.config)
          if (trusted.length > 0) world.trust(trusted)
          const session = await connect({ loaded, world, mayCreate, signal })
          try {
            return await work({ ...started, session })
          } finally {
            await session.close()
          }
        },
        // A log between the lines of a command helps nobody who did not ask for it.
        { logLevel: 'error' },
      ),
  }
}

/** A flag that is a setting; other flags are their command's own, even when they have the name of a setting. */
class SettingOption extends Option {}

/** Settings that were typed, wherever they stood; what commander fills in by itself is no flag. */
function flagsOf(command: Command): Readonly<Record<string, unknown>> {
  const found = new Map<string, unknown>()
  // The words nearest to the command win.
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const option of at.options) {
      const name = option.attributeName()
      if (option instanceof SettingOption && !found.has(name) && at.getOptionValueSource(name) === 'cli')
        found.set(name, at.getOptionValue(name))
    }
  }
  return Object.fromEntries(found)
}

/** Offers settings as flags. `unseen`: help shows them elsewhere. */
export function offer(command: Command, names: readonly SettingName[], { unseen } = { unseen: false }): Command {
  for (const name of names) {
    const { flag, placeholder, help } = aboutSetting(name)
    // "key create --user ada" is about ada, and "--user" before the command still says who asks.
    if (command.options.some(({ long }) => long === flag)) continue
    command.addOption(
      new SettingOption(placeholder === undefined ? flag : `${flag} <${placeholder}>`, help).hideHelp(unseen),
    )
  }
  return command
}
