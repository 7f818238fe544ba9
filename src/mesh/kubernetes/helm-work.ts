/**
 * A helm that changes the cluster, one a release at a time. It may outlive us: killed with `kill -9` we leave it
 * working, and whoever comes next must know. So it runs in a process group of its own, writes to files instead of pipes
 * (a broken pipe would kill it), and leaves its process id and start time where the next one looks.
 */

import { mkdir, open, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../../lib/problem.ts'
import type { HelmRelease } from '../cluster.ts'
import { stopped } from './errors.ts'
import { commandLine, exitOf, killGroup, start, tooSlow } from './helm-program.ts'
import type { Ended, HelmProgram } from './helm-program.ts'
import { unlessStopped } from './stop.ts'

export interface HelmWork {
  /**
   * @param args told the path of the file with the values.
   * @throws Problem conflict while a helm works on this release; aborted when the signal fires: helm itself goes on.
   */
  run(
    release: HelmRelease,
    values: Readonly<Record<string, unknown>>,
    args: (valuesFile: string) => readonly string[],
    signal: AbortSignal,
  ): Promise<Ended>
}

/** helm's own limit for one Kubernetes operation is 5 minutes; after this it hangs. */
const limitMs = 330_000

/**
 * The shell writes its own process id and start time (field 22 of its stat, proc(5); nothing where there is no /proc)
 * and becomes helm. Written by us after the start, a kill in between would leave a helm that nobody knows of.
 */
const noteAndBecome = 'echo "$$ $(cut -d " " -f 22 "/proc/$$/stat" 2>/dev/null)" > "$0" && exec "$@"'

export function helmWork(cluster: string, helm: HelmProgram): HelmWork {
  const folder = join(helm.home, 'work')
  const mine = new Set<string>()
  let swept: Promise<void> | undefined

  return {
    async run(release, values, args, signal) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await (swept ??= sweep(folder))
      const stem = join(folder, [cluster, release.namespace, release.name].map(encodeURIComponent).join('_'))
      if (mine.has(stem) || (await isAlive(stem))) throw busy(cluster, release)
      if (signal.aborted) throw stopped()
      mine.add(stem)
      try {
        await clear(stem)
        const valuesFile = `${stem}.values.json`
        // Whole before helm starts; through a pipe, a kill in between would install with no values at all.
        await writeFile(valuesFile, JSON.stringify(values), { mode: 0o600 })
        return await runToFiles(helm, stem, args(valuesFile), signal, () => mine.delete(stem))
      } catch (thrown) {
        mine.delete(stem)
        throw thrown
      }
    },
  }
}

async function runToFiles(
  helm: HelmProgram,
  stem: string,
  args: readonly string[],
  signal: AbortSignal,
  ended: () => void,
): Promise<Ended> {
  const [out, err] = await Promise.all([open(`${stem}.out`, 'w', 0o600), open(`${stem}.err`, 'w', 0o600)])
  const child = start('/bin/sh', ['-c', noteAndBecome, `${stem}.pid`, ...commandLine(helm, args)], {
    stdio: ['ignore', out.fd, err.fd],
  })
  const exit = exitOf(child) // before anything is waited for: a quick helm ends meanwhile
  await Promise.all([out.close(), err.close()])
  let late = false
  const limit = setTimeout(() => {
    late = true
    killGroup(child, 'SIGTERM') // helm writes down that the release failed
    setTimeout(() => killGroup(child, 'SIGKILL'), 10_000).unref()
  }, limitMs)
  limit.unref()
  const finished = exit.then(async (code): Promise<Ended> => {
    clearTimeout(limit)
    const [stdout, stderr] = await Promise.all([textOf(`${stem}.out`), textOf(`${stem}.err`)])
    await clear(stem)
    ended()
    if (late) throw tooSlow(args[0] ?? '', limitMs)
    return { code, stdout, stderr }
  })
  try {
    return await unlessStopped(finished, signal)
  } finally {
    child.unref() // stopped: nobody waits for it
  }
}

/** Is a helm that was started for this release still at work, whoever started it? */
async function isAlive(stem: string): Promise<boolean> {
  const [pid, startedAt] = (await textOf(`${stem}.pid`)).trim().split(' ')
  if (pid === undefined || !/^\d+$/.test(pid)) return false
  const stat = await textOf(`/proc/${pid}/stat`)
  if (stat === '') return startedAt === undefined && respondsTo(Number(pid)) // no /proc on this machine, or no such process
  // Fields count from the closing parenthesis of the name: state is the 3rd of all, start time the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const isOver = fields[0] === 'Z' || fields[0] === 'X'
  return !isOver && fields[19] === startedAt // another start time: the number was given to another process
}

function respondsTo(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function clear(stem: string): Promise<void> {
  await Promise.all(['values.json', 'out', 'err', 'pid'].map((ending) => rm(`${stem}.${ending}`, { force: true })))
}

/** What a killed program left behind holds the user's values. */
async function sweep(folder: string): Promise<void> {
  const stems = new Set(
    (await readdir(folder)).map((file) => join(folder, file.replace(/\.(values\.json|out|err|pid)$/, ''))),
  )
  for (const stem of stems) if (!(await isAlive(stem))) await clear(stem)
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return ''
  }
}

function busy(cluster: string, { name, namespace }: HelmRelease): Problem {
  return new Problem({
    kind: 'conflict',
    code: 'helm/busy',
    text: `Cluster ${cluster}: a helm that was started before still works on release ${name} in ${namespace}; it is looked at again when that has ended.`,
    facts: { cluster, release: name, namespace },
  })
}
