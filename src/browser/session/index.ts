import type { KeyMode } from '../../contract/actor.ts'
import { profileLimits, type ProfileState } from '../../contract/profiles.ts'
import type { SessionBrowser, SessionBrowserOrder, SessionBrowsers } from '../../contract/sessions.ts'
import { openBrowserProxy, type BrowserProxy, type Egress, type Proxies } from '../../egress/index.ts'
import { fail, isFailure } from '../../failure/failure.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import { findChromium, type Chromium } from '../chromium.ts'
import { allowance, residentBytes } from '../memory.ts'
import { userAgentOf } from '../options.ts'
import { raced } from '../race.ts'
import { isWebUrl } from './filter.ts'
import { PipeBrowser, sweepFolders, type CdpMessage, type ProcessOptions } from './process.ts'
import { Relay } from './relay.ts'
import { readState, restoreState, type Listen } from './storage.ts'

export interface SessionBrowserOptions {
  enabled: boolean
  chromePath: string | undefined
  chromiumDir: string | undefined
  /** Sessions at a time; unset goes by memory. */
  max: number | undefined
  /** Most memory of one session's browser. */
  bytesMax: number
  userAgent: string
  egress: Record<KeyMode, () => Promise<Egress>>
  proxies?: Proxies
  trustedKeys: Record<KeyMode, () => Promise<readonly string[]>>
  logger: Logger
  clock: Clock
}

const memoryEach = 400 * 1_048_576
/** What one session may load in all. */
const trafficMax = 20_000_000_000
const watchMs = 3000
const visitedMax = 500
const nowhere = 'http://127.0.0.1:1'

/** Browsers of sessions: a process each, which shares nothing with the pool nor with another session. */
export const createSessionBrowsers = async (options: SessionBrowserOptions): Promise<SessionBrowsers> => {
  void sweepFolders()
  const max = !options.enabled ? 0 : (options.max ?? Math.min(8, Math.max(1, Math.floor((await allowance()).bytes / 4 / memoryEach))))
  const agents = new Map<string, Promise<string>>()

  /** The browser's own name for itself, asked once of each. */
  const agentOf = (found: Chromium): Promise<string> => {
    const known = agents.get(found.path)
    if (known) return known
    const asked = askAgent(found)
    agents.set(found.path, asked)
    asked.catch(() => agents.delete(found.path))
    return asked
  }

  const open = async (order: SessionBrowserOrder): Promise<SessionBrowser> => {
    const [egress, trustedKeys, found] = await Promise.all([egressFor(options, order), options.trustedKeys[order.mode](), findChromium(options.chromePath, options.chromiumDir)])
    const userAgent = userAgentOf(await agentOf(found), options.userAgent, false)
    const proxy = await openBrowserProxy(withoutBlocked(egress, order.isBlocked), { bytesMax: trafficMax })
    const { viewport, locale, timezone } = order.browser
    const settings: ProcessOptions = { proxy: proxy.server, trustedKeys, window: viewport ?? { width: 1280, height: 800 }, userAgent, locale, timezone }
    try {
      return await Session.begin(await PipeBrowser.start(found, settings), proxy, order, options)
    } catch (error) {
      await proxy.close()
      throw error
    }
  }

  return {
    max,
    async open(order, signal) {
      if (max === 0) throw fail('platform.browser_unavailable')
      const opening = open(order)
      try {
        return await raced(opening, signal)
      } catch (error) {
        // Whoever asked is gone; what still comes is closed.
        void opening.then((session) => session.close(), () => {})
        if (signal.aborted || isFailure(error)) throw error
        options.logger.error({ err: error }, 'the browser of a session does not start')
        throw fail('platform.browser_unavailable', {}, { cause: error })
      }
    },
  }
}

const egressFor = async ({ egress, proxies }: SessionBrowserOptions, { mode, proxy, sticky }: SessionBrowserOrder): Promise<Egress> => {
  if (!proxy || proxy.mode === 'none' || proxy.mode === 'auto') return egress[mode]()
  const usable = mode === 'live' && proxies?.has(proxy.mode, proxy.optional ? proxy.country : undefined)
  if (usable && proxies) return (await proxies.pick(proxy.mode, { sticky: proxy.session ?? sticky, ...(proxy.country === undefined ? {} : { country: proxy.country }) })).egress
  if (proxy.optional) return egress[mode]()
  throw fail('platform.proxy_unavailable')
}

