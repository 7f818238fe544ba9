#!/usr/bin/env node
// The launcher: finds a Node new enough to run TypeScript as it is, then starts the command line.
// This file itself must parse and run on Node 20, which is all that some machines have.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const neededMajor = 24

if (Number.parseInt(process.versions.node, 10) >= neededMajor) {
  // Keeps the types that were stripped, in the temporary folder: a tenth of a second less at each start.
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  const { main } = await import('../src/cli/main.ts')
  process.exitCode = await main(process.argv.slice(2))
} else {
  startWithOwnNode()
}

function startWithOwnNode() {
  const ownNode = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
  if (!existsSync(ownNode)) {
    process.stderr.write(
      `meshlift needs Node ${neededMajor} or newer and this is ${process.version}; run "npm ci" in the checkout, which brings the right one.\n`,
    )
    process.exitCode = 1
    return
  }
  const self = fileURLToPath(import.meta.url)
  const child = spawn(ownNode, [self, ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-c on a terminal reaches the whole process group, the child included. Passing it on as well
  // would count as a second ctrl-c there, and a second one means "stop at once".
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    process.on(signal, () => {
      if (signal === 'SIGINT' && onTerminal) return
      child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`meshlift could not start ${ownNode}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  })
}
