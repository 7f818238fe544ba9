/** Running the `helm` program: with its homes in our folder, free of what the environment says about clusters. */

import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { join } from 'node:path'
import { Problem } from '../../lib/problem.ts'
import { stopped } from './errors.ts'

export interface HelmProgram {
  /** A path, or a name to be found in PATH. */
  readonly program: string
  /** Folder for helm's caches and settings. */
  readonly home: string
}

export interface Ended {
  /** 127: there is no such program. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A server that was started with KUBECONFIG set must not send helm to another cluster than the registered one. */
const unset = [
  'KUBECONFIG',
  'HELM_DRIVER',
  'HELM_NAMESPACE',
  'HELM_DEBUG',
  'HELM_KUBECONTEXT',
  'HELM_KUBEAPISERVER',
  'HELM_KUBEASUSER',
  'HELM_KUBEASGROUPS',
  'HELM_KUBECAFILE',
  'HELM_KUBETOKEN',
  'HELM_KUBETLS_SERVER_NAME',
  'HELM_KUBEINSECURE_SKIP_TLS_VERIFY',
]

/**
 * `env` sets and unsets for helm alone; everything else is inherited, since the login command of a kubeconfig may need
 * HOME and the cloud's variables.
 */
export function commandLine({ program, home }: HelmProgram, args: readonly string[]): readonly [string, ...string[]] {
  const homes = { HELM_CACHE_HOME: 'cache', HELM_CONFIG_HOME: 'config', HELM_DATA_HOME: 'data' }
  return [
    'env',
    ...unset.flatMap((name) => ['-u', name]),
    ...Object.entries(homes).map(([name, folder]) => `${name}=${join(home, folder)}`),
    program,
    ...args,
  ]
}

/** Runs to the end what only reads. Stopped or too slow: killed, with all it started. @throws Problem aborted, timeout */
export async function runHelm(
  helm: HelmProgram,
  args: readonly string[],
  limitMs: number,
  signal: AbortSignal,
): Promise<Ended> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  if (signal.aborted) throw stopped()
  const [command, ...rest] = commandLine(helm, args)
  const child = start(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => killGroup(child, 'SIGKILL')
  limited.addEventListener('abort', kill, { once: true })
  try {
    const [stdout, stderr, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), exitOf(child)])
    if (signal.aborted) throw stopped()
    if (limited.aborted) throw tooSlow(args[0] ?? '', limitMs)
    return { code, stdout, stderr }
  } finally {
    limited.removeEventListener('abort', kill)
  }
}

/** In a process group of its own: ctrl-c on our terminal, or our own end, is not its end. */
export function start(command: string, args: readonly string[], options: Omit<SpawnOptions, 'detached'>): ChildProcess {
  return spawn(command, args, { ...options, detached: true })
}

/** The exit code; 127 when the command could not be started. */
export function exitOf(child: ChildProcess): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  child.on('error', () => resolve(127))
  child.on('close', (code) => resolve(code ?? 1))
  return promise
}

export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // gone in between
  }
}

export function tooSlow(what: string, limitMs: number): Problem {
  return new Problem({
    kind: 'timeout',
    code: 'helm/timeout',
    text: `helm ${what} did not end within ${Math.round(limitMs / 1000)} s.`,
  })
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
