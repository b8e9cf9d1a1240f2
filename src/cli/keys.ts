import { Command } from 'commander'
import { asOperator } from './operator.ts'

interface CreateOptions {
  name: string
  test?: true
  scopes: string
  rpm?: string
  concurrency?: string
  creditLimit?: string
  dailyCap?: string
  blocklist?: string
  expires?: string
}

interface KeyRow {
  id: string
  name: string
  prefix: string
  mode: string
  scopes: string[]
  created_at: string
  last_used_at: string | null
  expires_at: string | null
  revoked_at: string | null
  secret?: string
}

export const keysCommand = (): Command => {
  const keys = new Command('keys').description('Make, list, revoke and rotate API keys').option('--workspace <id>', 'another workspace than the default one')
  const workspace = (): string | undefined => keys.opts<{ workspace?: string }>().workspace
  keys
    .command('create')
    .description('Make a key; its secret is shown this once')
    .requiredOption('--name <name>', 'what the key is for')
    .option('--test', 'a test key: reaches only the built-in lab, costs nothing')
    .option('--scopes <list>', 'scrape, read, admin, evaluate; separated by commas', 'scrape,read')
    .option('--rpm <number>', 'most requests per minute')
    .option('--concurrency <number>', 'most requests at once')
    .option('--credit-limit <number>', 'most credits in all')
    .option('--daily-cap <number>', 'most credits a day')
    .option('--blocklist <list>', 'hosts, *.wildcards and URL prefixes that the key may not ask for; separated by commas')
    .option('--expires <time>', 'ISO 8601 time with zone')
    .action((options: CreateOptions) => create(options, workspace()))
  keys.command('list').description('Keys of the workspace').action(() => list(workspace()))
  keys.command('revoke <id>').description('Void a key at once').action((id: string) => change('DELETE', `/v1/keys/${encodeURIComponent(id)}`, workspace()))
  keys.command('rotate <id>').description('Give a key a new secret and void the old one').action((id: string) => change('POST', `/v1/keys/${encodeURIComponent(id)}/rotate`, workspace()))
  return keys
}

const create = async (options: CreateOptions, workspace: string | undefined): Promise<void> => {
  const body = {
    name: options.name,
    mode: options.test ? 'test' : 'live',
    scopes: options.scopes.split(',').map((scope) => scope.trim()),
    ...(options.rpm === undefined ? {} : { rpm: Number(options.rpm) }),
    ...(options.concurrency === undefined ? {} : { concurrency: Number(options.concurrency) }),
    ...(options.creditLimit === undefined ? {} : { credit_limit: Number(options.creditLimit) }),
    ...(options.dailyCap === undefined ? {} : { daily_credit_cap: Number(options.dailyCap) }),
    ...(options.blocklist === undefined ? {} : { url_blocklist: options.blocklist.split(',').map((entry) => entry.trim()).filter(Boolean) }),
    ...(options.expires === undefined ? {} : { expires_at: options.expires }),
  }
  await asOperator(async (ask) => showSecret((await ask('POST', '/v1/keys', body)) as KeyRow), workspace)
}

const list = async (workspace: string | undefined): Promise<void> =>
  asOperator(async (ask) => {
    const rows = ((await ask('GET', '/v1/keys')) as KeyRow[]).map((key) => [key.id, key.mode, stateOf(key), `${key.prefix}…`, key.scopes.join(','), key.last_used_at ?? 'never', key.name])
    printTable(['id', 'mode', 'state', 'secret', 'scopes', 'last used', 'name'], rows)
  }, workspace)

const change = async (method: 'POST' | 'DELETE', path: string, workspace: string | undefined): Promise<void> =>
  asOperator(async (ask) => {
    const key = (await ask(method, path)) as KeyRow
    if (key.secret === undefined) console.log(`${key.id} is revoked.`)
    else showSecret(key)
  }, workspace)

const showSecret = (key: KeyRow): void => console.log(`${key.secret ?? ''}\n${key.mode} key ${key.id} (${key.name}); the secret is shown this once.`)

const stateOf = (key: KeyRow): string => {
  if (key.revoked_at !== null) return 'revoked'
  return key.expires_at !== null && Date.parse(key.expires_at) <= Date.now() ? 'expired' : 'active'
}

const printTable = (head: string[], rows: string[][]): void => {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  for (const row of [head, ...rows]) console.log(row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ').trimEnd())
}
