// Switches with which a story makes an istiod misbehave: one JSON file, written by the story, read by the process kubelet
// four times a second. A file, because it also works by hand while a bed is being played with.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

export type Fault =
  /** The process runs but its pod never becomes ready: a control plane that starts and is no good. */
  | { readonly kind: 'never-ready' }
  /** The process is killed and not started again until the fault is lifted. */
  | { readonly kind: 'dead' }
  /** A new pod's process starts this many seconds late: a slow image pull. */
  | { readonly kind: 'slow-start'; readonly seconds: number }

/** Revision as on the pod's label `istio.io/rev` (`default` for an un-revisioned istiod) -> its fault. */
export type Faults = Readonly<Record<string, Fault>>

export function readFaults(file: string): Faults {
  return JSON.parse(readFileSync(file, 'utf8')) as Faults
}

/** Written beside and renamed, so that the kubelet never reads half a file. */
export function writeFaults(file: string, faults: Faults): void {
  writeFileSync(`${file}.new`, JSON.stringify(faults))
  renameSync(`${file}.new`, file)
}
