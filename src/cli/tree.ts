/** One upgrade as a tree of steps, stages and what they work on. Pure: the same upgrade gives the same lines. */

import type { RollbackView, StageView, StepView, UpgradeDetail, WorkRow } from '../contract/extensions.ts'
import { parseTime } from '../lib/clock.ts'
import type { Color, Paint } from './print.ts'
import { cut, wrapped } from './layout.ts'

export interface TreeOptions {
  readonly paint: Paint
  readonly columns: number
  /** At most so many lines; what is finished is folded first. */
  readonly rows: number
  /** What stands before something that runs. */
  readonly spin: string
}

interface Line {
  readonly depth: number
  readonly phase: string
  readonly text: string
  readonly after?: string
}

/** From everything to the least that still says where it stands. */
type Detail = 'rows' | 'few rows' | 'stages' | 'open stages' | 'steps'
const details: readonly Detail[] = ['rows', 'few rows', 'stages', 'open stages', 'steps']

export function treeLines(upgrade: UpgradeDetail, options: TreeOptions): readonly string[] {
  const head = headLines(upgrade, options)
  const reason = reasonLines(upgrade, options)
  const room = options.rows - head.length - reason.length
  const fitting = details.map((detail) => workLines(upgrade, detail)).find((lines) => lines.length <= room)
  const work = fitting ?? workLines(upgrade, 'steps')
  return [...head, ...work.map((line) => drawn(line, options)), ...reason]
}

function headLines({ name, mesh, from, to, state }: UpgradeDetail, { paint, columns }: TreeOptions): readonly string[] {
  const title = `${mesh.name}: ${spokenOf(from)} to ${spokenOf(to)}`
  return [`${paint('bold', cut(title, columns - 2))}`, cut(`${name}  ${state}`, columns - 2)]
}

/** What is there is not known before the first look. */
const spokenOf = ({ revision, version }: UpgradeDetail['from']): string =>
  version === '' ? 'what is there' : `${revision} (${version})`

function reasonLines({ reason, since, phase }: UpgradeDetail, { paint, columns }: TreeOptions): readonly string[] {
  const word = phase === 'Pause' ? `held since ${since}: ` : phase === 'Failed' ? `failed ${since}: ` : ''
  return wrapped(`${word}${reason.text}`, Math.max(20, columns - 1)).map((line) => paint(colorOf(phase), line))
}

function workLines({ steps, rollback }: UpgradeDetail, detail: Detail): readonly Line[] {
  const forward = steps.flatMap((step) => stepLines(step.name, step, detail, rollback === undefined))
  return rollback === undefined ? forward : [...forward, ...stepLines('Rollback', rollback, detail, true)]
}

/** A step that is over, or not begun, is one line: what people look for is where it stands now. */
function stepLines(title: string, step: StepView | RollbackView, detail: Detail, current: boolean): readonly Line[] {
  const open = current && !['Init', 'Success'].includes(step.phase)
  const line: Line = { depth: 0, phase: step.phase, text: title, after: took(step) }
  if (!open || detail === 'steps') return [line]
  const stages = step.stages.filter(({ phase }) => detail !== 'open stages' || phase !== 'Success')
  return [line, ...stages.flatMap((stage) => stageLines(stage, detail))]
}

function stageLines({ title, phase, reason, rows }: StageView, detail: Detail): readonly Line[] {
  const leaves = leavesOf(rows)
  const over = leaves.filter((row) => row.phase === 'Success').length
  const count = leaves.length > 1 && phase !== 'Initializing' ? `${over} of ${leaves.length}` : ''
  const line: Line = {
    depth: 1,
    phase,
    text: title,
    after: [count, phase === 'Success' ? '' : reason].filter(Boolean).join('  '),
  }
  if (phase === 'Success' || (detail !== 'rows' && detail !== 'few rows')) return [line]
  const moving = leaves.filter((row) => row.phase === 'Running' || row.phase === 'Failed')
  const shown = detail === 'rows' ? moving : moving.slice(0, 3)
  const more = moving.length - shown.length
  return [
    line,
    ...shown.map((row): Line => ({ depth: 2, phase: row.phase, text: namedIn(rows, row), after: row.reason })),
    ...(more > 0 ? [{ depth: 2, phase: 'Running', text: `and ${more} more` }] : []),
  ]
}

const leavesOf = (rows: readonly WorkRow[]): readonly WorkRow[] =>
  rows.filter(({ path }) => !rows.some((other) => other.path.startsWith(`${path}/`)))

/** `shop/cart`: with the cluster before it only where there are several. */
function namedIn(rows: readonly WorkRow[], { path, title }: WorkRow): string {
  const several = new Set(rows.map((row) => row.path.split('/')[0])).size > 1
  return several ? path : path.split('/').slice(1).join('/') || title
}

function drawn({ depth, phase, text, after = '' }: Line, { paint, columns, spin }: TreeOptions): string {
  const left = `${'  '.repeat(depth)}${signOf(phase, spin)} `
  const title = cut(text, Math.max(10, columns - 1 - left.length))
  const rest = after === '' ? '' : `  ${cut(after, Math.max(0, columns - 3 - left.length - title.length))}`
  return `${'  '.repeat(depth)}${paint(colorOf(phase), signOf(phase, spin))} ${phase === 'Init' || phase === 'Initializing' ? paint('dim', title) : title}${rest.trim() === '' ? '' : paint('dim', rest)}`
}

const signs: Readonly<Record<string, string>> = { Success: '✔', Failed: '✖', Pause: '‖', Init: '·', Initializing: '·' }
const signOf = (phase: string, spin: string): string => signs[phase] ?? spin

const colors: Readonly<Record<string, Color>> = {
  Success: 'green',
  Failed: 'red',
  Pause: 'yellow',
  Init: 'dim',
  Initializing: 'dim',
}
const colorOf = (phase: string): Color => colors[phase] ?? 'cyan'

function took({ startTime, completionTime }: StepView | RollbackView): string {
  const [from, to] = [parseTime(startTime), parseTime(completionTime)]
  return from === undefined || to === undefined ? '' : spoken(to - from)
}

/** `7 s`, `2 min 5 s`, `3 h 20 min` */
export function spoken(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
