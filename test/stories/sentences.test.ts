/** Every sentence that an upgrade can say is told by a story or stands in a test: none is there that nobody ever heard. */

import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { engineSentences } from '../../src/upgrade/advance.ts'
import { commandSentences } from '../../src/upgrade/commands.ts'
import { movingSentences } from '../../src/upgrade/moves/moving.ts'
import { namespaceSentences } from '../../src/upgrade/moves/namespace-moves.ts'
import { plan, rollback } from '../../src/upgrade/plan.ts'
import type { Sentence } from '../../src/upgrade/reason.ts'
import { receiverSentences } from '../../src/upgrade/moves/receiver.ts'
import { removalSentences } from '../../src/upgrade/moves/removal.ts'
import { repeatsSentences } from '../../src/upgrade/repeats.ts'

const texts = (pattern: string): readonly string[] => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  return globSync(pattern, { cwd: root }).map((file) => readFileSync(`${root}/${file}`, 'utf8'))
}
const told = texts('test/stories/goldens/*.txt').join('\n')
const tested = [...texts('src/upgrade/**/*.test.ts'), ...texts('test/stories/*.test.ts')].join('\n')

const shared = [
  engineSentences,
  commandSentences,
  movingSentences,
  namespaceSentences,
  receiverSentences,
  removalSentences,
  repeatsSentences,
]
const all: readonly Sentence[] = [
  ...new Set([...Object.values(plan).flat(), ...rollback].flatMap((stage) => stage.sentences)),
  ...shared.flatMap(({ list }) => list),
]

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** In a diary by its words, in a test by its words or its code. */
function isHeard({ code, text }: Sentence): boolean {
  const words = text.split(/\{\w+\}/).map(escaped)
  const anything = words.join('.*')
  // Texts of tests are quoted: an apostrophe in them may be escaped.
  const inTests = words.map((part) => part.replaceAll("'", "\\\\?'")).join('.*')
  return new RegExp(anything).test(told) || new RegExp(inTests).test(tested) || tested.includes(`'${code}'`)
}

test('every sentence is heard', () => {
  expect(all.length).toBeGreaterThan(90)
  expect(all.filter((sentence) => !isHeard(sentence)).map(({ code }) => code)).toEqual([])
})
