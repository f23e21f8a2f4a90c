#!/usr/bin/env node
// Starts the command line on a Node that runs TypeScript as it is: this one, or the one that the project pins.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
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
  child.on('close', (code) => {
    process.exitCode = code ?? 1
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
