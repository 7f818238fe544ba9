// The network of one bed. Runs inside a private network namespace, where nothing of the machine's network is visible.
import { mustRun } from '../run-program.ts'

/** Address of the machine inside the bed, on a bridge that pods get their addresses on. */
export const nodeAddress = '10.10.0.1'
export const bridge = 'node0'

/** Istiod pods of the process kubelet: 10.10.1.x, real addresses of the bridge. */
export const podAddress = (index: number): string => `10.10.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`

/** Addresses that KWOK hands to its pods. Nobody answers there, so nothing may dial them. */
export const fakePodRange = '10.245.0.0/16'
export const serviceRange = '10.96.0.0/16'

export async function makeNetwork(signal: AbortSignal): Promise<void> {
  await mustRun(['ip', 'link', 'set', 'lo', 'up'], { signal })
  await mustRun(['ip', 'link', 'add', bridge, 'type', 'bridge'], { signal })
  await mustRun(['ip', 'addr', 'add', `${nodeAddress}/16`, 'dev', bridge], { signal })
  await mustRun(['ip', 'link', 'set', bridge, 'up'], { signal })
  // The API server looks up the interface of the default route to learn its own address.
  await mustRun(['ip', 'route', 'add', 'default', 'dev', bridge], { signal })
}
