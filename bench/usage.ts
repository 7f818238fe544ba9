// What a process weighs and how long it computed, from the kernel's own books (Linux).
import { readFile } from 'node:fs/promises'

export interface Memory {
  /** Resident, in MB of 1024 x 1024 bytes. */
  readonly now: number
  /** The most it ever was, in the same. */
  readonly peak: number
}

export async function memoryOf(pid: number | undefined): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const mb = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
  return { now: mb('VmRSS'), peak: mb('VmHWM') }
}

const ticksPerSecond = 100 // USER_HZ, the same on every Linux that Node runs on

/** Milliseconds on a CPU so far, in user and kernel mode; what it started counts once it has ended (helm does). */
export async function computedBy(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold spaces; utime, stime, cutime and cstime are fields 14 to 17 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 1000) / ticksPerSecond
}
