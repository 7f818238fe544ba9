// Who may import whom, as data. docs/architecture.md shows this table; the check beside it enforces it.

/** How an imported thing may be used: `any` way, as `types` only, or `late`: by a dynamic import only. */
export type Use = 'any' | 'types' | 'late'

export interface Allowed {
  /** A path below `src`: one file, or a folder with everything in it when it ends with `/`. */
  readonly path: string
  readonly use: Use
}

export interface Room {
  /** The file, or the folder ending with `/`, below `src`. The longest one that fits a file is its room. */
  readonly path: string
  /** Beside the room itself, which may always be imported. */
  readonly may: readonly Allowed[]
}

const any = (...paths: readonly string[]): readonly Allowed[] => paths.map((path) => ({ path, use: 'any' }))
const types = (...paths: readonly string[]): readonly Allowed[] => paths.map((path) => ({ path, use: 'types' }))
const late = (...paths: readonly string[]): readonly Allowed[] => paths.map((path) => ({ path, use: 'late' }))

/** What the heart shows to those who drive meshes: its port, its closed list of actions, facts about Istio. */
const port = any('upgrade/mesh.ts', 'upgrade/objects.ts', 'upgrade/actions.ts', 'upgrade/istio/')

export const rooms: readonly Room[] = [
  { path: 'lib/', may: [] },
  { path: 'contract/', may: [] },
  { path: 'client/', may: any('contract/') },
  { path: 'upgrade/', may: any('lib/') },
  // The view writes the documented shapes, so it alone knows them, and only as types.
  { path: 'upgrade/view.ts', may: [...any('lib/', 'upgrade/'), ...types('contract/')] },
  { path: 'tasks/', may: any('lib/') },
  // What both clusters share must not know which one it talks to, and the two must not know each other.
  { path: 'mesh/', may: [...any('lib/'), ...port] },
  { path: 'mesh/kubernetes/', may: [...any('lib/', 'mesh/'), ...port] },
  { path: 'mesh/simulated/', may: [...any('lib/', 'mesh/'), ...port] },
  { path: 'access/', may: any('lib/', 'contract/') },
  { path: 'registry/', may: any('lib/', 'contract/') },
  {
    path: 'http/',
    may: [
      ...any('lib/', 'contract/', 'access/', 'registry/', 'upgrade/commands.ts', 'upgrade/view.ts'),
      ...types('upgrade/record.ts', 'tasks/store.ts'),
    ],
  },
  { path: 'cli/', may: [...any('lib/', 'contract/', 'client/', 'config.ts'), ...late('main.ts')] },
  { path: 'config.ts', may: any('lib/') },
  // Counts what passes through ports, from the outside: what is counted does not know it.
  {
    path: 'metrics/',
    may: [...any('lib/', 'contract/', 'upgrade/', 'tasks/'), ...types('http/parts.ts')],
  },
  // Puts parts together for main.ts: it may know what each of them knows, and nothing knows it but main.ts.
  {
    path: 'wiring/',
    may: [
      ...any(
        'lib/',
        'contract/',
        'upgrade/',
        'tasks/',
        'mesh/',
        'mesh/kubernetes/',
        'mesh/simulated/',
        'registry/',
        'http/parts.ts',
      ),
      ...types('http/health.ts'),
    ],
  },
  {
    path: 'main.ts',
    may: any(
      'wiring/',
      'lib/',
      'contract/',
      'client/',
      'upgrade/',
      'tasks/',
      'mesh/',
      'mesh/kubernetes/',
      'mesh/simulated/',
      'access/',
      'registry/',
      'http/',
      'metrics/',
      'config.ts',
    ),
  },
]

/** Where `mesh/` ends: it means what both clusters share, never one of these two. */
export const apart: readonly string[] = ['mesh/kubernetes/', 'mesh/simulated/']

export interface Restriction {
  readonly what: string
  readonly only: string
  readonly because: string
}

/** Things of the platform and of packages that have one place each. */
export const restrictions: readonly Restriction[] = [
  { what: 'process.env', only: 'config.ts', because: 'every setting has one name, one check and one line of help' },
  { what: 'console', only: 'cli/print.ts', because: 'what people read has one voice; everything else logs or notes' },
  { what: 'the clock', only: 'lib/clock.ts', because: 'time is passed in, so that tests can run it fast' },
  {
    what: '@kubernetes/client-node',
    only: 'mesh/kubernetes/',
    because: 'foreign objects and errors are translated at one border',
  },
]

/** Costs half a second and 86 MB to load, so neither server nor command line may load it before it is needed. */
export const heavy = '@kubernetes/client-node'
export const starts: readonly string[] = ['main.ts', 'cli/main.ts']
