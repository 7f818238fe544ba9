// Figures on the bed: the program's upgrade against the critical path, in turn, each in a fresh bed; medians.
import { build } from '../test/bed/build.ts'
import { workloadsOf } from '../test/bed/apps.ts'
import { pairs } from '../test/bed/pairs.ts'
import type { PairName } from '../test/bed/pairs.ts'
import type { StepName } from '../test/bed/program/upgrade.ts'
import { inSeconds, median } from './figure.ts'
import type { Figure } from './figure.ts'
import type { CriticalPathFigures, Spent, UpgradeFigures } from './inside-task.ts'
import { measureInBed } from './one-bed.ts'
import { totalOf } from './requests.ts'
import type { RequestKind } from './requests.ts'

export interface BedRuns {
  readonly pair: PairName
  readonly upgrades: readonly UpgradeFigures[]
  readonly paths: readonly CriticalPathFigures[]
  readonly loads: readonly number[]
}

/** All runs of each pair; a sentence where this machine cannot have a bed. */
export async function runInBeds(
  names: readonly PairName[],
  times: number,
  signal: AbortSignal,
): Promise<readonly BedRuns[] | string> {
  const installed = await build(signal)
  if (typeof installed === 'string') return installed
  const all: BedRuns[] = []
  for (const pair of names) {
    const upgrades: UpgradeFigures[] = []
    const paths: CriticalPathFigures[] = []
    const loads: number[] = []
    for (let run = 1; run <= times; run += 1) {
      const path = await measureInBed({ installed, pair, measure: 'critical-path' }, signal)
      const upgrade = await measureInBed({ installed, pair, measure: 'upgrade' }, signal)
      paths.push(path.figures)
      upgrades.push(upgrade.figures)
      loads.push(path.load, upgrade.load)
      const least = path.figures.controlPlane + path.figures.dataPlane
      process.stderr.write(
        `${pair} ${run}: ${inSeconds(upgrade.figures.fromFirstPut)}, critical path ${inSeconds(least)}\n`,
      )
    }
    all.push({ pair, upgrades, paths, loads })
  }
  return all
}

export function bedFigures(all: readonly BedRuns[]): readonly Figure[] {
  const row = (what: string, value: (runs: BedRuns) => string, aim?: string): Figure => ({
    what,
    values: all.map(value),
    ...(aim === undefined ? {} : { aim }),
  })
  const { PreCheck, ControlPlaneUpgrade, DataPlaneUpgrade, PostUpgrade } = stepTimes
  return [
    row('PreCheck', (runs) => inSeconds(of(runs.upgrades, PreCheck))),
    row('ControlPlaneUpgrade / critical path', (runs) => ratio(runs, ControlPlaneUpgrade, (path) => path.controlPlane)),
    row('DataPlaneUpgrade / critical path', (runs) => ratio(runs, DataPlaneUpgrade, (path) => path.dataPlane)),
    row('PostUpgrade', (runs) => inSeconds(of(runs.upgrades, PostUpgrade))),
    row('first PUT to Success / critical path', (runs) =>
      ratio(
        runs,
        (upgrade) => upgrade.fromFirstPut,
        (path) => path.controlPlane + path.dataPlane,
      ),
    ),
    row('requests in DataPlaneUpgrade, for each workload moved', (runs) =>
      each(runs, (upgrade) => totalOf(upgrade.steps.DataPlaneUpgrade.requests)),
    ),
    ...kinds.map(([kind, words]) =>
      row(`- ${words}`, (runs) => each(runs, (upgrade) => upgrade.steps.DataPlaneUpgrade.requests[kind] ?? 0)),
    ),
    row('KiB in DataPlaneUpgrade, for each workload moved: sent / received', (runs) =>
      bytes(runs, ({ steps }) => [steps.DataPlaneUpgrade]),
    ),
    row('requests in all four steps', (runs) => `${of(runs.upgrades, (upgrade) => totalIn(upgrade, everyKind))}`),
    ...kinds.map(([kind, words]) => row(`- ${words}`, (runs) => `${of(runs.upgrades, (one) => totalIn(one, [kind]))}`)),
    row('KiB in all four steps, for each workload: sent / received', (runs) =>
      bytes(runs, ({ steps }) => Object.values(steps)),
    ),
    row('CPU time of the program and its helm, all four steps', (runs) =>
      inSeconds(of(runs.upgrades, ({ computed }) => computed)),
    ),
    row('requests of the idle server, a minute', (runs) =>
      Math.round(of(runs.upgrades, ({ idle }) => (totalOf(idle.requests) * 60_000) / idle.ms)).toString(),
    ),
    row('resident memory, idle, cluster registered', (runs) => mb(runs, ({ memory }) => memory.idle), 'under 150 MB'),
    row('most resident memory during the upgrade', (runs) => mb(runs, ({ memory }) => memory.peak)),
  ]
}

