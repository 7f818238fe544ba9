/**
 * Connections are few, and an idle one costs its holder nothing: one address that opens all there are would keep
 * everybody else out without ever saying who it is.
 */

import type { Server, Socket } from 'node:net'
import { networkOf } from '../../access/lockout.ts'

/**
 * Once three quarters of them are taken, whoever has an eighth already gets no more. Until then anybody gets as many as
 * there are: behind a proxy all of them come from one address.
 * @param most connections at once; the server itself refuses those beyond
 */
export function shareConnections(server: Pick<Server, 'on'>, most: number): void {
  const held = new Map<string, number>()
  let all = 0
  server.on('connection', (socket: Socket) => {
    const from = networkOf(socket.remoteAddress ?? '')
    const own = held.get(from) ?? 0
    if (all >= (most * 3) / 4 && own >= most / 8) {
      socket.destroy()
      return
    }
    held.set(from, own + 1)
    all += 1
    socket.once('close', () => {
      all -= 1
      const left = (held.get(from) ?? 1) - 1
      if (left === 0) held.delete(from)
      else held.set(from, left)
    })
  })
}
