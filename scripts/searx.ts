// Finds a searx for tests, or installs Debian's: SearXNG's ancestor, with the same JSON.
import { spawnSync } from 'node:child_process'

/** Debian's own Python: another one on the path does not see Debian's packages. */
const python = '/usr/bin/python3'

export interface TestSearx {
  python: string
  version: string
}

/** Undefined, after a line that says why, where none can be had. */
export const findSearx = (): TestSearx | undefined => {
  const found = installed()
  if (found) return found
  console.log('No searx is installed: trying Debian’s python3-searx.')
  if (process.getuid?.() !== 0) return none('it takes root to install it.')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status } = spawnSync('timeout', ['300', 'bash', '-c', '(apt-cache show python3-searx >/dev/null 2>&1 || apt-get update -qq) && apt-get install -qq -y --no-install-recommends python3-searx >/dev/null'], { stdio: 'inherit', env })
  return status === 0 ? (installed() ?? none('it was installed but cannot be loaded.')) : none('apt-get could not install it.')
}

const installed = (): TestSearx | undefined => {
  const { status, stdout } = spawnSync(python, ['-c', 'import importlib.util, importlib.metadata; assert importlib.util.find_spec("searx"); print(importlib.metadata.version("searx"))'], { encoding: 'utf8' })
  return status === 0 ? { python, version: stdout.trim() } : undefined
}

const none = (why: string): undefined => {
  console.log(`No test against a real searx: ${why} What answers in its form on loopback stands for it.`)
  return undefined
}
