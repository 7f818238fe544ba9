// What the process inside a bed is asked to measure, and what it hands back through a file.
import type { Installed } from '../test/bed/build.ts'
import type { PairName } from '../test/bed/pairs.ts'
import type { StepName } from '../test/bed/program/upgrade.ts'
import type { Requests } from './requests.ts'

export interface InsideTask {
  readonly installed: Installed
  /** Folder of this bed; exists and is empty. */
  readonly folder: string
  readonly pair: PairName
  readonly measure: 'upgrade' | 'critical-path'
}

/** Times are milliseconds, memory is MB, bytes are those on the wire with TLS. */
export interface Spent {
  readonly ms: number
  readonly requests: Requests
  readonly bytes: { readonly sent: number; readonly received: number }
  /** Finer than `requests`, for whoever looks for waste. */
  readonly detail: Readonly<Partial<Record<string, number>>>
}

export interface UpgradeFigures {
  readonly steps: Readonly<Record<StepName, Spent>>
  /** From the first PUT (ControlPlaneUpgrade) to Success. */
  readonly fromFirstPut: number
  readonly idle: Spent
  readonly memory: { readonly idle: number; readonly peak: number }
  /** On a CPU, helm included. */
  readonly computed: number
}

export interface CriticalPathFigures {
  readonly crds: number
  readonly controlPlane: number
  readonly dataPlane: number
}

/** Appears in the bed's folder when it is measured: one of the two above as JSON. */
export const measuredFile = 'measured.json'
