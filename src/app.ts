import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { ConfigError, type Config } from './config.ts'
import type { BlobStore } from './contract/blobs.ts'
import { readKinds, shownKinds, textKinds } from './contract/intent.ts'
import { modes, type Document } from './contract/document.ts'
import type { Capabilities, Health } from './contract/verbs.ts'
import { createRenderer, createSessionBrowsers } from './browser/index.ts'
import { createCaches } from './document-cache.ts'
import { createPageIndex } from './search-index.ts'
import { createModels } from './models.ts'
import { createSearch } from './search-providers.ts'
import { dialects } from './dialects/registry.ts'
import { readAllow, readPorts } from './egress/allow.ts'
import { readProxy } from './egress/index.ts'
import { createConverter, supportedTypes } from './engine/convert/index.ts'
import { createEngine, type Engine, type StoredPart } from './engine/engine.ts'
import type { Model } from './engine/providers/model.ts'
import type { Lab } from './lab/index.ts'
import { systemClock } from './lib/clock.ts'
import { nearest } from './lib/nearest.ts'
import { createLull, type Lull } from './lib/lull.ts'
import { createLogger, type Logger } from './lib/logger.ts'
import { createMeter, type Meter } from './meter/meter.ts'
import type { FirstParty } from './server/deps.ts'
import { listen, type Listener } from './server/listen.ts'
import { createMetrics } from './server/metrics.ts'
import { parseRanges } from './server/client-address.ts'
import { createServer, hostKey } from './server/server.ts'
import { createProfiles, createSessions } from './sessions/index.ts'
import { createBlobs, type BlobPlace } from './store/blobs.ts'
import { createS3Place } from './store/blobs-s3.ts'
import { createWorkIndex } from './store/history.ts'
import { createDocumentCache } from './store/documents.ts'
import { openStore, type Store } from './store/db.ts'
import { exportStore, importStore } from './store/transfer.ts'
import { createVerbs } from './verbs/index.ts'
import { createAdoptions, createHandlers } from './verbs/tasks/index.ts'
import { createBus, createJobs, type Jobs, type JobSettings } from './jobs/jobs.ts'
import { createMonitors } from './jobs/monitors/monitors.ts'
import { createWorker, type Worker } from './jobs/worker.ts'
import { createDeliveries } from './webhooks/deliver.ts'
import { createLowCreditWatch } from './webhooks/low-credits.ts'
import { addJobEndpoint, addMonitorEndpoint, createWebhooks } from './webhooks/endpoints.ts'
import { version } from './version.ts'
import { createWays, type Ways } from './ways.ts'

export interface App {
  readonly store: Store
  readonly meter: Meter
  readonly engine: Engine
  readonly jobs: Jobs
  readonly worker: Worker
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
  /** An embedded database to begin with a copy of, where there is none yet: for tests, which open many. */
  template?: Blob
}

