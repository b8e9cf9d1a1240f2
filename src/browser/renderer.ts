import type { BrowserContext } from 'playwright-core'
import type { KeyMode } from '../contract/actor.ts'
import type { BrowserOptions } from '../contract/intent.ts'
import type { Renderer, RenderOrder, RenderResult } from '../contract/render.ts'
import { openBrowserProxy, type BrowserProxy, type Egress, type Proxies } from '../egress/index.ts'
import type { Attempt } from '../failure/evidence.ts'
import { fail, isFailure, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import { launch } from './launch.ts'
import { allowance } from './memory.ts'
import { contextOptions, userAgentOf } from './options.ts'
import { stateOf } from './profile-state.ts'
import { BrowserPool, type Lease, type PoolStats } from './pool.ts'
import { raced } from './race.ts'
import { Visit } from './visit.ts'

export interface RendererOptions {
  enabled: boolean
  chromePath: string | undefined
  chromiumDir: string | undefined
  cdpUrl: string | undefined
  proxyHost: string
  browsers: number | undefined
  pages: number | undefined
  queue: number
  recycle: { pages: number; ageMs: number; bytes: number }
  idleMs: number
  /** Most bytes that one page may load, all its parts together. */
  pageBytes: number
  userAgent: string
  egress: Record<KeyMode, () => Promise<Egress>>
  proxies?: Proxies
  /** Keys of authorities of each way that no browser knows; see `LaunchOptions`. */
  trustedKeys: Record<KeyMode, () => Promise<readonly string[]>>
  logger: Logger
  clock: Clock
}

export interface BrowserRenderer extends Renderer {
  readonly stats: PoolStats
  close(): Promise<void>
}

/** Nothing is started before the first page. Test keys have browsers of their own, which trust the lab. */
export const createRenderer = (options: RendererOptions): BrowserRenderer => {
  const pools = new Map<KeyMode, Promise<BrowserPool>>()
  const made: BrowserPool[] = []
  let closed = false

  const poolOf = (mode: KeyMode): Promise<BrowserPool> => {
    const known = pools.get(mode)
    if (known) return known
    const opened = openPool(options, mode).then((pool) => {
      made.push(pool)
      return pool
    })
    pools.set(mode, opened)
    opened.catch(() => pools.delete(mode))
    return opened
  }

  return {
    available: options.enabled,
    get stats() {
      return made.map((pool) => pool.stats).reduce((sum, one) => ({
        browsers: sum.browsers + one.browsers, pages: sum.pages + one.pages, queued: sum.queued + one.queued,
        resident: sum.resident + one.resident, launches: sum.launches + one.launches, crashes: sum.crashes + one.crashes,
      }), { browsers: 0, pages: 0, queued: 0, resident: 0, launches: 0, crashes: 0 })
    },
    async render(order) {
      if (!options.enabled) throw fail('platform.browser_unavailable')
      if (closed) throw fail('platform.shutting_down')
      const { signal } = order.deadline
      const [pool, egress] = await raced(Promise.all([poolOf(order.mode), order.way === undefined ? options.egress[order.mode]() : options.proxies?.egressOf(order.way) ?? Promise.reject(fail('platform.proxy_unavailable'))]), signal)
      const attempts: Attempt[] = []
      for (let turn = 1; ; turn++) {
        const lease = await pool.lease(signal)
        const startedMs = performance.now()
        try {
          const result = await orLost(new Job(options, order, egress, lease).run(), lease)
          return { ...result, attempts: [...attempts, ...result.attempts] }
        } catch (error) {
          const failure = await exactly(failureOf(error, order, lease), order, egress)
          attempts.push(attemptOf(order, startedMs, failure))
          // A browser that died took the page with it, which is no fault of either; once is enough to find out.
          if (lease.gone && turn === 1 && !signal.aborted) continue
          throw failure.carrying(attempts)
        }
      }
    },
    async close() {
      closed = true
      await Promise.all([...pools.values()].map((pool) => pool.then((one) => one.close(), () => {})))
    },
  }
}

/** Not every wait in a page ends when its browser is killed; this one does. */
const orLost = async <T>(work: Promise<T>, lease: Lease): Promise<T> => {
  work.catch(() => {})
  return Promise.race([work, lease.lost])
}

/** The window that a screenshot wants, where nothing else says how large it is. */
const windowOf = ({ options, screenshot }: RenderOrder): BrowserOptions => {
  const { width, height, scale } = screenshot ?? {}
  if (width === undefined && height === undefined && scale === undefined) return options
  const base = options.viewport ?? (options.device === 'mobile' ? { width: 390, height: 844 } : { width: 1280, height: 800 })
  return { ...options, viewport: { ...base, ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }), ...(scale === undefined ? {} : { scale }) } }
}

const failureOf = (error: unknown, { deadline }: RenderOrder, lease: Lease): Failure => {
  if (isFailure(error)) return error
  if (deadline.signal.aborted) return normalize(deadline.signal.reason, { deadline, stage: 'rendering' })
  if (lease.gone) return fail('platform.browser_unavailable', {}, { cause: error })
  const failure = normalize(error, { deadline, stage: 'rendering', target: true })
  return failure.code === 'platform.internal' ? fail('content.render_failed', {}, { cause: error }) : failure
}

