import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { linesOf } from './lines.ts'

test('lines over several chunks, a letter cut in two, empty lines, and a last line without its end', async () => {
  const bytes = Buffer.from('eins\n\nzwölf\ndr')
  const cut = bytes.indexOf(Buffer.from('ö')) + 1
  const stream = Readable.from([bytes.subarray(0, 2), bytes.subarray(2, cut), bytes.subarray(cut)], {
    objectMode: false,
  })
  const lines: string[] = []
  for await (const line of linesOf(stream)) lines.push(line)
  expect(lines).toEqual(['eins', 'zwölf'])
})
