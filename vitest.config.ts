import { defineConfig } from 'vitest/config'
import { closingLineReporter } from './scripts/closing-line.ts'

// The bed needs root and Go and has a runner of its own; see test/bed.
export default defineConfig({
  test: {
    include: ['{src,test,scripts,bin}/**/*.test.ts'],
    exclude: ['node_modules/**', 'test/bed/**'],
    reporters: ['default', closingLineReporter((line) => process.stdout.write(line))],
    isolate: false, // no test keeps module state, and sixty files start in a tenth of the time
    testTimeout: 20_000,
  },
})
