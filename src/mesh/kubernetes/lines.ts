/** A stream as lines of text. `node:readline` swallows the error of a broken stream; a watch must see it. */

import type { Readable } from 'node:stream'

/** The last line counts only when it is ended: a watch cut in the middle of an event has not delivered it. */
export async function* linesOf(stream: Readable): AsyncGenerator<string, void, undefined> {
  stream.setEncoding('utf8')
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield line
  }
}
