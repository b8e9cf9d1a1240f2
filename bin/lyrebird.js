#!/usr/bin/env node
// Plain JavaScript on purpose: it must run on whatever Node the machine has, to find the one that can run the rest.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 19)) {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') console.error(`${warning.name}: ${warning.message}`)
  })
  const { main } = await import('../src/cli/main.ts')
  await main(process.argv.slice(2))
} else {
  let node
  try {
    node = createRequire(import.meta.url).resolve('node/bin/node')
  } catch {
    console.error(`lyrebird needs Node 22.19 or later; this is ${process.versions.node}. Run "npm ci" in the project folder first: it brings its own.`)
    process.exit(1)
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)))
}