/** Builds every part once and wires them together. Rejects with a `ConfigError` or `StoreError` made for the terminal. */
export const startApp = async (config: Config, options: AppOptions = {}): Promise<App> => {
  checkForms(config)
  checkProxies(config)
  const voices = voiceHosts(config)
  const logger = createLogger(config.logLevel)
  const store = await storeOf(config, logger, options.template)
  const meter = createMeter({ store, clock: systemClock, logger, ipRpm: config.ipRpm, historyDays: config.historyDays })
  await meter.start()
  if (config.bootstrapKey !== undefined) await meter.keys.bootstrap(config.bootstrapKey, 'live')
  if (config.bootstrapTestKey !== undefined) await meter.keys.bootstrap(config.bootstrapTestKey, 'test')
  if (config.prefetchDefaultKey !== undefined) await meter.keys.bootstrap(config.prefetchDefaultKey, 'live', { name: 'own web pages', scopes: ['scrape'], rpm: 60, concurrency: 5 })

  const lull = createLull()
  const documents = createDocumentCache({ store, ttlS: config.cacheTtlS })
  const caches = createCaches(documents, { logger, lull, clock: systemClock })
  const sweeping = setInterval(() => void documents.sweep().catch((err: unknown) => logger.warn({ err }, 'old documents could not be dropped')), 600_000).unref()
  const ways = createWays(config, options.labForLive ?? false)
  const blobs = createBlobs({ folder: config.dataDir.startsWith('memory:') ? undefined : join(config.dataDir, 'blobs'), place: bucketOf(config, ways), ttlS: config.blobTtlS, clock: systemClock })
  const sweepingBlobs = setInterval(() => void blobs.sweep().catch((err: unknown) => logger.warn({ err }, 'old blobs could not be dropped')), 600_000).unref()
  const models = createModels(config, ways.live)
  const { engine, converter, renderer } = createEngineParts(config, ways, logger, { model: models.model, blobs, lull })
  const pages = config.index === 'off' ? undefined : createPageIndex({ store, converter, logger, lull, days: config.indexDays })
  const operatorSecret = `lb_operator_${randomBytes(32).toString('base64url')}`
  const bus = createBus()
  const jobs = createJobs({ store, clock: systemClock, settings: jobSettings(config), bus, addWebhook: addJobEndpoint })
  const cacheOf = (workspaceId: string) => (config.cacheTtlS === 0 ? undefined : caches.of<Document>(workspaceId))
  const partsOf = (workspaceId: string) => (config.cacheTtlS === 0 ? undefined : caches.of<StoredPart>(workspaceId))
  const egress = { live: ways.live, test: ways.test }
  const webhooks = createWebhooks({ store, clock: systemClock, egress, allowHttp: config.webhookHttp })
  const monitors = createMonitors({ store, clock: systemClock, bus, retentionS: config.jobRetentionHours * 3600, addWebhook: addMonitorEndpoint })
  const deliveries = createDeliveries({ store, clock: systemClock, logger, egress, userAgent: `Lyrebird/${version} (webhooks)`, formOf: (name) => dialects.find((dialect) => dialect.name === name)?.webhookForm })
  const searcher = createSearch(config, ways.live)
  const adoptions = createAdoptions()
  const profiles = createProfiles({ store, passphrase: config.profileKey, clock: systemClock })
  const lowCredits = createLowCreditWatch({ store, clock: systemClock })
  const worker = createWorker({
    store, clock: systemClock, logger, bus,
    handlers: createHandlers({ engine, searcher, adoptions, cacheOf, pages, profiles, meter, store, blobs, logger, clock: systemClock }),
    concurrency: config.jobPages,
    duties: [
      { name: 'webhooks', everyMs: 500, run: deliveries.run },
      { name: 'monitors', everyMs: 1_000, run: monitors.tick },
      { name: 'old runs', everyMs: 600_000, run: async () => monitors.housekeeping().then(() => 0) },
      ...(pages ? [{ name: 'old pages of the search index', everyMs: 600_000, run: async () => pages.sweep().then(() => 0) }] : []),
      { name: 'low credits', everyMs: 5_000, run: lowCredits.run },
      { name: 'old webhooks', everyMs: 600_000, run: async () => deliveries.housekeeping().then(() => 0) },
    ],
  })
  const browsers = await createSessionBrowsers({
    enabled: config.browser !== 'off' && config.sessions !== 0, max: config.sessions, bytesMax: config.sessionMb * 1_048_576, chromePath: config.chromePath, chromiumDir: config.chromiumDir,
    userAgent: config.userAgent, egress, proxies: ways.proxies, trustedKeys: ways.labKeys, logger, clock: systemClock,
  })
  const sessions = createSessions({ store, meter, browsers, profiles, clock: systemClock, logger, address: config.sessionUrl ?? null, keepMs: config.jobRetentionHours * 3_600_000 })
  const verbs = createVerbs({
    meter,
    engine,
    searcher,
    adoptions,
    models,
    pages,
    jobs,
    webhooks,
    monitors,
    sessions,
    profiles,
    cacheOf,
    valuesOf: (workspaceId) => (config.cacheTtlS === 0 ? undefined : caches.of<unknown>(workspaceId)),
    work: createWorkIndex(store),
    partsOf,
    enrichMaxAgeS: config.enrichMaxAgeS,
    capabilities: () => capabilities(config, store, searcher.names),
    ready: () => readiness(store),
    operatorSecret,
    logger,
    clock: systemClock,
  })
  const server = createServer({
    verbs,
    dialects,
    blobs,
    sessions,
    settings: {
      publicUrl: config.publicUrl,
      bodyLimitBytes: config.bodyLimitBytes,
      maxInFlight: config.maxInFlight,
      trustedProxies: config.trustedProxies,
      voiceHosts: voices,
      firstParties: firstParties(config),
    },
    metrics: createMetrics(() => ({ requests_in_flight: server.inFlight, conversions_running: converter.stats.running, conversions_queued: converter.stats.queued, browsers: renderer.stats.browsers, browser_pages: renderer.stats.pages, browser_queued: renderer.stats.queued, browser_resident_bytes: renderer.stats.resident, browser_launches: renderer.stats.launches, browser_crashes: renderer.stats.crashes, sessions: sessions.running })),
    logger,
    clock: systemClock,
  })

  if (config.runJobs) await worker.start()
  await sessions.start()

  let listener: Listener | undefined
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await listener?.close(config.shutdownGraceMs)
    server.drain()
    clearInterval(sweeping)
    clearInterval(sweepingBlobs)
    adoptions.close()
    await worker.stop()
    await deliveries.idle()
    await Promise.all([renderer.close(), sessions.stop()])
    await pages?.drain()
    await Promise.all([converter.close(), ways.close(), caches.drain()])
    await meter.stop()
    await store.close()
  }
  return {
    store,
    meter,
    engine,
    jobs,
    worker,
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
  checkForms(config)
  checkProxies(config)
  const ways = createWays(config, false)
  const logger = createLogger(config.logLevel)
  const { engine, converter, renderer } = createEngineParts(config, ways, logger, { model: createModels(config, ways.live).model })
  const close = async (): Promise<void> => {
    await renderer.close()
    await Promise.all([converter.close(), ways.close()])
  }
  return { engine, logger, close }
}

