// Figures of the program alone, on any machine: how fast it starts, what it weighs idle and at work.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inSeconds, median } from './figure.ts'
import type { Figure } from './figure.ts'
import { memoryOf } from './usage.ts'

const launcher = fileURLToPath(new URL('../bin/meshlift.js', import.meta.url))

const start = (...argv: readonly string[]): ChildProcess =>
  spawn(process.execPath, [launcher, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] })

/** Milliseconds from the start of the process to the first output that matches. */
async function untilPrinted(child: ChildProcess, pattern: RegExp): Promise<number> {
  const begun = performance.now()
  let seen = ''
  for await (const piece of child.stdout ?? []) {
    seen += String(piece)
    if (pattern.test(seen)) return performance.now() - begun
  }
  throw new Error(`It ended without printing ${String(pattern)}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.stdout?.resume()
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function repeated(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let done = 0; done < times; done += 1) values.push(await measure())
  return median(values)
}

async function inFolder<T>(use: (data: string) => Promise<T>): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'meshlift-bench-'))
  try {
    return await use(data)
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

const serve = (data: string, ...more: readonly string[]): ChildProcess =>
  start('serve', '--data', data, '--listen', '127.0.0.1:0', ...more)

/** A fresh folder each time: tables and the administrator are made, which is the slow start. */
const startTime = (): Promise<number> =>
  inFolder(async (data) => {
    const child = serve(data)
    const ms = await untilPrinted(child, /Listening on/)
    await end(child)
    return ms
  })

const idleMemory = (): Promise<number> =>
  inFolder(async (data) => {
    const child = serve(data)
    await untilPrinted(child, /Listening on/)
    await delay(5000) // what start-up left behind is collected by then
    const { now } = await memoryOf(child.pid)
    await end(child)
    return now
  })

const helpTime = async (): Promise<number> => {
  const begun = performance.now()
  const child = start('--help')
  child.stdout?.resume()
  await once(child, 'exit')
  return performance.now() - begun
}

/** A whole simulated upgrade as fast as it goes: what is left is our own work. */
async function simulated(): Promise<{ readonly ms: number; readonly peak: number }> {
  const child = start('demo', '--speed', '1000')
  const ms = await untilPrinted(child, /Serving on until ctrl-c/)
  const { peak } = await memoryOf(child.pid)
  await end(child)
  return { ms, peak }
}

export async function programFigures(): Promise<readonly Figure[]> {
  const [help, started, idle] = [await repeated(5, helpTime), await repeated(5, startTime), await idleMemory()]
  const { ms, peak } = await simulated()
  return [
    { what: 'command line: --help', values: [`${Math.round(help)} ms`] },
    { what: 'server: start to listening, new folder', values: [`${Math.round(started)} ms`], aim: 'under 1000 ms' },
    { what: 'server: resident memory, idle, no cluster', values: [`${Math.round(idle)} MB`], aim: 'under 150 MB' },
    { what: 'simulated upgrade, four steps, as fast as it goes', values: [inSeconds(ms)] },
    { what: 'server: most resident memory during it', values: [`${Math.round(peak)} MB`] },
  ]
}
