// The last line of a test run, in one form for every suite, so that a program can add them up.
import type { Reporter, TestModule } from 'vitest/node'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** `12 passed, 0 failed`, with `, 3 skipped` added only where something was skipped. */
export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

/**
 * Counts tests. A file that did not load and an error outside of any test count as one failure each:
 * otherwise a syntax error in a test file would read as "0 failed".
 */
export const countTests = (modules: readonly TestModule[], strayErrors: number): Counts => {
  const counts = { passed: 0, failed: strayErrors, skipped: 0 }
  for (const module of modules) {
    counts.failed += module.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') counts.passed += 1
      else if (state === 'skipped') counts.skipped += 1
      else counts.failed += 1 // "pending" after the end: the run was cut short
    }
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
  }
  return counts
}

/** A vitest reporter that adds the closing line, and fails a run in which nothing passed. */
export const closingLineReporter = (write: (line: string) => void): Reporter => ({
  onTestRunEnd(modules, unhandledErrors) {
    const counts = countTests(modules, unhandledErrors.length)
    if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1
    write(`\n${closingLine(counts)}\n`)
  },
})