const createEngineParts = (config: Config, ways: Ways, logger: Logger, { model, blobs, lull }: { model: Model | undefined; blobs?: BlobStore; lull?: Lull }) => {
  const converter = createConverter({ workers: config.workers ?? Math.min(8, availableParallelism()), timeoutMs: config.convertTimeoutMs })
  const egress = { live: ways.live, test: ways.test }
  const renderer = createRenderer({
    enabled: config.browser !== 'off',
    chromePath: config.chromePath,
    chromiumDir: config.chromiumDir,
    cdpUrl: config.browserCdpUrl,
    proxyHost: config.browserProxyHost,
    browsers: config.browsers,
    pages: config.browserPages,
    queue: config.browserQueue,
    recycle: { pages: config.browserRecyclePages, ageMs: config.browserRecycleS * 1000, bytes: config.browserRecycleMb * 1_048_576 },
    idleMs: config.browserIdleS * 1000,
    pageBytes: config.fetchLimitBytes * 4,
    userAgent: config.userAgent,
    egress,
    proxies: ways.proxies,
    trustedKeys: ways.labKeys,
    logger,
    clock: systemClock,
  })
  return { converter, renderer, engine: whileAwaited(createEngine({ egress, proxies: ways.proxies, converter, renderer, model, ...(blobs ? { blobs } : {}), bytesMax: config.fetchLimitBytes, userAgent: config.userAgent, clock: systemClock }), lull) }
}

/** Tells the lull of what somebody waits for. */
const whileAwaited = (engine: Engine, lull: Lull | undefined): Engine => lull ? {
  ...engine,
  scrape: (intent, context) => lull.during(() => engine.scrape(intent, context)),
  enrich: (intent, context) => lull.during(() => engine.enrich(intent, context)),
} : engine

const jobSettings = (config: Config): JobSettings => ({
  pagesAtOnce: config.jobPagesEach,
  hostAtOnce: config.hostPages,
  hostDelayMs: config.hostDelayMs,
  triesMax: config.jobTries,
  frontierMax: config.jobUrlsMax,
  retentionS: config.jobRetentionHours * 3600,
})

