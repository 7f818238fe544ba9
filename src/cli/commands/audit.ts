/** `audit`: who asked what, and whether that record is as it was written. */

import { Command, InvalidArgumentError, Option } from 'commander'
import type { AuditEntry, AuditVerification } from '../../contract/iam.ts'
import { auditPages, beforeNewest } from '../audit-entries.ts'
import { auditLines } from '../audit-lines.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Session } from '../session.ts'

export function auditCommand(cli: Cli): Command {
  const group = new Command('audit').summary('read and verify the record of who asked what')
  group.addCommand(showCommand(cli))
  group.addCommand(verifyCommand(cli))
  return group
}

const whole = (text: string): number => {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

const newestForPeople = 100

interface ShowOptions {
  readonly after?: number
  readonly limit?: number
  readonly last?: number
}

const showCommand = (cli: Cli): Command =>
  new Command('show')
    .summary('see who asked what, oldest first')
    .description(
      'Shows who asked for what and what became of it, a line each. As JSON every entry is there, with the object before and after.',
    )
    .addOption(
      new Option('--last <N>', 'the newest N; 100 for people when nothing else is said, and all as JSON')
        .argParser(whole)
        .conflicts(['after', 'limit']),
    )
    .option('--after <N>', 'only entries with a number above this', whole)
    .option('--limit <N>', 'so many entries, from the oldest or from --after on', whole)
    .addHelpText(
      'after',
      `
Examples:
  meshlift audit show
  meshlift audit show --last 20
  meshlift audit show --after 1200 --output json | jq '.items[] | select(.kind == "refused")'`,
    )
    .action(({ after, limit, last }: ShowOptions, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const all = after !== undefined || limit !== undefined || print.json
        const newest = last ?? (all ? undefined : newestForPeople)
        const from = newest === undefined ? (after ?? 0) : await beforeNewest(session, newest, signal)
        const items: AuditEntry[] = []
        for await (const page of auditPages(session, from, limit ?? Number.POSITIVE_INFINITY, signal))
          items.push(...page)
        print.result({ items }, auditLines(items))
        if (newest !== undefined && from > 0)
          print.aside(`There are older ones: meshlift audit show --limit 100${session.where}`)
        if (items.length === limit)
          print.aside(
            `There may be more: meshlift audit show --after ${items.at(-1)?.number ?? from} --limit ${limit}${session.where}`,
          )
        return exitCodes.done
      }),
    )

const verifyCommand = (cli: Cli): Command =>
  new Command('verify')
    .summary('see whether the record is as it was written')
    .description(
      'Every entry covers the one before it, so what was changed, taken out or cut off is found. A data folder that was put ' +
        'back to an earlier day looks whole by itself: keep the head that this prints somewhere else, and hand it in again ' +
        'with --head.',
    )
    .option('--head <HASH>', 'a head that was kept; it must still be there')
    .addHelpText(
      'after',
      `
Examples:
  meshlift audit verify
  meshlift audit verify --head "$(cat kept-head)"

Ends with 0 when it is intact, 1 when not.`,
    )
    .action(({ head: kept }: { readonly head?: string }, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const verified = await session.call('verifyAudit', {}, signal)
        const found = kept === undefined ? undefined : await isThere(session, kept, verified, signal)
        print.result(
          { ...verified, ...(found === undefined ? {} : { keptHeadFound: found }) },
          verifiedLines(verified, found),
        )
        return verified.intact && found !== false ? exitCodes.done : exitCodes.other
      }),
    )

/** The record has grown since, so a head that was kept is the hash of some entry. */
async function isThere(
  session: Session,
  kept: string,
  { head }: AuditVerification,
  signal: AbortSignal,
): Promise<boolean> {
  if (kept === head) return true
  for await (const page of auditPages(session, 0, Number.POSITIVE_INFINITY, signal))
    if (page.some(({ hash, previous }) => hash === kept || previous === kept)) return true
  return false
}

function verifiedLines({ intact, entries, head, brokenAt }: AuditVerification, found: boolean | undefined) {
  return [
    intact
      ? `The record is intact: ${entries} entries.`
      : `The record is not as it was written${brokenAt === undefined ? '' : `: entry ${brokenAt} does not fit`}.`,
    ...(found === false ? ['The head that was kept is not in it: this is an older record, or another one.'] : []),
    `head  ${head}`,
  ]
}
