// What the machine must have before a bed can be built or started. Answers one sentence about the first thing missing.
import { mkdir, statfs } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { accessSync, constants } from 'node:fs'
import { run } from '../run-program.ts'
import { bareEnvironment, cacheRoot } from '../settings.ts'

// go.mod of every tools module says 1.26.0 or less, and the bed never fetches another Go.
const oldestGo = [1, 26] as const

/** Program -> Debian package that brings it. */
const programs: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  setpriv: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
  openssl: 'openssl',
  tini: 'tini',
  unzip: 'unzip',
}

/** Bytes that a cold build takes: Go's build cache 7.5 GB, module cache 2.5 GB, programs 0.6 GB, and some room. */
const coldBuild = 12e9

/** Either ready, or one sentence about what is missing. */
export type Machine = 'ready' | { readonly missing: string }

/** `cold`: something has to be built, which needs Go and disk as well. */
export async function lookAtMachine(cold: boolean, signal: AbortSignal): Promise<Machine> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { missing: `The bed runs on Linux on x64 only; this is ${process.platform} on ${process.arch}.` }
  if (process.getuid?.() !== 0)
    return { missing: 'The bed needs root, because it makes a private network namespace; run it as root.' }
  const missing = Object.keys(programs).filter((name) => !isOnPath(name))
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((name) => programs[name]))].join(' ')
    return { missing: `The bed needs ${missing.join(', ')}; install the Debian packages ${packages}.` }
  }
  const apart = await run(['unshare', '--net', '--pid', '--mount', '--fork', '--mount-proc', 'true'], { signal })
  if (apart.code !== 0) return { missing: `The bed cannot make a private namespace here: ${apart.stderr.trim()}.` }
  if (!cold) return 'ready'
  if (!isOnPath('go'))
    return { missing: `The bed needs Go ${oldestGo.join('.')} or newer on the PATH to build Kubernetes and Istio.` }
  const go = (await run(['go', 'version'], { signal })).stdout.trim()
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(go) ?? []
  if (Number(major) !== oldestGo[0] || Number(minor) < oldestGo[1])
    return { missing: `The bed needs Go ${oldestGo.join('.')} or newer, this machine has: ${go}.` }
  await mkdir(cacheRoot(), { recursive: true })
  const disk = await statfs(cacheRoot())
  const free = disk.bavail * disk.bsize
  if (free < coldBuild) {
    const gigabytes = (free / 1e9).toFixed(1)
    return {
      missing: `Building the bed takes about ${coldBuild / 1e9} GB of disk; only ${gigabytes} GB are free below ${cacheRoot()}.`,
    }
  }
  return 'ready'
}

function isOnPath(program: string): boolean {
  return (bareEnvironment({})['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
