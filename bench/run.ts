// `npm run bench`: a table of figures. Nothing here passes or fails; machines differ.
// `npm run bench -- api`: the two GETs beside a bare server.
// `npm run bench -- bed [--pair P,U] [--runs 3] [--detail]`: the figures of real upgrades; needs what the bed needs.
import { availableParallelism, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { pairs } from '../test/bed/pairs.ts'
import type { PairName } from '../test/bed/pairs.ts'
import { stopOn } from '../test/bed/stop-on.ts'
import { apiColumns, apiFigures, apiRounds } from './api.ts'
import { bedFigures, detailOfLast, runInBeds } from './bed.ts'
import { tableOf } from './figure.ts'
import { programFigures } from './program.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const machine = (loads: readonly number[]): string => {
  const load = [Math.min(...loads), Math.max(...loads)].map((value) => value.toFixed(1))
  const gib = Math.round(totalmem() / 2 ** 30)
  return `${availableParallelism()} cores, ${gib} GiB, Node ${process.version}, load before a run ${load.join(' to ')}`
}

async function bed(names: readonly PairName[], runs: number, detail: boolean): Promise<number> {
  const stop = stopOn('SIGINT', 'SIGTERM', 'SIGHUP')
  const all = await runInBeds(names, runs, stop).catch((error: unknown) => {
    if (stop.aborted) return 'bench: stopped'
    throw error
  })
  if (typeof all === 'string') {
    say(all)
    return 1
  }
  say(`${machine(all.flatMap(({ loads }) => loads))}, medians of ${runs}\n`)
  say(
    tableOf(
      all.map(({ pair }) => `pair ${pair}`),
      bedFigures(all),
    ),
  )
  if (detail) for (const one of all) say(`\n${detailOfLast(one)}`)
  return 0
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pair: { type: 'string', default: 'P,U' },
      runs: { type: 'string', default: '3' },
      detail: { type: 'boolean', default: false },
    },
  })
  if (positionals[0] === 'bed') {
    const wanted = values.pair.split(',')
    const names = Object.keys(pairs).filter((name): name is PairName => wanted.includes(name))
    const runs = Number(values.runs)
    if (names.length === wanted.length && Number.isInteger(runs) && runs > 0) return bed(names, runs, values.detail)
    say(`--pair is some of ${Object.keys(pairs).join(',')}, --runs a whole number from 1`)
    return 2
  }
  const [load = 0] = loadavg()
  if (positionals[0] === 'api') {
    const compared = await apiFigures()
    say(`${machine([load, loadavg()[0] ?? load])}, medians of ${apiRounds}\n`)
    say(tableOf(apiColumns, compared))
    return 0
  }
  const figures = await programFigures()
  say(`${machine([load])}\n`)
  say(tableOf(['value'], figures))
  return 0
}

process.exitCode = await main()