/** What asks most often first: each line of the last run's steps, for whoever looks for waste. */
export function detailOfLast({ pair, upgrades }: BedRuns): string {
  const last = upgrades.at(-1)
  if (last === undefined) return ''
  return Object.entries<Spent>({ idle: last.idle, ...last.steps })
    .flatMap(([step, { detail }]) =>
      Object.entries(detail)
        .toSorted(([, a = 0], [, b = 0]) => b - a)
        .map(([what, count]) => `${pair} ${step.padEnd(20)} ${String(count).padStart(5)} ${what}`),
    )
    .join('\n')
}

const kinds: readonly (readonly [RequestKind, string])[] = [
  ['read', 'reads'],
  ['watch', 'watches begun'],
  ['write', 'writes'],
  ['dry-run', 'dry runs'],
  ['review', 'access reviews'],
  ['helm', "helm's"],
]
const everyKind = kinds.map(([kind]) => kind)

const stepTimes = {
  PreCheck: ({ steps }: UpgradeFigures) => steps.PreCheck.ms,
  ControlPlaneUpgrade: ({ steps }: UpgradeFigures) => steps.ControlPlaneUpgrade.ms,
  DataPlaneUpgrade: ({ steps }: UpgradeFigures) => steps.DataPlaneUpgrade.ms,
  PostUpgrade: ({ steps }: UpgradeFigures) => steps.PostUpgrade.ms,
} satisfies Record<StepName, (upgrade: UpgradeFigures) => number>

const of = <T>(runs: readonly T[], value: (run: T) => number): number => median(runs.map(value))

function ratio(
  { upgrades, paths }: BedRuns,
  ours: (upgrade: UpgradeFigures) => number,
  least: (path: CriticalPathFigures) => number,
): string {
  const [took, needed] = [of(upgrades, ours), of(paths, least)]
  return `${inSeconds(took)} / ${inSeconds(needed)} = ${(took / needed).toFixed(2)}`
}

function totalIn({ steps }: UpgradeFigures, wanted: readonly RequestKind[]): number {
  return Object.values(steps).reduce(
    (sum, { requests }) => sum + wanted.reduce((part, kind) => part + (requests[kind] ?? 0), 0),
    0,
  )
}

const workloads = ({ pair }: BedRuns): number => workloadsOf(pairs[pair]).length

function each(runs: BedRuns, count: (upgrade: UpgradeFigures) => number): string {
  return (of(runs.upgrades, count) / workloads(runs)).toFixed(1)
}

function bytes(runs: BedRuns, parts: (upgrade: UpgradeFigures) => readonly Spent[]): string {
  const kib = (way: 'sent' | 'received'): string => {
    const total = of(runs.upgrades, (upgrade) => parts(upgrade).reduce((sum, spent) => sum + spent.bytes[way], 0))
    return (total / 1024 / workloads(runs)).toFixed(0)
  }
  return `${kib('sent')} / ${kib('received')}`
}

function mb({ upgrades }: BedRuns, value: (upgrade: UpgradeFigures) => number): string {
  return `${Math.round(of(upgrades, value))} MB`
}
