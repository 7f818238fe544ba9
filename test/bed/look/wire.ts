// A plain TCP relay in front of the API server that counts bytes. The audit log knows requests but no sizes; a relay also
// lets a story cut the line. TLS goes through it untouched.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'

export interface Wire {
  /** What a kubeconfig has to name instead of the API server. */
  readonly server: string
  /** Bytes on the wire so far, TLS and all, seen from the client. */
  bytes(): { readonly sent: number; readonly received: number }
  /** Cuts every connection; with `refuse`, new ones are cut too until `mend`. */
  cut(refuse: boolean): void
  mend(): void
  close(): Promise<void>
}

export async function relayToApiServer(): Promise<Wire> {
  let sent = 0
  let received = 0
  let refusing = false
  const open = new Set<Socket>()
  const relay = createServer((client) => {
    if (refusing) {
      client.destroy()
      return
    }
    const server = connect(6443, '127.0.0.1')
    const ends = [client, server] as const
    const drop = (): void => ends.forEach((end) => end.destroy())
    for (const end of ends) {
      open.add(end)
      end.on('close', () => open.delete(end))
      end.on('close', drop)
      end.on('error', drop)
    }
    client.on('data', (piece) => (sent += piece.length))
    server.on('data', (piece) => (received += piece.length))
    client.pipe(server).pipe(client)
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const { port } = relay.address() as AddressInfo
  const cutAll = (): void => open.forEach((socket) => socket.destroy())
  return {
    server: `https://127.0.0.1:${port}`,
    bytes: () => ({ sent, received }),
    cut(refuse) {
      refusing = refuse
      cutAll()
    },
    mend: () => (refusing = false),
    async close() {
      relay.close()
      cutAll()
      await once(relay, 'close')
    },
  }
}
