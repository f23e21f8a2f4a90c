#!/usr/bin/env node
// Starts the command line on a Node that runs TypeScript as it is: this one, or the one that the project pins.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

if (Number.parseInt(process.versions.node, 10) >= 24) await import('./main.ts')
else startOn(pinned())

/** @param {string} node */
function startOn(node) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  child.on('error', (error) => {
    process.stderr.write(`firstpass: Node 24 did not start: ${error.message}. Run npm ci in its folder.\n`)
    process.exitCode = 1
  })
  // Both get what a keyboard sends: the other one says how it ends. What is sent to this one alone is handed on.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT')
  })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('close', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 1 : constants.signals[signal])
  })
}

function pinned() {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', binary)
  } catch {
    process.stderr.write('firstpass: expected Node 24 or later, or the one that npm ci brings.\n')
    process.exit(1)
  }
}
