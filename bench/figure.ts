// One line of the table, and the table.

export interface Figure {
  readonly what: string
  /** One value for each column. */
  readonly values: readonly string[]
  readonly aim?: string
}

/** A Markdown table that also reads well as plain text. */
export function tableOf(columns: readonly string[], figures: readonly Figure[]): string {
  const rows = [
    ['', ...columns, 'aim'],
    ...figures.map(({ what, values, aim }) => [what, ...columns.map((_name, at) => values[at] ?? ''), aim ?? '']),
  ]
  const widths = ['', ...columns, ''].map((_name, at) => Math.max(3, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string => `| ${row.map((cell, at) => pad(cell, at, widths)).join(' | ')} |`
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), rule, ...body.map(line)].join('\n')
}

function pad(cell: string, at: number, widths: readonly number[]): string {
  const width = widths[at] ?? 0
  return at === 0 ? cell.padEnd(width) : cell.padStart(width)
}

/** The middle one; of an even number, the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** `1.9 s`, from milliseconds. */
export function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
