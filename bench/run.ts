// `npm run bench`: a table of figures. Nothing here passes or fails; machines differ.
import { cpus, totalmem } from 'node:os'
import { programFigures } from './program.ts'

const [cpu, ...more] = cpus()
const figures = await programFigures()
const width = Math.max(...figures.map(({ what }) => what.length))
const lines = [
  `${more.length + 1} x ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
  ...figures.map(
    ({ what, value, aim }) => `${what.padEnd(width)}  ${value.padStart(9)}${aim === undefined ? '' : `  (${aim})`}`,
  ),
]
process.stdout.write(`${lines.join('\n')}\n`)
