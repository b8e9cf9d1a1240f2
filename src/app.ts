import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { ConfigError, type Config } from './config.ts'
import { formatKinds } from './contract/intent.ts'
import { modes } from './contract/document.ts'
import type { Capabilities, Health } from './contract/verbs.ts'
import { createCaches } from './document-cache.ts'
import { dialects } from './dialects/registry.ts'
import { createConverter, supportedTypes } from './engine/convert/index.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { createModel, type ModelSettings } from './engine/providers/model.ts'
import type { Lab } from './lab/index.ts'
import { systemClock } from './lib/clock.ts'
import { nearest } from './lib/nearest.ts'
import { createLogger, type Logger } from './lib/logger.ts'
import { createMeter, type Meter } from './meter/meter.ts'
import { listen, type Listener } from './server/listen.ts'
import { createMetrics } from './server/metrics.ts'
import { createServer } from './server/server.ts'
import { createDocumentCache } from './store/documents.ts'
import { openStore, type Store } from './store/db.ts'
import { exportStore, importStore } from './store/transfer.ts'
import { createVerbs } from './verbs/index.ts'
import { version } from './version.ts'
import { createWays, type Ways } from './ways.ts'

export interface App {
  readonly store: Store
  readonly meter: Meter
  readonly engine: Engine
  /** Acts as administrator of the default workspace until this process ends. */
  readonly operatorSecret: string
  /** One request without a socket; `clientAddress` stands for the peer. */
  fetch(request: Request, clientAddress?: string): Promise<Response>
  listen(): Promise<Listener>
  lab(): Promise<Lab>
  close(): Promise<void>
}

export interface AppOptions {
  /** Live keys reach the lab too: for tests of what live keys are billed. */
  labForLive?: boolean
}

/** Builds every part once and wires them together. Rejects with a `ConfigError` or `StoreError` made for the terminal. */
export const startApp = async (config: Config, options: AppOptions = {}): Promise<App> => {
  const voices = voiceHosts(config)
  const logger = createLogger(config.logLevel)
  const store = await storeOf(config, logger)
  const meter = createMeter({ store, clock: systemClock, logger, ipRpm: config.ipRpm, historyDays: config.historyDays })
  await meter.start()
  if (config.bootstrapKey !== undefined) await meter.keys.bootstrap(config.bootstrapKey, 'live')
  if (config.bootstrapTestKey !== undefined) await meter.keys.bootstrap(config.bootstrapTestKey, 'test')

  const documents = createDocumentCache({ store, ttlS: config.cacheTtlS })
  const caches = createCaches(documents, logger)
  const sweeping = setInterval(() => void documents.sweep().catch((err: unknown) => logger.warn({ err }, 'old documents could not be dropped')), 600_000).unref()
  const ways = createWays(config, options.labForLive ?? false)
  const { engine, converter } = createEngineParts(config, ways)
  const operatorSecret = `lb_operator_${randomBytes(32).toString('base64url')}`
  const verbs = createVerbs({
    meter,
    engine,
    cacheOf: (workspaceId) => (config.cacheTtlS === 0 ? undefined : caches.of(workspaceId)),
    capabilities: () => capabilities(config, store),
    ready: () => readiness(store),
    operatorSecret,
    logger,
    clock: systemClock,
  })
  const server = createServer({
    verbs,
    dialects,
    settings: {
      publicUrl: config.publicUrl,
      bodyLimitBytes: config.bodyLimitBytes,
      maxInFlight: config.maxInFlight,
      trustedProxies: config.trustedProxies,
      voiceHosts: voices,
    },
    metrics: createMetrics(() => ({ requests_in_flight: server.inFlight, conversions_running: converter.stats.running, conversions_queued: converter.stats.queued })),
    logger,
    clock: systemClock,
  })

  let listener: Listener | undefined
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await listener?.close(config.shutdownGraceMs)
    server.drain()
    clearInterval(sweeping)
    await Promise.all([converter.close(), ways.close(), caches.drain()])
    await meter.stop()
    await store.close()
  }
  return {
    store,
    meter,
    engine,
    operatorSecret,
    fetch: async (request, clientAddress) => server.fetch(request, { clientAddress }),
    listen: async () => {
      listener = await listen(server, config)
      return listener
    },
    lab: ways.lab,
    close: () => (closing ??= close()),
  }
}

