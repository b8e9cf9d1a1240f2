import type { Browser } from 'playwright-core'
import { fail, isFailure } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import type { Launched } from './launch.ts'
import { residentBytes } from './memory.ts'

export interface PoolOptions {
  launch(): Promise<Launched>
  browsersMax: number
  pagesMax: number
  queueMax: number
  /** A browser that has reached one of these is replaced when its pages are done. */
  recycle: { pages: number; ageMs: number; bytes: number }
  /** A browser without work is ended after this; 0 keeps it. */
  idleMs: number
  logger: Logger
  clock: Clock
}

/** Leave to use a browser for one context. */
export interface Lease {
  browser: Browser
  launched: Launched
  /** True once the browser is no longer there. */
  readonly gone: boolean
  /** Rejects at that moment, whatever a call to the browser may still be waiting for. */
  readonly lost: Promise<never>
  /** `cleaned` is awaited before the place is given on; a browser that cannot clean up is ended. */
  end(cleaned: Promise<unknown>): Promise<void>
}

export interface PoolStats {
  browsers: number
  pages: number
  queued: number
  /** Bytes of all browser processes when last looked at. */
  resident: number
  launches: number
  crashes: number
}

interface Member {
  launched: Launched
  bornAt: number
  served: number
  active: number
  retiring: boolean
  gone: boolean
  lost: PromiseWithResolvers<never>
  bytes: number
  idleSince: number
}

interface Waiter {
  resolve(member: Member): void
  reject(error: unknown): void
}

const cleanupMs = 5000
const watchMs = 5000

