/** `config print`: which settings are in force, and where each comes from. */

import { Command } from 'commander'
import { aboutSetting, settingNames } from '../../config.ts'
import type { Loaded, SettingName } from '../../config.ts'
import { offer } from '../cli.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { table } from '../layout.ts'
import { serverSettings } from '../server-settings.ts'

export function configCommand(cli: Cli): Command {
  const group = new Command('config').summary('see the settings that are in force')
  const show = new Command('print')
    .summary('print every setting, its value and where it comes from')
    .description(
      'A flag wins over the environment, that over config.yaml or config.json in the data folder, that over the default.',
    )
    .addHelpText(
      'after',
      `
Examples:
  meshlift config print
  MESHLIFT_READY_WITHIN=10m meshlift config print --data /var/lib/meshlift`,
    )
    .action((_: unknown, command: Command) =>
      cli.run(command, async ({ loaded, print }) => {
        const rows = settingNames.map((name) => ({
          name,
          value: shown(name, loaded),
          from: loaded.origin[name],
          variable: aboutSetting(name).variable,
          help: aboutSetting(name).help,
        }))
        const lines = rows.map(({ name, value, from, variable, help }) => [name, value ?? '-', from, variable, help])
        print.result(rows, table([['SETTING', 'VALUE', 'FROM', 'VARIABLE', 'WHAT'], ...lines]))
        return exitCodes.done
      }),
    )
  group.addCommand(offer(show, serverSettings))
  return group
}

function shown(name: SettingName, { config }: Loaded): string | null {
  const value = config[name]
  if (value === undefined) return null
  const about = aboutSetting(name)
  if (about.secret) return '********'
  return about.unit === undefined ? String(value) : `${String(value)} ${about.unit}`
}
