/** Where the server may listen. Without encryption and users it is for this machine only. */

import { BlockList, isIP } from 'node:net'
import { Problem } from '../lib/problem.ts'

export interface ListenAddress {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** @param text `HOST:PORT`, `[::1]:8080`, `localhost:0`. Throws invalid, one sentence. */
export function loopbackAddress(text: string): ListenAddress {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const asked = found?.[1] ?? found?.[2]
  const port = Number(found?.[3])
  if (asked === undefined || !(port <= 65_535))
    throw new Problem({
      kind: 'invalid',
      code: 'http/listen-address',
      text: `Cannot listen on ${text}: write HOST:PORT, such as 127.0.0.1:8080.`,
    })
  // A name is never looked up: whoever answers for it could send us to the open network.
  const host = asked === 'localhost' ? '127.0.0.1' : asked
  if (!isLoopback(host))
    throw new Problem({
      kind: 'invalid',
      code: 'http/listen-beyond-loopback',
      text: `Cannot listen on ${text}: only addresses of this machine itself are allowed, such as 127.0.0.1:${port}.`,
    })
  return { host, port }
}

function isLoopback(host: string): boolean {
  const family = isIP(host)
  if (family === 0) return false
  const loopback = new BlockList()
  loopback.addSubnet('127.0.0.0', 8, 'ipv4')
  loopback.addAddress('::1', 'ipv6')
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}
