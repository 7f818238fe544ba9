import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { fingerprints } from './roots.ts'

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex')
const pem = (der: string) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`

test('each certificate of a bundle has its fingerprint, whatever stands between them', () => {
  expect(fingerprints(`${pem('old root')}# rotated\n${pem('new root')}`)).toEqual([
    sha256('old root'),
    sha256('new root'),
  ])
})

test('line breaks do not make another certificate', () => {
  expect(fingerprints(pem('old root').replaceAll('\n', '\r\n'))).toEqual(fingerprints(pem('old root')))
})

test('a ConfigMap without a certificate gives no fact, one with something else a fact that equals no root', () => {
  expect(fingerprints(undefined)).toEqual([])
  expect(fingerprints('not yet')).toEqual([sha256('not yet')])
})
