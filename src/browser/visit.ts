import { randomBytes } from 'node:crypto'
import type { BrowserContext, Page, Request, Response } from 'playwright-core'
import type { BrowserProxy, Egress } from '../egress/index.ts'
import type { Action, WaitFor } from '../contract/intent.ts'
import type { RawActionResult, RawBlob, RenderedPage, RenderOrder } from '../contract/render.ts'
import { fail, isFailure, type Failure } from '../failure/failure.ts'
import { normalize } from '../failure/normalize.ts'
import { runActions, type Around } from './actions.ts'
import { handsOf } from './hands.ts'
import { sleep } from './race.ts'
import { call } from './scripts.ts'
import { takePdf, takeScreenshot } from './shots.ts'
import { addHeaders, blockTraffic } from './traffic.ts'

/** Time for stability that is left unused before the deadline, so that the page can still be read. */
const readingMs = 750
const settleMsMax = 20_000
const downloadMs = 200
/** Elements whose styles are looked at, and characters of one inline picture. */
const probedMax = 6000
const probedMarkup = 60_000
/** For observers of the page to see where it is now; what they load is waited for. */
const scrollMs = 100

const isPageType = (contentType: string): boolean => /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType) || contentType.trim() === ''

/** One page in a context of its own, from the first request to the last look. */
export class Visit {
  readonly page: Page
  readonly warnings: string[] = []
  /** Of the actions that were asked for. */
  actions: RawActionResult[] = []
  readonly #order: RenderOrder
  readonly #proxy: BrowserProxy
  readonly #egress: Egress
  readonly #name: string
  /** The last answer to the page itself, and the address asked for last. */
  #main: Response | undefined
  #asked: string
  #answered = false
  #download = false
  #downloading: () => void = () => {}

  private constructor(page: Page, order: RenderOrder, proxy: BrowserProxy, egress: Egress, name: string) {
    this.page = page
    this.#order = order
    this.#proxy = proxy
    this.#egress = egress
    this.#name = name
    this.#asked = order.url
    page.on('request', (request) => {
      if (!isOfPage(request, page)) return
      this.#asked = request.url()
      this.#answered = false
    })
    page.on('response', (response) => {
      if (!isOfPage(response.request(), page)) return
      this.#main = response
      this.#answered = true
    })
    page.on('download', () => {
      this.#download = true
      this.#downloading()
    })
    // Windows that a page opens live in the same context behind the same proxy, and nobody looks at them.
    page.context().on('page', (other) => { if (other !== page) void other.close().catch(() => {}) })
  }

  static async open(context: BrowserContext, order: RenderOrder, proxy: BrowserProxy, egress: Egress): Promise<Visit> {
    const name = `_${randomBytes(8).toString('hex')}`
    const [, , , page] = await Promise.all([
      context.addInitScript({ content: call('watch', name) }),
      blockTraffic(context, order.options.block),
      addCookies(context, order),
      context.newPage(),
    ])
    await addHeaders(page, order.url, order.headers)
    return new Visit(page, order, proxy, egress, name)
  }

