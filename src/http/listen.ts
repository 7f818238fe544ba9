/** Where the server may listen. Without encryption it is for this machine only, unless somebody says otherwise aloud. */

import { BlockList, isIP } from 'node:net'
import { Problem } from '../lib/problem.ts'

export interface ListenAddress {
  /** An IP address. `0.0.0.0` and `::` are every address of this machine. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Others than this machine may reach it. */
  readonly beyond: boolean
}

export interface ListenRule {
  /** TLS is on. */
  readonly encrypted: boolean
  /** The operator took the risk that plain traffic is read on its way. */
  readonly allowUnencrypted: boolean
  /** What else there is, in words, for whoever is refused. */
  readonly further?: string
}

const usually = 'set tlsCert and tlsKey, or allowUnencrypted where nobody else sees the traffic'

/** @param text `HOST:PORT`, `[::1]:8080`, `localhost:0`, `0.0.0.0:7480`. Throws invalid, one sentence. */
export function listenAddress(
  text: string,
  { encrypted, allowUnencrypted, further = usually }: ListenRule,
): ListenAddress {
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
  if (isIP(host) === 0)
    throw new Problem({
      kind: 'invalid',
      code: 'http/listen-name',
      text: `Cannot listen on ${text}: names are not looked up, write an address such as 127.0.0.1:${port} or 0.0.0.0:${port}.`,
    })
  const beyond = !isLoopback(host)
  if (beyond && !encrypted && !allowUnencrypted)
    throw new Problem({
      kind: 'invalid',
      code: 'http/listen-beyond-loopback',
      text: `Cannot listen on ${text} without encryption: only addresses of this machine itself are allowed, such as 127.0.0.1:${port}; to go further ${further}.`,
    })
  return { host, port, beyond }
}

/** An address that a client on this machine can connect to: nobody connects to "every address". */
export function urlOf(scheme: 'http' | 'https', { host }: ListenAddress, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : isEveryV6(host) ? '::1' : host
  return `${scheme}://${isIP(reached) === 6 ? `[${reached}]` : reached}:${port}`
}

/** An address that is taken, or that is not of this machine, in one sentence. */
export function listenFailed({ host, port }: ListenAddress, thrown: unknown): Problem {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
  const why =
    { EADDRINUSE: 'another program listens there', EADDRNOTAVAIL: 'it is no address of this machine' }[code] ?? code
  return new Problem({
    kind: 'unavailable',
    code: 'http/listen-failed',
    text: `Cannot listen on ${host.includes(':') ? `[${host}]` : host}:${port}: ${why}.`,
    cause: thrown,
  })
}

const isEveryV6 = (host: string): boolean => isIP(host) === 6 && /^[0:]+$/.test(host)

function isLoopback(host: string): boolean {
  const loopback = new BlockList()
  loopback.addSubnet('127.0.0.0', 8, 'ipv4')
  loopback.addAddress('::1', 'ipv6')
  return loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