/** Chromium names the first thing wrong with a certificate, and not always the one that matters: our own handshake says which. */
const exactly = async (failure: Failure, { url, deadline }: RenderOrder, egress: Egress): Promise<Failure> => {
  if (failure.code !== 'target.tls_invalid' || deadline.signal.aborted) return failure
  try {
    await egress.request({ url, method: 'HEAD', signal: deadline.signal, deadline, maxRedirects: 0 })
    return failure
  } catch (error) {
    return isFailure(error) && error.code === 'target.tls_invalid' ? error : failure
  }
}

const attemptOf = ({ url }: RenderOrder, startedMs: number, failure: Failure): Attempt => ({
  tier: 'browser', url, ms: Math.round(performance.now() - startedMs), outcome: failure.code,
  ...(failure.code === 'platform.browser_unavailable' ? { signal: 'the browser died' } : {}),
})

const megabyte = 1_048_576

const openPool = async (options: RendererOptions, mode: KeyMode): Promise<BrowserPool> => {
  const { bytes, cores } = await allowance()
  // A busy page takes about 150 MB; half of the memory is left to everything else.
  const byMemory = Math.max(1, Math.floor(bytes / 2 / (150 * megabyte)))
  const pages = options.pages ?? Math.min(64, byMemory, Math.max(2, Math.round(cores * 4)))
  const browsers = options.cdpUrl === undefined ? (options.browsers ?? Math.min(4, Math.ceil(pages / 8))) : 1
  return new BrowserPool({
    launch: async () => launch({ chromePath: options.chromePath, folder: options.chromiumDir, cdpUrl: options.cdpUrl, trustedKeys: await options.trustedKeys[mode]() }),
    browsersMax: Math.min(browsers, pages),
    pagesMax: pages,
    queueMax: options.queue,
    recycle: options.recycle,
    idleMs: options.idleMs,
    logger: options.logger,
    clock: options.clock,
  })
}

/** One try at one page. Whatever it opened is closed behind it, also when nobody waits for the answer any more. */
class Job {
  readonly #options: RendererOptions
  readonly #order: RenderOrder
  readonly #egress: Egress
  readonly #lease: Lease
  readonly #startedMs = performance.now()
  #proxy: Promise<BrowserProxy> | undefined
  #context: Promise<BrowserContext> | undefined

  constructor(options: RendererOptions, order: RenderOrder, egress: Egress, lease: Lease) {
    this.#options = options
    this.#order = order
    this.#egress = egress
    this.#lease = lease
  }

  async run(): Promise<RenderResult> {
    try {
      return await raced(this.#work(), this.#order.deadline.signal)
    } finally {
      void this.#lease.end(this.#clean())
    }
  }

  async #work(): Promise<RenderResult> {
    const { url, deadline, options, mode, headers } = this.#order
    await this.#egress.judge(url, deadline.signal)
    const { proxyHost, pageBytes, userAgent, cdpUrl } = this.#options
    this.#proxy = openBrowserProxy(this.#egress, { host: proxyHost, bytesMax: pageBytes })
    const proxy = await this.#proxy
    const { browser, launched } = this.#lease
    const agent = userAgentOf(launched.userAgent, userAgent, options.device === 'mobile')
    this.#context = browser.newContext(contextOptions(windowOf(this.#order), { proxy, userAgent: agent, headers, anyCertificate: cdpUrl !== undefined && mode === 'test', state: this.#order.state }))
    const context = await this.#context
    const visit = await Visit.open(context, this.#order, proxy, this.#egress)
    const crashed = new Promise<never>((_, reject) => visit.page.once('crash', () => reject(fail('content.render_failed'))))
    return Promise.race([this.#visit(visit, proxy), crashed])
  }

  async #visit(visit: Visit, proxy: BrowserProxy): Promise<RenderResult> {
    if (!(await visit.go())) return { kind: 'file', attempts: [this.#attempt(this.#order.url, proxy, { outcome: 'ok', signal: 'not a page' })] }
    const page = await visit.read()
    const probe = this.#order.probe ? await visit.probe(this.#order.probe.clear) : undefined
    const shots = await visit.shots()
    const state = this.#order.keepsState ? { state: await stateOf(visit.page.context()) } : {}
    return { kind: 'page', page, ...shots, ...state, ...(probe === undefined ? {} : { probe }), actions: visit.actions, warnings: visit.warnings, attempts: [this.#attempt(page.url, proxy, { outcome: 'ok', status: page.status })] }
  }

  #attempt(url: string, proxy: BrowserProxy, rest: Pick<Attempt, 'outcome' | 'status' | 'signal'>): Attempt {
    return { tier: 'browser', url, bytes: proxy.bytes, ms: Math.round(performance.now() - this.#startedMs), ...rest }
  }

  async #clean(): Promise<void> {
    const closing = this.#context?.then((context) => context.close()).catch(() => {})
    const proxy = await this.#proxy?.catch(() => undefined)
    await Promise.all([closing, proxy?.close()])
  }
}
