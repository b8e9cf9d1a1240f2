import { z } from 'zod'
import { nearest } from './lib/nearest.ts'

/** Thrown by `readConfig`; its message is complete and made for the terminal. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

interface Setting<S extends z.ZodType> {
  env: string
  schema: S
  /** As it would stand in the environment; undefined means unset. */
  default?: string
  secret?: boolean
  doc: string
}

const setting = <S extends z.ZodType>(spec: Setting<S>): Setting<S> => spec

const text = z.string().min(1)
const list = z.string().transform((value) => value.split(',').map((item) => item.trim()).filter(Boolean))
const int = (min: number, max: number) => z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(min).max(max))

/** Every setting there is. A new one is a row here and nothing else. */
export const settings = {
  host: setting({ env: 'LYREBIRD_HOST', schema: text, default: '127.0.0.1', doc: 'Address to listen on.' }),
  port: setting({ env: 'LYREBIRD_PORT', schema: int(0, 65_535), default: '8787', doc: 'Port to listen on; 0 takes any free one.' }),
  publicUrl: setting({ env: 'LYREBIRD_PUBLIC_URL', schema: z.url().transform((value) => value.replace(/\/+$/, '')), doc: 'Address under which clients reach the server; used in links. Default: what the request says.' }),
  dataDir: setting({ env: 'LYREBIRD_DATA_DIR', schema: text, default: './data', doc: 'Folder of the embedded database and of blobs.' }),
  databaseUrl: setting({ env: 'DATABASE_URL', schema: z.url({ protocol: /^postgres(ql)?$/ }), secret: true, doc: 'PostgreSQL to use instead of the embedded database: postgresql://user:password@host:5432/name.' }),
  bootstrapKey: setting({ env: 'LYREBIRD_BOOTSTRAP_KEY', schema: z.string().min(16, 'must have at least 16 characters'), secret: true, doc: 'Creates, or keeps, a live key with exactly this secret at start.' }),
  bootstrapTestKey: setting({ env: 'LYREBIRD_BOOTSTRAP_TEST_KEY', schema: z.string().min(16, 'must have at least 16 characters'), secret: true, doc: 'The same for a test key.' }),
  egressAllow: setting({ env: 'LYREBIRD_EGRESS_ALLOW', schema: list, default: '', doc: 'Hosts, CIDRs and host:port, separated by commas, that the guard lets through although they are private.' }),
  egressPorts: setting({ env: 'LYREBIRD_EGRESS_PORTS', schema: list.pipe(z.array(z.string().regex(/^(\d{1,5}(-\d{1,5})?|\*)$/))), default: '80,443,1024-65535', doc: 'Ports of targets that may be dialled: numbers, ranges, or *.' }),
  trustedProxies: setting({ env: 'LYREBIRD_TRUSTED_PROXIES', schema: list, default: '', doc: 'Addresses or CIDRs of reverse proxies whose X-Forwarded-* headers are believed.' }),
  logLevel: setting({ env: 'LYREBIRD_LOG_LEVEL', schema: z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']), default: 'info', doc: 'Least level that is logged.' }),
  userAgent: setting({ env: 'LYREBIRD_USER_AGENT', schema: text, default: 'Mozilla/5.0 (compatible; Lyrebird/0.1)', doc: 'User-Agent of fetches, and the name that robots.txt rules are matched with.' }),
  fetchLimitBytes: setting({ env: 'LYREBIRD_FETCH_LIMIT_BYTES', schema: int(1024, 1_073_741_824), default: '52428800', doc: 'Most bytes of a page, after decompression.' }),
  maxRedirects: setting({ env: 'LYREBIRD_MAX_REDIRECTS', schema: int(0, 50), default: '10', doc: 'Most redirects followed for one page.' }),
  bodyLimitBytes: setting({ env: 'LYREBIRD_BODY_LIMIT_BYTES', schema: int(1024, 268_435_456), default: '10485760', doc: 'Most bytes of a request body.' }),
  workers: setting({ env: 'LYREBIRD_CONVERT_WORKERS', schema: int(1, 64), doc: 'Threads that convert pages. Default: the number of cores, at most 8.' }),
  convertTimeoutMs: setting({ env: 'LYREBIRD_CONVERT_TIMEOUT_MS', schema: int(100, 300_000), default: '10000', doc: 'Most milliseconds for the conversion of one page.' }),
  maxInFlight: setting({ env: 'LYREBIRD_MAX_IN_FLIGHT', schema: int(1, 100_000), default: '512', doc: 'Most requests worked on at once; further ones answer platform.overloaded.' }),
  ipRpm: setting({ env: 'LYREBIRD_IP_RPM', schema: int(0, 1_000_000), default: '300', doc: 'Requests per minute and client address, counted before the key is looked at; 0 switches this off.' }),
  cacheTtlS: setting({ env: 'LYREBIRD_CACHE_TTL_S', schema: int(0, 31_536_000), default: '172800', doc: 'Seconds for which results are kept for reuse with max_age_s; 0 keeps none.' }),
  modelBaseUrl: setting({ env: 'LYREBIRD_MODEL_BASE_URL', schema: z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, '')), doc: 'OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1, for prompts, summaries, questions and fields that a page does not say by itself. Without it, extraction uses selectors and the data in the page.' }),
  modelApiKey: setting({ env: 'LYREBIRD_MODEL_API_KEY', schema: text, secret: true, doc: 'Key of that endpoint, where it asks for one.' }),
  modelName: setting({ env: 'LYREBIRD_MODEL_NAME', schema: text, default: 'default', doc: 'Model to ask for.' }),
  modelConcurrency: setting({ env: 'LYREBIRD_MODEL_CONCURRENCY', schema: int(1, 1000), default: '4', doc: 'Most calls to the model at once; further ones wait.' }),
  modelConcurrencyPerKey: setting({ env: 'LYREBIRD_MODEL_CONCURRENCY_PER_KEY', schema: int(1, 1000), default: '2', doc: 'Most calls to the model at once for one API key.' }),
  modelTimeoutMs: setting({ env: 'LYREBIRD_MODEL_TIMEOUT_MS', schema: int(100, 600_000), default: '60000', doc: 'Most milliseconds for one call to the model, within the deadline of its request.' }),
  modelInputTokens: setting({ env: 'LYREBIRD_MODEL_INPUT_TOKENS', schema: int(500, 1_000_000), default: '12000', doc: 'Most tokens of a page in one call, by estimate; longer pages are read in parts.' }),
  modelCallsMax: setting({ env: 'LYREBIRD_MODEL_CALLS_MAX', schema: int(1, 50), default: '4', doc: 'Most parts of one page that the model reads; of longer pages the beginning and the end are read.' }),
  historyDays: setting({ env: 'LYREBIRD_HISTORY_DAYS', schema: int(0, 3650), default: '30', doc: 'Days for which the history of requests is kept; 0 keeps none.' }),
  shutdownGraceMs: setting({ env: 'LYREBIRD_SHUTDOWN_GRACE_MS', schema: int(0, 600_000), default: '10000', doc: 'Most milliseconds that running requests get to finish at shutdown.' }),
  voice: setting({ env: 'LYREBIRD_VOICE', schema: z.string().regex(/^[a-z]+$/), doc: 'Dialect served at the root for every host name, instead of the native API.' }),
  voiceHosts: setting({ env: 'LYREBIRD_VOICE_HOSTS', schema: list.pipe(z.array(z.string().regex(/^[a-z]+=[^=]+$/, 'must be dialect=host'))), default: '', doc: 'Dialects served at the root of a host name: reader=reader.example,octen=octen.example.' }),
} as const

