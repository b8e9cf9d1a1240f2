// Finds a PostgreSQL for tests, or installs and starts Debian's.
import { spawnSync } from 'node:child_process'
import pg from 'pg'

export interface TestPostgres {
  url: string
  version: string
}

const defaults = ['postgresql://postgres@127.0.0.1:5432/test', 'postgresql://root@127.0.0.1:5432/test', 'postgresql://postgres@127.0.0.1:5432/postgres']

/** TEST_DATABASE_URL, else one on the usual port, else Debian's package, installed and started. Exits with one line where none can be had. */
export const findPostgres = async (): Promise<TestPostgres> => {
  const given = process.env.TEST_DATABASE_URL
  const candidates = given ? [given] : defaults
  const found = await firstThatAnswers(candidates)
  if (found) return found
  if (given) return giveUp(`TEST_DATABASE_URL does not answer.`)
  console.log('No PostgreSQL answers on 127.0.0.1:5432: installing Debian’s.')
  if (process.getuid?.() !== 0 || !install()) return giveUp('It could not be installed. Set TEST_DATABASE_URL to a PostgreSQL whose user may create databases.')
  const started = await firstThatAnswers([defaults[0] ?? ''])
  return started ?? giveUp('It was installed but does not answer.')
}

const firstThatAnswers = async (urls: readonly string[]): Promise<TestPostgres | undefined> => {
  for (const url of urls) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 })
    try {
      await client.connect()
      const { rows } = await client.query<{ server_version: string }>('show server_version')
      return { url, version: rows[0]?.server_version.split(' ', 1)[0] ?? '' }
    } catch {
      // The next candidate.
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return undefined
}

const install = (): boolean => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const steps = [
    'command -v pg_ctlcluster >/dev/null || (apt-get update -qq && apt-get install -qq -y postgresql >/dev/null)',
    'sed -i "s/^\\(host.*127.0.0.1\\/32\\s*\\).*/\\1trust/" /etc/postgresql/*/main/pg_hba.conf',
    'pg_ctlcluster --skip-systemctl-redirect $(ls /etc/postgresql | sort -n | tail -1) main restart',
    'until pg_isready -q -h 127.0.0.1; do sleep 0.2; done; createdb -h 127.0.0.1 -U postgres test || true',
  ]
  return steps.every((step) => spawnSync('timeout', ['300', 'bash', '-c', step], { stdio: 'inherit', env }).status === 0)
}

const giveUp = (why: string): never => {
  console.error(`The tests need a PostgreSQL. ${why}`)
  process.exit(1)
}
