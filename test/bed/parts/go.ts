// Go programs of the bed, built from pinned modules.
import { join } from 'node:path'
import { mustRun } from '../run-program.ts'
import { bedFolder, environment } from '../settings.ts'

export interface GoProgram {
  /** Folder below test/bed/tools that holds go.mod and go.sum. */
  readonly module: string
  readonly package: string
  readonly tags?: string
  /** `-X name=value` pairs. Helm and istioctl cannot parse the version of an unstamped build. */
  readonly stamps?: Readonly<Record<string, string>>
}

export function moduleFolder(module: string): string {
  return join(bedFolder, 'tools', module)
}

export async function goBuild(program: GoProgram, output: string, signal: AbortSignal): Promise<void> {
  const stamps = Object.entries(program.stamps ?? {}).map(([name, value]) => `-X ${name}=${value}`)
  const command: readonly [string, ...string[]] = [
    'nice', // a cold build takes minutes and must not starve what runs beside it
    'go',
    'build',
    '-mod=readonly', // go.mod and go.sum as committed, or an error
    '-trimpath', // the same program whatever folder it is built in
    ...(program.tags === undefined ? [] : ['-tags', program.tags]),
    '-ldflags',
    ['-s', '-w', ...stamps].join(' '), // no symbols: a third of the size and of the linking time
    '-o',
    output,
    program.package,
  ]
  await mustRun(command, {
    signal,
    cwd: moduleFolder(program.module),
    env: environment({
      GOTOOLCHAIN: 'local', // never fetch another Go
      GOFLAGS: '-buildvcs=false', // the tree is not always a git checkout
      CGO_ENABLED: '0', // no C compiler needed
    }),
  })
}