export type SettingName = keyof typeof settings
type Value<K extends SettingName> = z.output<(typeof settings)[K]['schema']>
type Optional = 'publicUrl' | 'databaseUrl' | 'bootstrapKey' | 'bootstrapTestKey' | 'workers' | 'voice' | 'modelBaseUrl' | 'modelApiKey'
/** Settings whose row has a default are always set. */
export type Config = { readonly [K in SettingName]: K extends Optional ? Value<K> | undefined : Value<K> }

/** Settings as they would stand in the environment. */
export type RawSettings = Partial<Record<SettingName, string>>

interface Sources {
  env?: NodeJS.ProcessEnv
  /** Defaults that go before those of the table. */
  defaults?: RawSettings
}

/** `overrides`, then the environment, then the defaults. Throws `ConfigError` naming every bad setting at once. */
export const readConfig = (overrides: RawSettings = {}, { env = process.env, defaults = {} }: Sources = {}): Config => {
  const problems = unknownNames(env)
  const values: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(settings) as [SettingName, Setting<z.ZodType>][]) {
    const raw = overrides[name] ?? emptyAsUnset(env[row.env]) ?? defaults[name] ?? row.default
    if (raw === undefined) continue
    const parsed = row.schema.safeParse(raw)
    if (parsed.success) values[name] = parsed.data
    else problems.push(`${row.env}${row.secret ? '' : `=${JSON.stringify(raw)}`}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}. ${row.doc}`)
  }
  if (problems.length > 0) throw new ConfigError(`Settings are not valid:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  return Object.freeze(values) as Config
}

const emptyAsUnset = (value: string | undefined): string | undefined => (value === '' ? undefined : value)

const unknownNames = (env: NodeJS.ProcessEnv): string[] => {
  const known = Object.values(settings).map((row) => row.env)
  return Object.keys(env)
    .filter((name) => name.startsWith('LYREBIRD_') && !known.includes(name))
    .map((name) => `${name} is not a setting. Did you mean ${nearest(name, known)}?`)
}
