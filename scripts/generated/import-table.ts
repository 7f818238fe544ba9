// The import table as the document shows it.
import { restrictions, rooms } from '../imports/table.ts'
import type { Allowed } from '../imports/table.ts'

const say = ({ path, use }: Allowed): string =>
  use === 'any' ? `\`${path}\`` : `\`${path}\` (${use === 'types' ? 'types only' : 'by dynamic import only'})`

export const importTable = (): string =>
  [
    '| room | may import, beside itself |',
    '|---|---|',
    ...rooms.map(
      ({ path, may }) => `| \`${path}\` | ${may.length === 0 ? 'nothing of ours' : may.map(say).join(', ')} |`,
    ),
    '',
    '| one place each | | why |',
    '|---|---|---|',
    ...restrictions.map(({ what, only, because }) => `| ${what} | \`${only}\` | ${because} |`),
  ].join('\n')