const capabilities = (config: Config, store: Store, search: readonly string[]): Capabilities => ({
  version,
  formats: [...textKinds, ...readKinds.filter((kind) => kind === 'json' || kind === 'branding' || config.modelBaseUrl !== undefined), ...(config.browser === 'off' ? [] : shownKinds), 'metadata'],
  modes: [...modes],
  renderers: { static: true, js: config.browser !== 'off' },
  contentTypes: [...supportedTypes],
  limits: { timeoutMs: { min: 1000, max: 300_000, default: 30_000 }, fetchBytes: config.fetchLimitBytes, bodyBytes: config.bodyLimitBytes, redirects: config.maxRedirects },
  dialects: dialects.map(({ name, title, basePath }) => ({ name, title, basePath: basePath || '/' })),
  providers: { search: [...search], model: config.modelBaseUrl === undefined ? null : config.modelName, embedding: config.embeddingBaseUrl === undefined ? null : config.embeddingName, proxies: [...new Set([...(config.proxiesStandard.length > 0 ? ['standard'] : []), ...(config.proxiesPremium.length > 0 ? ['premium'] : [])])] },
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

/** Settings whose form their own rooms know, read before anything is opened: found at the first request it would be too late. */
const checkForms = (config: Config): void => {
  const forms = [['LYREBIRD_EGRESS_ALLOW', readAllow, config.egressAllow], ['LYREBIRD_EGRESS_PORTS', readPorts, config.egressPorts], ['LYREBIRD_TRUSTED_PROXIES', parseRanges, config.trustedProxies]] as const
  for (const [name, read, value] of forms) {
    try {
      read(value)
    } catch (cause) {
      throw new ConfigError(`${name}=${value.join(',')} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause })
    }
  }
}

const bucketMs = 30_000
const bucketBytesMax = 268_435_456

/** The operator's bucket, through the one way out. Throws `ConfigError` where only a part of its settings is made. */
const bucketOf = (config: Config, ways: Ways): BlobPlace | undefined => {
  const { blobsEndpoint: endpoint, blobsBucket: bucket, blobsKeyId: accessKeyId, blobsSecretKey: secretAccessKey } = config
  if (endpoint === undefined && bucket === undefined && accessKeyId === undefined && secretAccessKey === undefined) return undefined
  if (endpoint === undefined || bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    throw new ConfigError('Blobs in a bucket need LYREBIRD_BLOBS_S3_ENDPOINT, _BUCKET, _ACCESS_KEY_ID and _SECRET_ACCESS_KEY, all four.')
  }
  return createS3Place({
    endpoint, bucket, accessKeyId, secretAccessKey, region: config.blobsRegion, prefix: config.blobsPrefix,
    send: async ({ body, ...request }) => (await ways.live()).request({ ...request, ...(body ? { body } : {}), trust: 'operator', maxRedirects: 0, maxBytes: bucketBytesMax, signal: AbortSignal.timeout(bucketMs) }),
  })
}

/** The list itself is secret: only the host of the one that cannot be read is named. */
const checkProxies = (config: Config): void => {
  for (const [name, list] of [['LYREBIRD_PROXIES_STANDARD', config.proxiesStandard], ['LYREBIRD_PROXIES_PREMIUM', config.proxiesPremium]] as const) {
    try {
      list.map(readProxy)
    } catch (cause) {
      throw new ConfigError(`${name}: ${cause instanceof Error ? cause.message : 'cannot be read'}.`, { cause })
    }
  }
}

/** Host name → dialect at its root; names that are no dialect are refused at start. */
const voiceHosts = (config: Config): ReadonlyMap<string, string> => {
  const hosts = new Map(config.voiceHosts.map((entry) => {
    const [voice = '', host = ''] = entry.split('=', 2)
    const name = URL.parse(`http://${host}/`)
    if (!name || name.href !== `http://${name.host}/`) throw new ConfigError(`LYREBIRD_VOICE_HOSTS: "${host}" is not a host name.`)
    return [hostKey(name), voice] as const
  }))
  if (config.voice !== undefined) hosts.set('*', config.voice)
  const known = dialects.map((dialect) => dialect.name)
  for (const voice of hosts.values()) {
    if (!known.includes(voice)) throw new ConfigError(`There is no dialect "${voice}". Did you mean ${nearest(voice, known)}? LYREBIRD_VOICE and LYREBIRD_VOICE_HOSTS take: ${known.join(', ')}.`)
  }
  return hosts
}

/** Dialect → the operator's own web pages, where there are any. */
const firstParties = (config: Config): ReadonlyMap<string, FirstParty> =>
  new Map(config.prefetchAllowedOrigins.length === 0 ? [] : [['prefetch', { origins: new Set(config.prefetchAllowedOrigins), secret: config.prefetchDefaultKey }]])

/** Writes the whole database as lines of JSON; `output` is opened once the database is. Resolves to the number of rows. */
export const exportTo = async (config: Config, output: () => Writable): Promise<number> => {
  const store = await storeOf(config, createLogger(config.logLevel))
  try {
    return (await exportStore(store, output())).rows
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

export const storeOf = (config: Config, logger: Logger, template?: Blob): Promise<Store> =>
  openStore({ dataDir: config.dataDir, logger, template, ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }) })
