/** Where the server can be reached and how: everything about the network that can be wrong is refused before anything is made. */

import { listenAddress } from './listen.ts'
import type { ListenAddress } from './listen.ts'
import { certificateFiles, readCertificate } from './tls.ts'
import type { Certificate, CertificateFiles } from './tls.ts'

export interface DoorSettings {
  readonly listen: string
  readonly healthListen: string | undefined
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  readonly allowUnencrypted: boolean
  /** The same of health and metrics alone: probes come from beside the machine, and know no certificate. */
  readonly healthAllowUnencrypted: boolean
}

export interface Doors {
  readonly address: ListenAddress
  /** Never encrypted: who watches the process is beside it. */
  readonly health: ListenAddress | undefined
  readonly tls: { readonly files: CertificateFiles; readonly certificate: Certificate } | undefined
  /** What the operator took upon himself, one sentence each: for the log, at each start. */
  readonly risks: readonly string[]
}

/** Throws invalid: `http/listen-...`, `http/tls-half`, `http/tls-files`. */
export async function readDoors(settings: DoorSettings): Promise<Doors> {
  const { listen, healthListen, allowUnencrypted, healthAllowUnencrypted } = settings
  const files = certificateFiles(settings.tlsCert, settings.tlsKey)
  const tls = files && { files, certificate: await readCertificate(files) }
  const address = listenAddress(listen, { encrypted: tls !== undefined, allowUnencrypted })
  const health =
    healthListen === undefined
      ? undefined
      : listenAddress(healthListen, {
          encrypted: false,
          allowUnencrypted: allowUnencrypted || healthAllowUnencrypted,
          further: 'set healthAllowUnencrypted where whoever can reach it may read states and counts',
        })
  return {
    address,
    health,
    tls,
    risks: [
      ...(address.beyond && !tls
        ? [`Listening on ${listen} without TLS, as allowed: whoever sees the traffic can act as any user.`]
        : []),
      ...(health?.beyond
        ? [`Health and metrics on ${healthListen ?? ''} are open to whoever can reach that address.`]
        : []),
    ],
  }
}