export class BrowserPool {
  readonly #options: PoolOptions
  readonly #members = new Set<Member>()
  readonly #waiting: Waiter[] = []
  readonly #ending = new Set<Promise<void>>()
  #launching: Promise<void> | undefined
  #watch: NodeJS.Timeout | undefined
  #closed = false
  #launches = 0
  #crashes = 0

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get stats(): PoolStats {
    const members = [...this.#members]
    return {
      browsers: members.length,
      pages: this.#active(),
      queued: this.#waiting.length,
      resident: members.reduce((sum, { bytes }) => sum + bytes, 0),
      launches: this.#launches,
      crashes: this.#crashes,
    }
  }

  /** A place in the least loaded browser. Waits in a bounded queue; rejects with platform.overloaded when that is full. */
  async lease(signal: AbortSignal): Promise<Lease> {
    if (this.#closed) throw fail('platform.shutting_down')
    signal.throwIfAborted()
    if (this.#waiting.length >= this.#options.queueMax) throw fail('platform.overloaded', { retryAfterSeconds: 2 })
    const member = await new Promise<Member>((resolve, reject) => {
      const settle = (): void => signal.removeEventListener('abort', abort)
      const waiter: Waiter = {
        resolve: (given) => (settle(), resolve(given)),
        reject: (error) => (settle(), reject(error)),
      }
      const abort = (): void => {
        const at = this.#waiting.indexOf(waiter)
        if (at >= 0) this.#waiting.splice(at, 1)
        waiter.reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.push(waiter)
      this.#serve()
    })
    return this.#leaseOf(member)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#watch)
    for (const waiter of this.#waiting.splice(0)) waiter.reject(fail('platform.shutting_down'))
    await this.#launching?.catch(() => {})
    for (const member of this.#members) this.#end(member)
    await Promise.all(this.#ending)
  }

  #active(): number {
    let pages = 0
    for (const { active } of this.#members) pages += active
    return pages
  }

  /** Gives places to those who wait, and starts browsers as long as they are wanted. */
  #serve(): void {
    while (this.#waiting.length > 0 && this.#active() < this.#options.pagesMax) {
      const usable = [...this.#members].filter((member) => !member.retiring && !member.gone)
      const member = usable.reduce<Member | undefined>((least, one) => (least && least.active <= one.active ? least : one), undefined)
      const share = Math.ceil(this.#options.pagesMax / this.#options.browsersMax)
      if (usable.length < this.#options.browsersMax && (!member || member.active >= share)) {
        this.#start()
        if (!member) return
      }
      if (!member) return
      member.active++
      member.served++
      this.#waiting.shift()?.resolve(member)
    }
  }

  /** One start at a time; whoever waits learns of its failure when there is no other browser to wait for. */
  #start(): void {
    if (this.#launching || this.#closed) return
    this.#launching = this.#launchOne().then(
      () => {
        this.#launching = undefined
        this.#serve()
      },
      (error: unknown) => {
        this.#launching = undefined
        this.#options.logger.error({ err: error }, 'the browser does not start')
        if ([...this.#members].some((member) => !member.retiring && !member.gone)) return
        const failure = isFailure(error) ? error : fail('platform.browser_unavailable', {}, { cause: error })
        for (const waiter of this.#waiting.splice(0)) waiter.reject(failure)
      },
    )
  }

  async #launchOne(): Promise<void> {
    const launched = await this.#options.launch()
    this.#launches++
    const now = this.#options.clock()
    const member: Member = { launched, bornAt: now, served: 0, active: 0, retiring: false, gone: false, lost: Promise.withResolvers<never>(), bytes: 0, idleSince: now }
    member.lost.promise.catch(() => {})
    this.#members.add(member)
    launched.browser.on('disconnected', () => this.#lost(member))
    this.#watch ??= setInterval(() => void this.#inspect(), watchMs).unref()
    if (!launched.browser.isConnected()) this.#lost(member)
    if (this.#closed) this.#end(member)
  }

  #lost(member: Member): void {
    if (member.gone) return
    member.gone = true
    member.lost.reject(new Error('the browser is gone'))
    this.#members.delete(member)
    if (member.retiring || this.#closed) return
    this.#crashes++
    this.#options.logger.warn({ pid: member.launched.pid, pages: member.active }, 'the browser is gone; another is started')
    if (member.active > 0 || this.#waiting.length > 0) this.#start()
  }

  #leaseOf(member: Member): Lease {
    let ended: Promise<void> | undefined
    const end = async (cleaned: Promise<unknown>): Promise<void> => {
      const inTime = await withinMs(cleaned, cleanupMs)
      if (!inTime && !member.gone) this.#retire(member, 'a page could not be closed')
      member.active--
      member.idleSince = this.#options.clock()
      this.#judge(member)
      this.#serve()
    }
    return {
      browser: member.launched.browser,
      launched: member.launched,
      get gone() {
        return member.gone
      },
      lost: member.lost.promise,
      end: (cleaned) => (ended ??= end(cleaned)),
    }
  }

  #judge(member: Member): void {
    const { pages, ageMs, bytes } = this.#options.recycle
    if (member.served >= pages) this.#retire(member, 'pages')
    else if (this.#options.clock() - member.bornAt >= ageMs) this.#retire(member, 'age')
    else if (member.bytes >= bytes) this.#retire(member, 'memory')
    if (member.retiring && member.active === 0) this.#end(member)
  }

  #retire(member: Member, why: string): void {
    if (member.retiring) return
    member.retiring = true
    this.#options.logger.debug({ pid: member.launched.pid, served: member.served, bytes: member.bytes, why }, 'a browser is replaced')
  }

  #end(member: Member): void {
    if (member.gone) return
    member.retiring = true
    this.#members.delete(member)
    const ending = this.#endNow(member).finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  async #endNow({ launched }: Member): Promise<void> {
    if (await withinMs(launched.browser.close().catch(() => {}), cleanupMs)) return
    if (launched.pid !== undefined) kill(launched.pid)
  }

  async #inspect(): Promise<void> {
    const { idleMs, clock } = this.#options
    for (const member of this.#members) {
      if (member.launched.pid !== undefined) member.bytes = await residentBytes(member.launched.pid)
      if (idleMs > 0 && member.active === 0 && this.#waiting.length === 0 && clock() - member.idleSince >= idleMs) this.#end(member)
      else this.#judge(member)
    }
  }
}

/** True when the promise settled in time. */
const withinMs = async (promise: Promise<unknown>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => { timer = setTimeout(() => resolve(false), ms).unref() })
  try {
    return await Promise.race([promise.then(() => true, () => true), late])
  } finally {
    clearTimeout(timer)
  }
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
