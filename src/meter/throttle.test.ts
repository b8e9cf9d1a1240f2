import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import { createBench } from '../../test/support/metering.ts'
import type { Actor } from '../contract/actor.ts'
import type { Store } from '../store/db.ts'
import { createMemoryThrottle } from './memory-throttle.ts'
import { createSharedThrottle } from './shared-throttle.ts'
import type { Throttle } from './throttle.ts'

let keys = 0
const actorWith = (rpm: number | null, concurrency: number | null): Actor => ({
  workspaceId: 'w', keyId: `key_${process.pid}_${++keys}`, keyName: 'k', mode: 'live', scopes: [], urlBlocklist: [],
  limits: { rpm, concurrency, creditLimit: null, dailyCreditCap: null },
})

const refusal = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => 'admitted', (err: { code: string }) => err.code)

// The rows work on the embedded engine too; both forms are held to the same suite wherever they can run.
const forms = backends.flatMap((backend) => [
  ...(backend.name === 'pglite' ? [{ ...backend, form: 'memory' as const }] : []),
  { ...backend, form: 'rows' as const },
])

describe.each(forms)('throttle in $form on $name', ({ form, open }) => {
  let store: Store
  let drop: () => Promise<void>
  let now = 0

  const create = (): Throttle =>
    form === 'memory' ? createMemoryThrottle(() => now) : createSharedThrottle({ db: store.db, holder: 'me', now: () => new Date(now), leaseTtlMs: 60_000 })
  let throttle: Throttle

  beforeAll(async () => {
    ({ store, drop } = await open())
    now = Date.UTC(2026, 2, 14, 12)
    throttle = create()
  })
  afterAll(() => drop())

  it('slides: a place is free exactly 60 s after it was taken', async () => {
    const actor = actorWith(2, null)
    const begun = now
    expect((await throttle.enter(actor)).rate).toEqual({ limit: 2, remaining: 1, windowSeconds: 60, resetSeconds: 60 })
    now += 40_000
    expect((await throttle.enter(actor)).rate).toEqual({ limit: 2, remaining: 0, windowSeconds: 60, resetSeconds: 20 })
    now = begun + 59_999
    await expect(throttle.enter(actor)).rejects.toMatchObject({ code: 'account.rate_limited', facts: { limit: 2, windowSeconds: 60, retryAfterSeconds: 1 } })
    now = begun + 60_000
    await throttle.enter(actor)
    await expect(throttle.enter(actor)).rejects.toMatchObject({ facts: { retryAfterSeconds: 40 } })
  })

  it('only looks where it should not count', async () => {
    const actor = actorWith(2, 2)
    expect(await throttle.look(actor)).toMatchObject({ rate: { remaining: 2 }, concurrency: { limit: 2, running: 0 } })
    const entrance = await throttle.enter(actor)
    expect(await throttle.look(actor)).toMatchObject({ rate: { remaining: 1, resetSeconds: 60 }, concurrency: { limit: 2, running: 1 } })
    await (await throttle.look(actor)).leave()
    await entrance.leave()
    expect(await throttle.look(actor)).toMatchObject({ rate: { remaining: 1 }, concurrency: { running: 0 } })
    expect(await throttle.look(actorWith(null, null))).toMatchObject({ concurrency: { limit: null, running: 0 } })
  })

  it('lets no more run at once than allowed, and a refusal takes no place in the window', async () => {
    const actor = actorWith(10, 2)
    const first = await throttle.enter(actor)
    const second = await throttle.enter(actor)
    expect(second.concurrency).toEqual({ limit: 2, running: 2 })
    await expect(throttle.enter(actor)).rejects.toMatchObject({ code: 'account.concurrency_limited', facts: { limit: 2, running: 2 } })
    await first.leave()
    await first.leave()
    expect((await throttle.enter(actor)).rate?.remaining).toBe(7)
    await expect(throttle.enter(actor)).rejects.toMatchObject({ code: 'account.concurrency_limited' })
  })

  it('counts the running requests of a key without limits', async () => {
    const actor = actorWith(null, null)
    const entrances = await Promise.all([1, 2, 3].map(() => throttle.enter(actor)))
    expect(entrances.map((entrance) => entrance.concurrency)).toEqual([{ limit: null, running: 1 }, { limit: null, running: 2 }, { limit: null, running: 3 }])
    for (const entrance of entrances) await entrance.leave()
    expect((await throttle.look(actor)).concurrency).toEqual({ limit: null, running: 0 })
  })

  it('admits exactly the limit of many at once', async () => {
    const rated = actorWith(37, null)
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => refusal(throttle.enter(rated))))
    expect(outcomes.filter((outcome) => outcome === 'admitted')).toHaveLength(37)
    const crowded = actorWith(null, 5)
    const running = await Promise.all(Array.from({ length: 40 }, () => refusal(throttle.enter(crowded))))
    expect(running.filter((outcome) => outcome === 'admitted')).toHaveLength(5)
  })

  it('a limit of 0 admits nothing', async () => {
    await expect(throttle.enter(actorWith(0, null))).rejects.toMatchObject({ code: 'account.rate_limited' })
    await expect(throttle.enter(actorWith(null, 0))).rejects.toMatchObject({ code: 'account.concurrency_limited' })
  })

  it('stays shut when the clock is set back', async () => {
    const actor = actorWith(1, null)
    await throttle.enter(actor)
    now -= 3_600_000
    await expect(throttle.enter(actor)).rejects.toMatchObject({ code: 'account.rate_limited' })
    now += 3_600_000
  })

  it('forgets only what no window reaches', async () => {
    const actor = actorWith(2, null)
    await throttle.enter(actor)
    now += 30_000
    await throttle.enter(actor)
    await throttle.sweep()
    expect((await throttle.look(actor)).rate?.remaining).toBe(0)
    now += 200_000
    await throttle.sweep()
    expect((await throttle.look(actor)).rate?.remaining).toBe(2)
    expect((await throttle.enter(actor)).rate?.remaining).toBe(1)
  })

  it('counts addresses by the minute', async () => {
    now = Date.UTC(2026, 2, 14, 13, 0, 45)
    const address = `192.0.2.${++keys}`
    expect(await throttle.countAddress(address, 2)).toEqual({ counted: 1, resetMs: 15_000 })
    expect(await throttle.countAddress(address, 2)).toMatchObject({ counted: 2 })
    expect((await throttle.countAddress(address, 2)).counted).toBe(3)
    expect((await throttle.countAddress(address, 2)).counted).toBe(4)
    now += 15_000
    expect(await throttle.countAddress(address, 2)).toEqual({ counted: 1, resetMs: 60_000 })
  })

  it('never admits more than its limit in any 60 s, and never refuses below it', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.oneof(fc.constantFrom(0, 1, 999, 29_999, 30_000, 59_999, 60_000, 60_001), fc.nat(15_000)), { maxLength: 40 }),
      async (limit, gaps) => {
        const actor = actorWith(limit, null)
        const admitted: number[] = []
        for (const gap of gaps) {
          now += gap
          const inWindow = admitted.filter((at) => at > now - 60_000).length
          const outcome = await refusal(throttle.enter(actor))
          expect(outcome).toBe(inWindow < limit ? 'admitted' : 'account.rate_limited')
          if (outcome === 'admitted') admitted.push(now)
        }
        for (const start of admitted) expect(admitted.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(limit)
      },
    )
    await fc.assert(property, { numRuns: form === 'memory' ? 300 : 40 })
  })
})

