// The whole suite: checks, then everything on the embedded database, then search through a real searx and the store suites on a real PostgreSQL.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPostgres } from './postgres.ts'
import { findSearx } from './searx.ts'

const { CORPUS_DIR: corpus } = process.env
const onlyPg = process.argv.includes('--only') && process.argv.includes('pg')
const counts = { passed: 0, failed: 0 }
const ran: string[] = []

const run = (label: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): boolean => {
  console.log(`\n=== ${label}`)
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) console.error(`=== ${label}: failed`)
  return status === 0
}

const vitest = (label: string, files: string[], env: NodeJS.ProcessEnv = {}): boolean => {
  const report = join(tmpdir(), `lyrebird-test-${process.pid}-${ran.length}.json`)
  const ok = run(label, process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files], env)
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number }
    counts.passed += numPassedTests
    counts.failed += numFailedTests === 0 && !ok ? Math.max(1, numFailedTestSuites) : numFailedTests
  } catch {
    counts.failed += 1
  }
  rmSync(report, { force: true })
  ran.push(label)
  return ok
}

let ok = true
if (!onlyPg) {
  ok = run('check: types, lint, generated files', 'npm', ['run', '--silent', 'check'])
  ok = vitest('everything on PGlite', [], { TEST_DATABASE_URL: '', TEST_SEARX_PYTHON: '' }) && ok
  const searx = findSearx()
  if (searx) ok = vitest(`search through searx ${searx.version}`, ['test/native/search-searx.test.ts'], { TEST_DATABASE_URL: '', TEST_SEARX_PYTHON: searx.python }) && ok
}
const postgres = await findPostgres()
ok = vitest(`store and metering on PostgreSQL ${postgres.version}`, ['src/store', 'src/meter'], { TEST_DATABASE_URL: postgres.url }) && ok

console.log(`\nRan: ${ran.join('; ')}.${corpus === undefined ? ' CORPUS_DIR is not set: tests and benches that read real pages said so and used pages of our own.' : ''}`)
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exit(ok && counts.failed === 0 ? 0 : 1)