  /** False where the address leads to something that is no page. */
  async go(url = this.#order.url): Promise<boolean> {
    try {
      await this.page.goto(url, { waitUntil: 'commit', timeout: 0 })
    } catch (error) {
      if (this.#download) return false
      const refusal = this.#refusal()
      if (refusal) throw refusal
      // Chromium shows a page of its own in the place of an error without a body, and nothing in the place of a 204.
      const status = this.#main?.status()
      if (status !== undefined && (status >= 400 || status === 204 || status === 205)) return true
      // The event of a download may come after the refusal to show it.
      if (await this.#saves()) return false
      throw normalize(error, { target: true })
    }
    const refusal = this.#refusal()
    if (refusal) throw refusal
    return isPageType(this.#main?.headers()['content-type'] ?? '')
  }

  /** The page when it is still, everything that was asked to wait for has come, and `look` has seen enough. */
  async read(): Promise<RenderedPage> {
    const { options, deadline, look } = this.#order
    await this.#settle()
    for (let i = 0; i < (options.scrolls ?? 0); i++) await this.#scroll()
    await this.#waitForAll(options.waitFor ?? {})
    if (options.waitMs !== undefined) await sleep(Math.min(options.waitMs, this.#remainingMs()))
    if (options.actions) this.actions = await this.#act(options.actions)
    await this.#order.drive?.(handsOf(this.page, this.#around()))
    for (const started = performance.now(); ;) {
      const page = await this.snapshot()
      const worthMs = Math.min(await look(page), deadline.remainingMs() * 0.6)
      const leftMs = worthMs - (performance.now() - started)
      if (leftMs <= 0) return page
      await this.#change(Math.min(1000, leftMs))
      await this.#settle()
    }
  }

  async #act(actions: readonly Action[]): Promise<RawActionResult[]> {
    return runActions(this.#around(), actions)
  }

  #around(): Around {
    return {
      page: this.page,
      remainingMs: () => this.#remainingMs(),
      settle: () => this.#settle(),
      judge: (url) => this.#egress.judge(url, this.#order.deadline.signal),
      waitFor: (wait, timeoutMs) => this.#waitFor(wait, timeoutMs),
      go: async (url) => void (await this.go(url)),
      warn: (text) => this.warnings.push(text),
    }
  }

  /** What was asked to be made of the page beside its text. */
  async shots(): Promise<{ screenshot?: RawBlob; pdf?: RawBlob }> {
    const { screenshot, pdf } = this.#order
    const made: { screenshot?: RawBlob; pdf?: RawBlob } = {}
    if (screenshot) {
      const { shot, warning } = await takeScreenshot(this.page, screenshot, Math.max(1, this.#order.deadline.remainingMs()))
      made.screenshot = shot
      if (warning !== undefined) this.warnings.push(warning)
    }
    if (pdf) made.pdf = await takePdf(this.page, pdf)
    return made
  }

  /** Undefined where the page would not be looked at: its text is worth more. */
  async probe(clear: boolean): Promise<unknown> {
    try {
      return await this.#patiently(() => this.page.evaluate(call('probe', { elementsMax: probedMax, markupMax: probedMarkup, clear })))
    } catch (error) {
      if (this.page.isClosed()) throw error
      this.warnings.push('The styles of the page could not be read.')
      return undefined
    }
  }

  async snapshot(): Promise<RenderedPage> {
    const { html, url } = await this.#patiently(() => this.page.evaluate(call('snapshot', { charsMax: this.#order.bytesMax })) as Promise<{ html: string | null; url: string }>)
    if (html === null || Buffer.byteLength(html) > this.#order.bytesMax) throw fail('content.too_large', { limitBytes: this.#order.bytesMax })
    const status = this.#main?.status() ?? 200
    // An error page of Chromium's own says nothing about the site.
    const isOwn = url.startsWith('chrome-error:')
    return { html: isOwn ? '' : html, url: isOwn ? (this.#main?.url() ?? this.#order.url) : url, status, headers: Object.entries(this.#main?.headers() ?? {}) }
  }

  /** Why the guard refused, where the answer is the proxy's own or there is none. */
  /** Whether a download begins within a moment of an address that gave no page. */
  #saves(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.#download), downloadMs)
      this.#downloading = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }

  #refusal(): Failure | undefined {
    const [name, value] = this.#proxy.mark
    if (this.#main?.headers()[name] === value) return this.#proxy.failureOf(this.#main.url()) ?? fail('target.connection_reset')
    return this.#answered ? undefined : this.#proxy.failureOf(this.#asked)
  }

  #remainingMs(): number {
    return Math.max(0, this.#order.deadline.remainingMs() - readingMs)
  }

  async #settle(): Promise<void> {
    const maxMs = Math.min(settleMsMax, this.#remainingMs())
    await this.#patiently(() => this.page.evaluate(call('settle', { name: this.#name, maxMs })))
  }

  /** Runs in the page again where the page went elsewhere meanwhile. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let i = 0; ; i++) {
      try {
        return await work()
      } catch (error) {
        if (this.page.isClosed() || i >= 20 || !/context was destroyed|Cannot find context|because of a navigation/i.test(String(error))) throw error
        await this.page.waitForLoadState('domcontentloaded', { timeout: 0 })
      }
    }
  }

  async #waitForAll(wait: WaitFor): Promise<void> {
    if (!wait.optional) return this.#waitFor(wait, this.#remainingMs())
    try {
      // What is left is for reading the page.
      await this.#waitFor(wait, this.#remainingMs() * 0.7)
    } catch (error) {
      if (!isFailure(error) || error.code !== 'target.timeout' || this.#order.deadline.signal.aborted) throw error
      this.warnings.push('What was waited for did not come; the page is as it was by then.')
    }
  }

  async #waitFor({ selector, text, url }: WaitFor, timeoutMs: number): Promise<void> {
    const timeout = Math.max(1, timeoutMs)
    try {
      if (url !== undefined) await this.page.waitForURL((now) => matches(url, now.href), { timeout, waitUntil: 'commit' })
      if (selector !== undefined) await this.page.waitForSelector(selector, { state: 'attached', timeout })
      if (text !== undefined) await this.page.getByText(text).first().waitFor({ state: 'attached', timeout })
    } catch (error) {
      if (isTimeout(error)) throw normalize(error, { stage: 'wait_for', deadline: this.#order.deadline })
      if (isSelectorError(error)) throw fail('caller.invalid_request', { issues: [{ path: ['wait_for', 'selector'], code: 'invalid_selector', message: 'Not a selector that a browser understands' }] })
      throw error
    }
    if (selector !== undefined || text !== undefined || url !== undefined) await this.#settle()
  }

  async #scroll(): Promise<void> {
    await this.#patiently(() => this.page.evaluate('scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" })'))
    await sleep(Math.min(scrollMs, this.#remainingMs()))
    await this.#settle()
  }

  /** Another document, or time. */
  async #change(ms: number): Promise<void> {
    await Promise.race([this.page.waitForEvent('domcontentloaded', { timeout: 0 }).catch(() => {}), sleep(ms)])
  }
}

/** True for the page's own document, whichever of a chain of them. */
const isOfPage = (request: Request, page: Page): boolean => {
  try {
    return request.isNavigationRequest() && request.frame() === page.mainFrame()
  } catch {
    // Playwright knows no frame for requests of workers.
    return false
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

const isSelectorError = (error: unknown): boolean => /selector/i.test(String(error)) && /not a valid|unexpected|unknown engine|parsing/i.test(String(error))

const addCookies = async (context: BrowserContext, { cookies, url }: RenderOrder): Promise<void> => {
  const list = Object.entries(cookies).map(([name, value]) => ({ name, value, url }))
  if (list.length > 0) await context.addCookies(list)
}

/** A part of the address, or with `*` a pattern for the whole. */
const matches = (pattern: string, url: string): boolean =>
  pattern.includes('*')
    ? new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(url)
    : url.includes(pattern)