const askAgent = async (found: Chromium): Promise<string> => {
  const browser = await PipeBrowser.start(found, { proxy: nowhere, trustedKeys: [], window: { width: 800, height: 600 } })
  try {
    return String((await browser.call('Browser.getVersion')).userAgent)
  } finally {
    await browser.close()
  }
}

/** The list of a key holds for whatever its browser opens. Behind TLS only the host is seen. */
const withoutBlocked = (egress: Egress, isBlocked: (url: string) => boolean): Egress => ({
  ...egress,
  connect: (host, port, signal) => {
    if (isBlocked(`${port === 443 ? 'https' : 'http'}://${host}${port === 443 || port === 80 ? '' : `:${port}`}/`)) throw fail('policy.url_blocklisted')
    return egress.connect(host, port, signal)
  },
})

class Session implements SessionBrowser {
  readonly gone: SessionBrowser['gone']
  readonly #browser: PipeBrowser
  readonly #relay: Relay
  readonly #order: SessionBrowserOrder
  readonly #options: SessionBrowserOptions
  readonly #watch: NodeJS.Timeout
  /** Sessions at the browser that are no client's. */
  readonly #own = new Map<string, (message: CdpMessage) => void>()
  readonly #visited = new Set<string>()
  #closing: Promise<void> | undefined
  #overMemory = false

  private constructor(browser: PipeBrowser, proxy: BrowserProxy, order: SessionBrowserOrder, options: SessionBrowserOptions) {
    this.#browser = browser
    this.#order = order
    this.#options = options
    this.#relay = new Relay(browser, (url) => isWebUrl(url) && !order.isBlocked(url), options.clock)
    browser.onMessage = (message) => {
      const own = message.id === undefined && message.sessionId !== undefined ? this.#own.get(message.sessionId) : undefined
      if (own) own(message)
      else if (message.sessionId === undefined && message.id === undefined) this.#judgeTarget(message.params?.targetInfo)
      else this.#relay.fromBrowser(message)
    }
    this.#watch = setInterval(() => void this.#weigh(), watchMs).unref()
    this.gone = browser.gone.then(async () => {
      const why = this.#overMemory ? 'memory' : this.#closing ? 'closed' : 'crashed'
      clearInterval(this.#watch)
      await proxy.close()
      return why
    })
  }

  static async begin(browser: PipeBrowser, proxy: BrowserProxy, order: SessionBrowserOrder, options: SessionBrowserOptions): Promise<Session> {
    const session = new Session(browser, proxy, order, options)
    try {
      await browser.call('Browser.setDownloadBehavior', { behavior: 'deny' })
      await browser.call('Target.setDiscoverTargets', { discover: true })
      if (order.state) await restoreState(browser, session.#listen, order.state)
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  get lastUsedAt(): number {
    return this.#relay.lastUsedAt
  }

  async state(): Promise<ProfileState> {
    this.#relay.dismiss('the session is over')
    const origins = new Set([...(this.#order.state?.origins ?? []).map(({ origin }) => origin), ...this.#visited])
    return readState(this.#browser, this.#listen, [...origins].slice(-profileLimits.origins))
  }

  readonly #listen: Listen = (sessionId, hear) => {
    this.#own.set(sessionId, hear)
    return () => void this.#own.delete(sessionId)
  }

  attach: SessionBrowser['attach'] = (client) => this.#relay.attach(client)

  close(): Promise<void> {
    return (this.#closing ??= this.#browser.close())
  }

  /** Whatever way a page found to somewhere that it may not be, it does not stay there. */
  #judgeTarget(info: unknown): void {
    const { targetId, url } = (info ?? {}) as { targetId?: string; url?: string }
    if (targetId === undefined || url === undefined) return
    if (isWebUrl(url) && !this.#order.isBlocked(url)) {
      if (/^https?:/.test(url) && this.#visited.size < visitedMax) this.#visited.add(new URL(url).origin)
      return
    }
    this.#options.logger.warn({ scheme: URL.parse(url)?.protocol }, 'a page of a session was closed: it may not be there')
    void this.#browser.call('Target.closeTarget', { targetId })
  }

  async #weigh(): Promise<void> {
    if ((await residentBytes(this.#browser.pid)) <= this.#options.bytesMax) return
    this.#overMemory = true
    await this.close()
  }
}
