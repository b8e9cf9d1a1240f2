import { EventEmitter } from 'node:events'
import type { Browser } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { isFailure } from '../failure/failure.ts'
import { createLogger } from '../lib/logger.ts'
import { BrowserPool, type Lease, type PoolOptions } from './pool.ts'

/** What the pool uses of a browser. */
class FakeBrowser extends EventEmitter {
  closed = false
  isConnected(): boolean {
    return !this.closed
  }
  close(): Promise<void> {
    this.die()
    return Promise.resolve()
  }
  die(): void {
    if (this.closed) return
    this.closed = true
    this.emit('disconnected')
  }
}

const open = (options: Partial<PoolOptions> = {}) => {
  const started: FakeBrowser[] = []
  const now = { ms: 0 }
  const pool = new BrowserPool({
    launch: async () => {
      const browser = new FakeBrowser()
      started.push(browser)
      return { browser: browser as unknown as Browser, pid: undefined, version: '1', userAgent: 'x', sandboxed: false }
    },
    browsersMax: 2, pagesMax: 4, queueMax: 3, recycle: { pages: 1000, ageMs: 1e9, bytes: 1e12 }, idleMs: 0,
    logger: createLogger('silent'), clock: () => now.ms,
    ...options,
  })
  return { pool, started, now }
}

const never = new AbortController().signal
const done = Promise.resolve()
const leases = (pool: BrowserPool, count: number): Promise<Lease[]> => Promise.all(Array.from({ length: count }, () => pool.lease(never)))
const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no failure', (error: unknown) => (isFailure(error) ? error.code : error))

describe('the pool', () => {
  it('starts nothing before the first page, and one browser for it', async () => {
    const { pool, started } = open()
    expect(started).toHaveLength(0)
    await pool.lease(never)
    expect(started).toHaveLength(1)
    await pool.close()
    expect(started[0]?.closed).toBe(true)
  })

  it('starts a second browser when the first has its share, and gives the least loaded one', async () => {
    const { pool, started } = open({ pagesMax: 8, queueMax: 10 })
    await leases(pool, 5)
    while (pool.stats.browsers < 2) await new Promise(setImmediate)
    const next = await leases(pool, 3)
    expect(next.map((lease) => started.indexOf(lease.browser as unknown as FakeBrowser))).toEqual([1, 1, 1])
  })

  it('lets a bounded number wait, and tells the rest to come back', async () => {
    const { pool } = open()
    const held = [await pool.lease(never), await pool.lease(never), await pool.lease(never), await pool.lease(never)]
    const waiting = [1, 2, 3].map(() => pool.lease(never))
    await expect(pool.lease(never)).rejects.toMatchObject({ code: 'platform.overloaded', facts: { retryAfterSeconds: 2 } })
    await Promise.all(held.map((lease) => lease.end(done)))
    expect((await Promise.all(waiting)).every((lease) => !lease.gone)).toBe(true)
  })

  it('forgets whoever hangs up while waiting', async () => {
    const { pool } = open({ pagesMax: 1 })
    const held = await pool.lease(never)
    const caller = new AbortController()
    const waiting = pool.lease(caller.signal)
    caller.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    expect(pool.stats.queued).toBe(0)
    await held.end(done)
    await pool.lease(never)
  })

  it('replaces a browser after its pages, and rejects nobody meanwhile', async () => {
    const { pool, started } = open({ browsersMax: 1, pagesMax: 2, queueMax: 100, recycle: { pages: 5, ageMs: 1e9, bytes: 1e12 } })
    await Promise.all(Array.from({ length: 30 }, async () => {
      const lease = await pool.lease(never)
      expect(lease.browser.isConnected()).toBe(true)
      await done
      await lease.end(done)
    }))
    expect(started.length).toBeGreaterThanOrEqual(5)
    expect(started.filter((browser) => !browser.closed).length).toBeLessThanOrEqual(1)
    expect(pool.stats.crashes).toBe(0)
  })

  it('replaces a browser at its age, when its last page is done', async () => {
    const { pool, started, now } = open({ recycle: { pages: 1000, ageMs: 100, bytes: 1e12 } })
    const [one, two] = await leases(pool, 2)
    now.ms = 200
    await one?.end(done)
    expect(started[0]?.closed).toBe(false)
    await two?.end(done)
    expect(started[0]?.closed).toBe(true)
    await pool.lease(never)
    expect(started).toHaveLength(2)
  })

  it('starts another at once when one dies, and tells those whose pages it had', async () => {
    const { pool, started } = open()
    const lease = await pool.lease(never)
    started[0]?.die()
    expect(lease.gone).toBe(true)
    expect(started).toHaveLength(2)
    const next = await pool.lease(never)
    expect(next.gone).toBe(false)
    expect(pool.stats).toMatchObject({ crashes: 1, launches: 2 })
    await lease.end(done)
    expect(pool.stats.pages).toBe(1)
  })

  it('does without a browser that cannot close a page', async () => {
    const { pool, started } = open({ recycle: { pages: 1, ageMs: 1e9, bytes: 1e12 } })
    const lease = await pool.lease(never)
    await lease.end(Promise.reject(new Error('the page hangs')))
    expect(started[0]?.closed).toBe(true)
  })

  it('tells all who wait when no browser starts, and tries again for the next', async () => {
    let broken = true
    const { pool } = open({
      launch: async () => {
        if (broken) throw new Error('no such file')
        return { browser: new FakeBrowser() as unknown as Browser, pid: undefined, version: '1', userAgent: 'x', sandboxed: false }
      },
    })
    expect(await Promise.all([codeOf(pool.lease(never)), codeOf(pool.lease(never))])).toEqual(['platform.browser_unavailable', 'platform.browser_unavailable'])
    broken = false
    expect((await pool.lease(never)).gone).toBe(false)
  })

  it('gives nothing once it is closed', async () => {
    const { pool } = open({ pagesMax: 1 })
    await pool.lease(never)
    const waiting = pool.lease(never)
    const closing = pool.close()
    expect(await codeOf(waiting)).toBe('platform.shutting_down')
    await closing
    expect(await codeOf(pool.lease(never))).toBe('platform.shutting_down')
  })
})
