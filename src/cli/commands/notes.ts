/** `notes`: the diary of an upgrade. */

import { Command } from 'commander'
import type { Note } from '../../contract/extensions.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUpgrade } from '../find.ts'
import { follow, notesAfter } from '../follow.ts'
import { noteLines } from '../note-lines.ts'
import { isOver } from '../standing.ts'

export const notesCommand = (cli: Cli): Command =>
  new Command('notes')
    .summary('read the diary of an upgrade')
    .argument('[upgrade]', 'mesh, or id or name of an upgrade; not needed where there is only one')
    .option('--follow', 'go on until the upgrade is over')
    .addHelpText(
      'after',
      `
Examples:
  meshlift notes shop
  meshlift notes shop --follow`,
    )
    .action((asked: string | undefined, options: { readonly follow?: true }, command: Command) =>
      cli.withServer(command, async (run) => {
        const { session, signal, print, world } = run
        const { id } = await findUpgrade(session, asked, signal)
        const lines = (notes: readonly Note[]) => notes.flatMap((note) => noteLines(note, print.paint))
        if (options.follow !== true) {
          const items = await notesAfter(session, id, 0, signal)
          print.result({ items }, lines(items))
          return exitCodes.done
        }
        const all: Note[] = []
        const show = {
          update: (_: unknown, notes: readonly Note[]) => {
            all.push(...notes)
            for (const line of lines(notes)) print.say(line)
          },
          trouble: () => {},
          end: () => {},
        }
        await follow({ session, id, until: isOver, show, after: 0, clock: world.clock, signal })
        print.result({ items: all }, [])
        return exitCodes.done
      }),
    )