describe.each(backends)('leases on $name', ({ open }) => {
  it('end by themselves after their process has died, and not before', async () => {
    const { store, drop } = await open()
    let now = Date.UTC(2026, 2, 14, 12)
    const options = { db: store.db, now: () => new Date(now), leaseTtlMs: 60_000 }
    const dead = createSharedThrottle({ ...options, holder: 'dead' })
    const alive = createSharedThrottle({ ...options, holder: 'alive' })
    const actor = actorWith(null, 2)
    await dead.enter(actor)
    const kept = await alive.enter(actor)
    now += 45_000
    await alive.renew()
    await expect(alive.enter(actor)).rejects.toMatchObject({ code: 'account.concurrency_limited' })
    now += 15_000
    expect((await alive.enter(actor)).concurrency.running).toBe(2)
    await expect(alive.enter(actor)).rejects.toMatchObject({ code: 'account.concurrency_limited' })
    await kept.leave()
    expect((await alive.look(actor)).concurrency.running).toBe(1)
    await drop()
  })
})

describe.each(backends)('guardAddress on $name', ({ open }) => {
  it('refuses an address over its limit, and takes all spellings of it and a whole IPv6 /64 as one', async () => {
    const { store, drop } = await open()
    const { meter, time } = await createBench(store, { ipRpm: 3 })
    expect(await meter.guardAddress('203.0.113.9')).toEqual({ limit: 3, remaining: 2, windowSeconds: 60, resetSeconds: 60 })
    await meter.guardAddress('::ffff:203.0.113.9')
    await meter.guardAddress('::ffff:cb00:7109')
    time.now += 20_000
    await expect(meter.guardAddress('203.0.113.9')).rejects.toMatchObject({ code: 'account.ip_rate_limited', facts: { limit: 3, windowSeconds: 60, retryAfterSeconds: 40 } })
    await expect(meter.guardAddress('203.0.113.9')).rejects.toMatchObject({ code: 'account.ip_rate_limited' })
    for (const host of ['1', '2:3:4:5', 'ffff:ffff:ffff:ffff']) await meter.guardAddress(`2001:db8:1:2:${host.includes(':') ? host : `:${host}`}`)
    await expect(meter.guardAddress('2001:db8:1:2::9')).rejects.toMatchObject({ code: 'account.ip_rate_limited' })
    await expect(meter.guardAddress('2001:db8:1:3::9')).resolves.toMatchObject({ remaining: 2 })
    await expect(meter.guardAddress('not an address')).resolves.toMatchObject({ remaining: 2 })
    time.now += 40_000
    await expect(meter.guardAddress('203.0.113.9')).resolves.toMatchObject({ remaining: 2 })
    await drop()
  })

  it('counts nothing where the limit is 0', async () => {
    const { store, drop } = await open()
    const { meter } = await createBench(store, { ipRpm: 0 })
    for (let i = 0; i < 5; i++) expect(await meter.guardAddress('203.0.113.9')).toMatchObject({ limit: 0 })
    await drop()
  })
})

describe('throttle in memory', () => {
  it('is not kept shut by a clock that jumped ahead and came back', async () => {
    let now = Date.UTC(2026, 2, 14, 12)
    const throttle = createMemoryThrottle(() => now)
    const actor = actorWith(1, null)
    now += 3_600_000
    await throttle.enter(actor)
    now -= 3_600_000
    expect(await refusal(throttle.enter(actor))).toBe('account.rate_limited')
    now += 60_001
    expect(await refusal(throttle.enter(actor))).toBe('admitted')
    expect((await throttle.countAddress('192.0.2.1', 5)).resetMs).toBeLessThanOrEqual(60_000)
  })
})