/** The engine alone, without a database or a server: for one page from the command line. */
export const openEngine = (config: Config): { engine: Engine; logger: Logger; close(): Promise<void> } => {
  const ways = createWays(config, false)
  const { engine, converter } = createEngineParts(config, ways)
  return { engine, logger: createLogger(config.logLevel), close: async () => void (await Promise.all([converter.close(), ways.close()])) }
}

const createEngineParts = (config: Config, ways: Ways) => {
  const converter = createConverter({ workers: config.workers ?? Math.min(8, availableParallelism()), timeoutMs: config.convertTimeoutMs })
  const model = config.modelBaseUrl === undefined ? undefined : createModel(modelSettings(config, config.modelBaseUrl), ways.live)
  return { converter, engine: createEngine({ egress: { live: ways.live, test: ways.test }, converter, model, userAgent: config.userAgent, clock: systemClock }) }
}

export const modelSettings = (config: Config, baseUrl: string): ModelSettings => ({
  baseUrl,
  ...(config.modelApiKey === undefined ? {} : { apiKey: config.modelApiKey }),
  name: config.modelName,
  concurrency: config.modelConcurrency,
  concurrencyPerKey: config.modelConcurrencyPerKey,
  timeoutMs: config.modelTimeoutMs,
  inputTokens: config.modelInputTokens,
  callsMax: config.modelCallsMax,
})

const capabilities = (config: Config, store: Store): Capabilities => ({
  version,
  formats: [...formatKinds.filter((kind) => config.modelBaseUrl !== undefined || (kind !== 'summary' && kind !== 'question')), 'metadata'],
  modes: [...modes],
  renderers: { static: true, js: false },
  contentTypes: [...supportedTypes],
  limits: { timeoutMs: { min: 1000, max: 300_000, default: 30_000 }, fetchBytes: config.fetchLimitBytes, bodyBytes: config.bodyLimitBytes, redirects: config.maxRedirects },
  dialects: dialects.map(({ name, title, basePath }) => ({ name, title, basePath: basePath || '/' })),
  providers: { search: [], model: config.modelBaseUrl === undefined ? null : config.modelName, proxies: [] },
  store: store.kind,
})

const readiness = async (store: Store): Promise<Health> => {
  try {
    await store.ping()
    return { ok: true, checks: { database: { ok: true, detail: store.kind } } }
  } catch {
    return { ok: false, checks: { database: { ok: false, detail: 'does not answer' } } }
  }
}

/** Host name → dialect at its root; names that are no dialect are refused at start. */
const voiceHosts = (config: Config): ReadonlyMap<string, string> => {
  const hosts = new Map(config.voiceHosts.map((entry) => {
    const [voice = '', host = ''] = entry.split('=', 2)
    return [host.toLowerCase(), voice] as const
  }))
  if (config.voice !== undefined) hosts.set('*', config.voice)
  const known = dialects.map((dialect) => dialect.name)
  for (const voice of hosts.values()) {
    if (!known.includes(voice)) throw new ConfigError(`There is no dialect "${voice}". Did you mean ${nearest(voice, known)}? LYREBIRD_VOICE and LYREBIRD_VOICE_HOSTS take: ${known.join(', ')}.`)
  }
  return hosts
}

/** Writes the whole database as lines of JSON; resolves to the number of rows. */
export const exportTo = async (config: Config, output: Writable): Promise<number> => {
  const store = await storeOf(config, createLogger(config.logLevel))
  try {
    return (await exportStore(store, output)).rows
  } finally {
    await store.close()
  }
}

/** Reads what `exportTo` wrote into an empty database; resolves to the number of rows. */
export const importFrom = async (config: Config, input: Readable): Promise<number> => {
  const store = await storeOf(config, createLogger(config.logLevel))
  try {
    return (await importStore(store, input)).rows
  } finally {
    await store.close()
  }
}

export const storeOf = (config: Config, logger: Logger): Promise<Store> =>
  openStore({ dataDir: config.dataDir, logger, ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }) })
