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
const bool = z.enum(['true', 'false']).transform((value) => value === 'true')
const int = (min: number, max: number) => z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(min).max(max))

/** An origin as a browser writes it; a closing slash is forgiven. */
const origin = z.string().transform((value, ctx) => {
  const url = URL.parse(value)
  const exact = url !== null && /^https?:$/.test(url.protocol) && [url.origin, `${url.origin}/`].includes(value.toLowerCase())
  if (!exact) ctx.addIssue({ code: 'custom', message: `${JSON.stringify(value)} is not an origin such as https://app.example or http://localhost:3000` })
  return url?.origin ?? ''
})

/** Every setting there is. A new one is a row here and nothing else. */
export const settings = {
  host: setting({ env: 'LYREBIRD_HOST', schema: text, default: '127.0.0.1', doc: 'Address to listen on.' }),
  port: setting({ env: 'LYREBIRD_PORT', schema: int(0, 65_535), default: '8787', doc: 'Port to listen on; 0 takes any free one.' }),
  publicUrl: setting({ env: 'LYREBIRD_PUBLIC_URL', schema: z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, '')), doc: 'Address under which clients reach the server; used in links. Default: what the request says.' }),
  dataDir: setting({ env: 'LYREBIRD_DATA_DIR', schema: text, default: './data', doc: 'Folder of the embedded database and of blobs.' }),
  databaseUrl: setting({ env: 'DATABASE_URL', schema: z.url({ protocol: /^postgres(ql)?$/ }), secret: true, doc: 'PostgreSQL to use instead of the embedded database: postgresql://user:password@host:5432/name.' }),
  bootstrapKey: setting({ env: 'LYREBIRD_BOOTSTRAP_KEY', schema: z.string().min(16, 'must have at least 16 characters'), secret: true, doc: 'Creates, or keeps, a live key with exactly this secret at start.' }),
  bootstrapTestKey: setting({ env: 'LYREBIRD_BOOTSTRAP_TEST_KEY', schema: z.string().min(16, 'must have at least 16 characters'), secret: true, doc: 'The same for a test key.' }),
  egressAllow: setting({ env: 'LYREBIRD_EGRESS_ALLOW', schema: list, default: '', doc: 'Hosts, CIDRs and host:port, separated by commas, that the guard lets through although they are private.' }),
  egressPorts: setting({ env: 'LYREBIRD_EGRESS_PORTS', schema: list.pipe(z.array(z.string().regex(/^(\d{1,5}(-\d{1,5})?|\*)$/))), default: '80,443,1024-65535', doc: 'Ports of targets that may be dialled: numbers, ranges, or *.' }),
  trustedProxies: setting({ env: 'LYREBIRD_TRUSTED_PROXIES', schema: list, default: '', doc: 'Addresses or CIDRs of reverse proxies whose X-Forwarded-* headers are believed.' }),
  logLevel: setting({ env: 'LYREBIRD_LOG_LEVEL', schema: z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']), default: 'info', doc: 'Least level that is logged.' }),
  userAgent: setting({ env: 'LYREBIRD_USER_AGENT', schema: text.regex(/^[ -~]+$/, 'must be plain ASCII'), default: 'Mozilla/5.0 (compatible; Lyrebird/0.1)', doc: 'User-Agent of fetches, and the name that robots.txt rules are matched with.' }),
  fetchLimitBytes: setting({ env: 'LYREBIRD_FETCH_LIMIT_BYTES', schema: int(1024, 1_073_741_824), default: '52428800', doc: 'Most bytes of a page, after decompression.' }),
  maxRedirects: setting({ env: 'LYREBIRD_MAX_REDIRECTS', schema: int(0, 50), default: '10', doc: 'Most redirects followed for one page.' }),
  bodyLimitBytes: setting({ env: 'LYREBIRD_BODY_LIMIT_BYTES', schema: int(1024, 268_435_456), default: '10485760', doc: 'Most bytes of a request body.' }),
  workers: setting({ env: 'LYREBIRD_CONVERT_WORKERS', schema: int(1, 64), doc: 'Threads that convert pages. Default: the number of cores, at most 8.' }),
  convertTimeoutMs: setting({ env: 'LYREBIRD_CONVERT_TIMEOUT_MS', schema: int(100, 300_000), default: '10000', doc: 'Most milliseconds for the conversion of one page.' }),
  browser: setting({ env: 'LYREBIRD_BROWSER', schema: z.enum(['auto', 'off']), default: 'auto', doc: '`off` never opens a browser: what needs one answers platform.browser_unavailable.' }),
  chromePath: setting({ env: 'CHROME_PATH', schema: text, doc: 'Chromium or Chrome to use instead of the bundled one, which has no fonts for Chinese, Japanese and Korean.' }),
  chromiumDir: setting({ env: 'LYREBIRD_CHROMIUM_DIR', schema: text, doc: 'Folder into which the bundled Chromium is unpacked on first use. Default: ~/.cache/lyrebird.' }),
  browserCdpUrl: setting({ env: 'LYREBIRD_BROWSER_CDP_URL', schema: z.url({ protocol: /^(wss?|https?)$/ }), secret: true, doc: 'Browser that runs elsewhere, by its DevTools address. It must be able to reach LYREBIRD_BROWSER_PROXY_HOST; that it has no other network, and no WebRTC, is for whoever starts it to see to.' }),
  browserProxyHost: setting({ env: 'LYREBIRD_BROWSER_PROXY_HOST', schema: z.union([z.ipv4(), z.ipv6()]), default: '127.0.0.1', doc: 'Address on which the guard listens for browsers. Anything but 127.0.0.1 asks browsers for a password; needed only with LYREBIRD_BROWSER_CDP_URL.' }),
  browsers: setting({ env: 'LYREBIRD_BROWSERS', schema: int(1, 64), doc: 'Browser processes at most. Default: by cores and memory, 1 to 4.' }),
  browserPages: setting({ env: 'LYREBIRD_BROWSER_PAGES', schema: int(1, 512), doc: 'Pages open in browsers at once. Default: by cores and memory.' }),
  browserQueue: setting({ env: 'LYREBIRD_BROWSER_QUEUE', schema: int(0, 100_000), default: '256', doc: 'Pages that may wait for a browser; further ones answer platform.overloaded.' }),
  browserRecyclePages: setting({ env: 'LYREBIRD_BROWSER_RECYCLE_PAGES', schema: int(1, 1_000_000), default: '500', doc: 'Pages after which a browser is replaced.' }),
  browserRecycleS: setting({ env: 'LYREBIRD_BROWSER_RECYCLE_S', schema: int(10, 604_800), default: '3600', doc: 'Seconds after which a browser is replaced.' }),
  browserRecycleMb: setting({ env: 'LYREBIRD_BROWSER_RECYCLE_MB', schema: int(100, 1_000_000), default: '1500', doc: 'Memory, in MB, at which a browser is replaced.' }),
  browserIdleS: setting({ env: 'LYREBIRD_BROWSER_IDLE_S', schema: int(0, 604_800), default: '300', doc: 'Seconds after which a browser without work is ended; 0 keeps it.' }),
  proxiesStandard: setting({ env: 'LYREBIRD_PROXIES_STANDARD', schema: list, default: '', secret: true, doc: 'Proxies of the standard tier, separated by commas: http://, https:// or socks5://user:password@host:port, with a country in front where it has one (us=http://…). They may be on private addresses; what is asked through them is judged as ever, and reaches them as an address.' }),
  proxiesPremium: setting({ env: 'LYREBIRD_PROXIES_PREMIUM', schema: list, default: '', secret: true, doc: 'The same for the premium tier.' }),
  profileKey: setting({ env: 'LYREBIRD_PROFILE_KEY', schema: z.string().min(16, 'must have at least 16 characters'), secret: true, doc: 'Passphrase under which profiles (cookies and storage of sites) are encrypted; without it there are none. Profiles kept under another one cannot be read.' }),
  sessions: setting({ env: 'LYREBIRD_SESSIONS', schema: int(0, 1000), doc: 'Browser sessions at once in this process, each a browser of its own; 0 allows none. Default: by memory, 1 to 8.' }),
  sessionMb: setting({ env: 'LYREBIRD_SESSION_MB', schema: int(200, 1_000_000), default: '1500', doc: 'Memory, in MB, at which the browser of a session is ended.' }),
  sessionUrl: setting({ env: 'LYREBIRD_SESSION_URL', schema: z.url({ protocol: /^wss?$/ }).transform((value) => value.replace(/\/+$/, '')), doc: 'Address under which WebSockets reach this very process: ws://host:8787. Needed where several processes share one public address, since the browser of a session is in one of them.' }),
  blobTtlS: setting({ env: 'LYREBIRD_BLOB_TTL_S', schema: int(60, 31_536_000), default: '86400', doc: 'Seconds for which screenshots and PDFs are kept and their signed addresses work.' }),
  blobsEndpoint: setting({ env: 'LYREBIRD_BLOBS_S3_ENDPOINT', schema: z.url({ protocol: /^https?$/ }), doc: 'S3-compatible service that keeps screenshots and PDFs instead of the data folder, such as https://s3.eu-central-1.amazonaws.com or http://minio:9000. Needed where several servers share one PostgreSQL and no folder.' }),
  blobsBucket: setting({ env: 'LYREBIRD_BLOBS_S3_BUCKET', schema: z.string().regex(/^[\w.-]{3,255}$/, 'must be the name of a bucket'), doc: 'Bucket there; it must exist.' }),
  blobsRegion: setting({ env: 'LYREBIRD_BLOBS_S3_REGION', schema: text, default: 'us-east-1', doc: 'Region of that bucket.' }),
  blobsPrefix: setting({ env: 'LYREBIRD_BLOBS_S3_PREFIX', schema: z.string().regex(/^[\w./-]*$/, 'must be letters, digits, - _ . and /'), default: 'lyrebird/', doc: 'In front of every name in the bucket.' }),
  blobsKeyId: setting({ env: 'LYREBIRD_BLOBS_S3_ACCESS_KEY_ID', schema: text, secret: true, doc: 'Access key of that service.' }),
  blobsSecretKey: setting({ env: 'LYREBIRD_BLOBS_S3_SECRET_ACCESS_KEY', schema: text, secret: true, doc: 'Its secret; the signatures of our own addresses are made from it too.' }),
  maxInFlight: setting({ env: 'LYREBIRD_MAX_IN_FLIGHT', schema: int(1, 100_000), default: '512', doc: 'Most requests worked on at once; further ones answer platform.overloaded.' }),
  ipRpm: setting({ env: 'LYREBIRD_IP_RPM', schema: int(0, 1_000_000), default: '300', doc: 'Requests per minute and client address, counted before the key is looked at; 0 switches this off.' }),
  cacheTtlS: setting({ env: 'LYREBIRD_CACHE_TTL_S', schema: int(0, 31_536_000), default: '172800', doc: 'Seconds for which results are kept for reuse with max_age_s; 0 keeps none.' }),
  enrichMaxAgeS: setting({ env: 'LYREBIRD_ENRICH_MAX_AGE_S', schema: int(0, 31_536_000), default: '86400', doc: 'Seconds for which an answer about a host (brand, company, classification) will do where a request names no max_age_s; at most LYREBIRD_CACHE_TTL_S.' }),
  index: setting({ env: 'LYREBIRD_INDEX', schema: z.enum(['auto', 'off']), default: 'auto', doc: '`auto` makes every fetched page searchable in its workspace, unless a request says `index: false`; `off` keeps no search index.' }),
  indexDays: setting({ env: 'LYREBIRD_INDEX_DAYS', schema: int(0, 36_500), default: '0', doc: 'Days for which fetched pages can be found by search; 0 for ever.' }),
  searchProviders: setting({ env: 'LYREBIRD_SEARCH_PROVIDERS', schema: list.pipe(z.array(z.enum(['index', 'searxng', 'brave', 'serper', 'tavily']))), doc: 'Who is asked for a search, all at once; at equal rank the first one counts: index,searxng. Default: the own index, then all that are configured.' }),
  searxngUrl: setting({ env: 'LYREBIRD_SEARXNG_URL', schema: z.url({ protocol: /^https?$/ }), doc: 'SearXNG to search with: http://127.0.0.1:8888. Its settings.yml must list json under search.formats.' }),
  braveKey: setting({ env: 'LYREBIRD_BRAVE_API_KEY', schema: text, secret: true, doc: 'Key of the Brave Search API, to search with it.' }),
  braveUrl: setting({ env: 'LYREBIRD_BRAVE_URL', schema: z.url({ protocol: /^https?$/ }), default: 'https://api.search.brave.com', doc: 'Address of the Brave Search API.' }),
  serperKey: setting({ env: 'LYREBIRD_SERPER_API_KEY', schema: text, secret: true, doc: 'Key of Serper, to search with it.' }),
  serperUrl: setting({ env: 'LYREBIRD_SERPER_URL', schema: z.url({ protocol: /^https?$/ }), default: 'https://google.serper.dev', doc: 'Address of Serper.' }),
  tavilyKey: setting({ env: 'LYREBIRD_TAVILY_API_KEY', schema: text, secret: true, doc: 'Key of Tavily, to search with it.' }),
  tavilyUrl: setting({ env: 'LYREBIRD_TAVILY_URL', schema: z.url({ protocol: /^https?$/ }), default: 'https://api.tavily.com', doc: 'Address of Tavily.' }),
  modelBaseUrl: setting({ env: 'LYREBIRD_MODEL_BASE_URL', schema: z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, '')), doc: 'OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1, for prompts, summaries, questions and fields that a page does not say by itself. Without it, extraction uses selectors and the data in the page.' }),
  modelApiKey: setting({ env: 'LYREBIRD_MODEL_API_KEY', schema: text, secret: true, doc: 'Key of that endpoint, where it asks for one.' }),
  modelName: setting({ env: 'LYREBIRD_MODEL_NAME', schema: text, default: 'default', doc: 'Model to ask for.' }),
  modelConcurrency: setting({ env: 'LYREBIRD_MODEL_CONCURRENCY', schema: int(1, 1000), default: '4', doc: 'Most calls to the model at once; further ones wait.' }),
  modelConcurrencyPerKey: setting({ env: 'LYREBIRD_MODEL_CONCURRENCY_PER_KEY', schema: int(1, 1000), default: '2', doc: 'Most calls to the model at once for one API key.' }),
  modelTimeoutMs: setting({ env: 'LYREBIRD_MODEL_TIMEOUT_MS', schema: int(100, 600_000), default: '60000', doc: 'Most milliseconds for one call to the model, within the deadline of its request.' }),
  modelInputTokens: setting({ env: 'LYREBIRD_MODEL_INPUT_TOKENS', schema: int(500, 1_000_000), default: '12000', doc: 'Most tokens of a page in one call, by estimate; longer pages are read in parts.' }),
  modelCallsMax: setting({ env: 'LYREBIRD_MODEL_CALLS_MAX', schema: int(1, 50), default: '4', doc: 'Most parts of one page that the model reads; of longer pages the beginning and the end are read.' }),
  embeddingBaseUrl: setting({ env: 'LYREBIRD_EMBEDDING_BASE_URL', schema: z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, '')), doc: 'OpenAI-compatible endpoint for vectors of texts, such as http://127.0.0.1:11434/v1.' }),
  embeddingApiKey: setting({ env: 'LYREBIRD_EMBEDDING_API_KEY', schema: text, secret: true, doc: 'Key of that endpoint, where it asks for one.' }),
  embeddingName: setting({ env: 'LYREBIRD_EMBEDDING_NAME', schema: text, default: 'default', doc: 'Embedding model to ask for.' }),
  embeddingBatch: setting({ env: 'LYREBIRD_EMBEDDING_BATCH', schema: int(1, 2048), default: '32', doc: 'Most texts that the endpoint takes in one call; further ones go in further calls.' }),
  embeddingQueryPrefix: setting({ env: 'LYREBIRD_EMBEDDING_QUERY_PREFIX', schema: z.string(), default: '', doc: 'Put before texts that are queries, for models that want it: `search_query: `.' }),
  embeddingDocumentPrefix: setting({ env: 'LYREBIRD_EMBEDDING_DOCUMENT_PREFIX', schema: z.string(), default: '', doc: 'Put before texts that are documents, for models that want it: `search_document: `.' }),
  historyDays: setting({ env: 'LYREBIRD_HISTORY_DAYS', schema: int(0, 3650), default: '30', doc: 'Days for which the history of requests is kept; 0 keeps none.' }),
  runJobs: setting({ env: 'LYREBIRD_RUN_JOBS', schema: bool, default: 'true', doc: 'Whether `lyrebird serve` works on jobs itself; false leaves them to `lyrebird worker` processes.' }),
  jobPages: setting({ env: 'LYREBIRD_JOB_PAGES', schema: int(1, 1000), default: '16', doc: 'Pages of jobs that one process works on at once.' }),
  jobPagesEach: setting({ env: 'LYREBIRD_JOB_PAGES_EACH', schema: int(1, 1000), default: '16', doc: 'Pages of one job at once, over all processes, unless the job says otherwise.' }),
  hostPages: setting({ env: 'LYREBIRD_HOST_PAGES', schema: int(1, 1000), default: '8', doc: 'Pages of one host at once in jobs, over all processes, unless the job says otherwise.' }),
  hostDelayMs: setting({ env: 'LYREBIRD_HOST_DELAY_MS', schema: int(0, 600_000), default: '0', doc: 'Milliseconds between two pages of one host in jobs, unless the job or robots.txt says otherwise.' }),
  jobTries: setting({ env: 'LYREBIRD_JOB_TRIES', schema: int(1, 10), default: '3', doc: 'How often a page of a job is fetched whose failure may pass, unless the job says otherwise.' }),
  jobUrlsMax: setting({ env: 'LYREBIRD_JOB_URLS_MAX', schema: int(1000, 10_000_000), default: '200000', doc: 'Most URLs that one crawl keeps count of; links beyond are dropped and the job says that it is truncated.' }),
  jobRetentionHours: setting({ env: 'LYREBIRD_JOB_RETENTION_HOURS', schema: int(1, 87_600), default: '168', doc: 'Hours for which a job and its results are kept after its end.' }),
  webhookHttp: setting({ env: 'LYREBIRD_WEBHOOK_HTTP', schema: bool, default: 'false', doc: 'Whether webhooks may go to addresses without TLS.' }),
  shutdownGraceMs: setting({ env: 'LYREBIRD_SHUTDOWN_GRACE_MS', schema: int(0, 600_000), default: '10000', doc: 'Most milliseconds that running requests get to finish at shutdown.' }),
  voice: setting({ env: 'LYREBIRD_VOICE', schema: z.string().regex(/^[a-z]+$/), doc: 'Dialect served at the root for every host name, instead of the native API.' }),
  voiceHosts: setting({ env: 'LYREBIRD_VOICE_HOSTS', schema: list.pipe(z.array(z.string().regex(/^[a-z]+=[^=]+$/, 'must be dialect=host'))), default: '', doc: 'Dialects served at the root of a host name: reader=reader.example,octen=octen.example.' }),
  prefetchAllowedOrigins: setting({ env: 'LYREBIRD_PREFETCH_ALLOWED_ORIGINS', schema: list.pipe(z.array(origin)), default: '', doc: 'Origins of your own web pages, separated by commas, that browsers may call the Prefetch dialect from: https://app.example,http://localhost:3000.' }),
  prefetchDefaultKey: setting({ env: 'LYREBIRD_PREFETCH_DEFAULT_API_KEY', schema: z.string().min(16, 'must have at least 16 characters'), secret: true, doc: 'Key of requests from those origins that carry none. Where no key has this secret, one is made at start, with 60 requests per minute and 5 at once. Anybody can claim an origin, so give it no more than a stranger may have.' }),
} as const

export type SettingName = keyof typeof settings
type Value<K extends SettingName> = z.output<(typeof settings)[K]['schema']>
type Optional = 'searchProviders' | 'searxngUrl' | 'braveKey' | 'serperKey' | 'tavilyKey' | 'chromePath' | 'chromiumDir' | 'browserCdpUrl' | 'browsers' | 'browserPages' | 'profileKey' | 'blobsEndpoint' | 'blobsBucket' | 'blobsKeyId' | 'blobsSecretKey' | 'sessions' | 'sessionUrl' | 'publicUrl' | 'databaseUrl' | 'bootstrapKey' | 'bootstrapTestKey' | 'workers' | 'voice' | 'modelBaseUrl' | 'modelApiKey' | 'embeddingBaseUrl' | 'embeddingApiKey' | 'prefetchDefaultKey'
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
