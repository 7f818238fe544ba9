import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { shareConnections } from './connections.ts'

class Connection extends EventEmitter {
  readonly remoteAddress: string
  refused = false
  constructor(remoteAddress: string) {
    super()
    this.remoteAddress = remoteAddress
  }
  destroy(): void {
    this.refused = true
  }
}

function opening(most: number) {
  const server = new EventEmitter()
  shareConnections(server as unknown as Parameters<typeof shareConnections>[0], most)
  const open = (from: string, count: number): readonly Connection[] =>
    Array.from({ length: count }, () => {
      const made = new Connection(from)
      server.emit('connection', made)
      return made
    })
  const refused = (connections: readonly Connection[]): number => connections.filter((one) => one.refused).length
  return { open, refused }
}

it('lets one address have three quarters, and keeps the rest for others', () => {
  const { open, refused } = opening(40)
  expect(refused(open('192.0.2.1', 30))).toBe(0)
  expect(refused(open('192.0.2.1', 20))).toBe(20)
  expect(refused(open('::ffff:192.0.2.1', 1))).toBe(1)
  expect(refused(open('192.0.2.2', 5))).toBe(0)
  expect(refused(open('192.0.2.2', 1))).toBe(1)
  expect(refused(open('2001:db8::1', 5))).toBe(0)
  expect(refused(open('2001:db8::2', 1))).toBe(1)
})

it('gives back what was closed, and counts what was refused as nothing', () => {
  const { open, refused } = opening(8)
  const first = open('192.0.2.1', 6)
  const more = open('192.0.2.1', 3)
  expect(refused(more)).toBe(3)
  for (const one of more) one.emit('close')
  expect(refused(open('192.0.2.1', 1))).toBe(1)
  for (const one of first.slice(0, 2)) one.emit('close')
  expect(refused(open('192.0.2.1', 2))).toBe(0)
  expect(refused(open('192.0.2.1', 1))).toBe(1)
})
