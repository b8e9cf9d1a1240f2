import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import { audit, createBench, entryOf } from '../../test/support/metering.ts'
import type { Store } from '../store/db.ts'
import type { Permit } from './permits.ts'

describe.each(backends)('credits on $name', ({ name, open }) => {
  let store: Store
  let drop: () => Promise<void>

  beforeAll(async () => {
    ({ store, drop } = await open())
  })
  afterAll(() => drop())

  const limited = async (monthly: number, key = {}) => {
    const bench = await createBench(store)
    await bench.meter.setMonthlyCredits(bench.workspaceId, monthly)
    return { ...bench, actor: await bench.actor(key) }
  }

  it('are unlimited by default, and used ones are still counted and kept in the ledger', async () => {
    const { meter, workspaceId, actor } = await createBench(store)
    const caller = await actor()
    const permit = await meter.admit(caller, { requestId: 'r1', credits: 50, policy: 'reserve' })
    expect(permit.reserved).toBe(false)
    await meter.settle(permit, { credits: 7, record: entryOf(caller) })
    expect(await meter.credits(workspaceId)).toEqual({ unlimited: true, balance: null, used: 7, limit: null, resetAt: '2026-04-01T00:00:00.000Z' })
    expect((await meter.usage.ledger(workspaceId, { limit: 10 })).items).toMatchObject([{ kind: 'settle', amount: 0, used: 7, keyId: caller.keyId, requestId: 'r1' }])
    expect((await meter.requests.get(workspaceId, 'req_1')).credits).toBe(7)
  })

  it('are reserved on admission, settled at what it came to, and released on failure', async () => {
    const { meter, workspaceId, actor } = await limited(10)
    const first = await meter.admit(actor, { requestId: 'r1', credits: 6, policy: 'reserve' })
    expect(await meter.credits(workspaceId)).toMatchObject({ unlimited: false, balance: 4, used: 0, limit: 10 })
    await expect(meter.admit(actor, { requestId: 'r2', credits: 5, policy: 'reserve' })).rejects.toMatchObject({
      code: 'account.insufficient_credits', facts: { required: 5, available: 4, resetAt: '2026-04-01T00:00:00.000Z' },
    })
    await meter.settle(first, { credits: 2 })
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 8, used: 2 })
    const second = await meter.admit(actor, { requestId: 'r3', credits: 8, policy: 'reserve' })
    await meter.release(second, entryOf(actor, { id: 'req_failed', credits: 8, status: 502 }))
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 8, used: 2 })
    expect(await meter.requests.get(workspaceId, 'req_failed')).toMatchObject({ credits: 0, status: 502 })
    expect(await audit(store, workspaceId)).toEqual({ balance: 8, ledgerSum: 8, reserved: 0, used: 2 })
  })

  it('change once, however often a permit is settled or released', async () => {
    const { meter, workspaceId, actor } = await limited(10)
    const permit = await meter.admit(actor, { requestId: 'r', credits: 6, policy: 'reserve' })
    await Promise.all([1, 2, 3].map(() => meter.settle(permit, { credits: 2, record: entryOf(actor) })))
    await meter.release(permit)
    await meter.release(permit)
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 8, used: 2 })
    expect((await meter.requests.list(workspaceId, { limit: 10 })).items).toHaveLength(1)

    const released = await meter.admit(actor, { requestId: 'r', credits: 6, policy: 'reserve' })
    await meter.release(released, entryOf(actor, { id: 'req_2' }))
    await meter.release(released, entryOf(actor, { id: 'req_2' }))
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 8, used: 2 })
    expect((await meter.requests.list(workspaceId, { limit: 10 })).items).toHaveLength(2)
  })

  it('bill more than was reserved as far as the balance goes', async () => {
    const { meter, workspaceId, actor } = await limited(10)
    const permit = await meter.admit(actor, { requestId: 'r', credits: 3, policy: 'reserve' })
    await meter.settle(permit, { credits: 5 })
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 5, used: 5 })
    const over = await meter.admit(actor, { requestId: 'r', credits: 1, policy: 'reserve' })
    await meter.settle(over, { credits: 100 })
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 0, used: 105 })
    await audit(store, workspaceId)
  })

  it('that were topped up pay for more than was reserved, too', async () => {
    const { meter, workspaceId, time, actor } = await limited(0)
    await meter.topUp(workspaceId, 5)
    await meter.settle(await meter.admit(actor, { requestId: 'r', credits: 2, policy: 'reserve' }), { credits: 4 })
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 1, used: 4 })
    time.now += 31 * 86_400_000
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 1, used: 0 })
    await audit(store, workspaceId)
  })

  it('never bill a test key, nor keep it from working without credits', async () => {
    const { meter, workspaceId, actor } = await limited(0, { mode: 'test' })
    const permit = await meter.admit(actor, { requestId: 'r', credits: 5, policy: 'reserve' })
    await meter.settle(permit, { credits: 5, record: entryOf(actor) })
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 0, used: 0 })
    expect(await meter.requests.get(workspaceId, 'req_1')).toMatchObject({ credits: 0, mode: 'test' })
    await expect(meter.admit(actor, { requestId: 'r', credits: 5, policy: 'gate' })).resolves.toMatchObject({ free: true })
  })

  it('admit what costs nothing when none are left, except behind a gate', async () => {
    const { meter, actor } = await limited(0)
    await expect(meter.admit(actor, { requestId: 'r', credits: 0, policy: 'reserve' })).resolves.toMatchObject({ reserved: false })
    await expect(meter.admit(actor, { requestId: 'r', credits: 0, policy: 'gate' })).rejects.toMatchObject({ code: 'account.insufficient_credits' })
  })

  it('behind a gate are refused once used reaches the limit, and reserve nothing', async () => {
    const { meter, workspaceId, actor } = await limited(5)
    const permits = await Promise.all([1, 2].map((i) => meter.admit(actor, { requestId: `r${i}`, credits: 4, policy: 'gate' })))
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 5, used: 0 })
    for (const permit of permits) await meter.settle(permit, { credits: 4 })
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 0, used: 8, limit: 5 })
    await expect(meter.admit(actor, { requestId: 'r3', credits: 4, policy: 'gate' })).rejects.toMatchObject({ code: 'account.insufficient_credits', facts: { required: 4, available: 0 } })
    await audit(store, workspaceId)
  })

  it('of a key end at its own limit, for its lifetime and per day', async () => {
    const { meter, time, actor } = await createBench(store)
    const lifetime = await actor({ creditLimit: 10 })
    const one = await meter.admit(lifetime, { requestId: 'r', credits: 6, policy: 'reserve' })
    await expect(meter.admit(lifetime, { requestId: 'r', credits: 5, policy: 'reserve' })).rejects.toMatchObject({ code: 'account.insufficient_credits', facts: { required: 5, available: 4, resetAt: null } })
    await meter.settle(one, { credits: 10 })
    await expect(meter.admit(lifetime, { requestId: 'r', credits: 1, policy: 'gate' })).rejects.toMatchObject({ code: 'account.insufficient_credits' })
    time.now += 365 * 86_400_000
    await expect(meter.admit(lifetime, { requestId: 'r', credits: 1, policy: 'reserve' })).rejects.toMatchObject({ code: 'account.insufficient_credits' })

    time.now = Date.UTC(2026, 2, 14, 23, 59)
    const daily = await actor({ dailyCreditCap: 10 })
    const refused = { code: 'account.daily_cap_exceeded', facts: { cap: 10, resetAt: '2026-03-15T00:00:00.000Z' } }
    const two = await meter.admit(daily, { requestId: 'r', credits: 10, policy: 'reserve' })
    await expect(meter.admit(daily, { requestId: 'r', credits: 1, policy: 'reserve' })).rejects.toMatchObject(refused)
    await expect(meter.admit(daily, { requestId: 'r', credits: 0, policy: 'gate' })).rejects.toMatchObject(refused)
    await meter.release(two)
    const three = await meter.admit(daily, { requestId: 'r', credits: 4, policy: 'reserve' })
    time.now += 120_000
    await meter.settle(three, { credits: 4 })
    const four = await meter.admit(daily, { requestId: 'r', credits: 6, policy: 'reserve' })
    await expect(meter.admit(daily, { requestId: 'r', credits: 1, policy: 'reserve' })).rejects.toMatchObject({ code: 'account.daily_cap_exceeded' })
    await meter.release(four)
  })

  it('leave the workspace untouched when the key has none left', async () => {
    const { meter, workspaceId, actor } = await limited(100, { creditLimit: 3 })
    await expect(meter.admit(actor, { requestId: 'r', credits: 4, policy: 'reserve' })).rejects.toMatchObject({ code: 'account.insufficient_credits', facts: { available: 3 } })
    expect(await audit(store, workspaceId)).toMatchObject({ balance: 100, reserved: 0 })
  })

  it('are granted anew each month; what was topped up stays and is spent last', async () => {
    const { meter, workspaceId, time, actor } = await limited(10)
    await meter.topUp(workspaceId, 5, 'gift')
    const spend = async (credits: number) => meter.settle(await meter.admit(actor, { requestId: 'r', credits, policy: 'reserve' }), { credits })
    await spend(12)
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 3, used: 12 })
    time.now = Date.UTC(2026, 3, 1)
    expect(await meter.credits(workspaceId)).toEqual({ unlimited: false, balance: 13, used: 0, limit: 10, resetAt: '2026-05-01T00:00:00.000Z' })
    await spend(4)
    time.now = Date.UTC(2026, 8, 30)
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 13, used: 0 })
    const kinds = (await meter.usage.ledger(workspaceId, { limit: 100 })).items.map(({ kind, amount }) => [kind, amount])
    expect(kinds.slice(0, 2)).toEqual([['grant', 10], ['expire', -6]])
    await audit(store, workspaceId)
  })

  it('held over the end of a month come back only as far as they were topped up', async () => {
    const { meter, workspaceId, time, actor } = await limited(10)
    await meter.topUp(workspaceId, 5)
    const permit = await meter.admit(actor, { requestId: 'r', credits: 12, policy: 'reserve' })
    time.now = Date.UTC(2026, 3, 1)
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 13 })
    await meter.release(permit)
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 15 })
    await audit(store, workspaceId)
  })

  it('used this month count towards a new limit, whichever way it is changed', async () => {
    const { meter, workspaceId, actor } = await createBench(store)
    const caller = await actor()
    await meter.settle(await meter.admit(caller, { requestId: 'r', credits: 8, policy: 'reserve' }), { credits: 8 })
    expect(await meter.setMonthlyCredits(workspaceId, 20)).toMatchObject({ balance: 12, used: 8, limit: 20 })
    expect(await meter.setMonthlyCredits(workspaceId, 5)).toMatchObject({ balance: 0, used: 8, limit: 5 })
    expect(await meter.topUp(workspaceId, 3)).toMatchObject({ balance: 3 })
    expect(await meter.setMonthlyCredits(workspaceId, 10)).toMatchObject({ balance: 5 })
    expect(await meter.setMonthlyCredits(workspaceId, null)).toMatchObject({ unlimited: true, balance: null })
    expect(await audit(store, workspaceId)).toMatchObject({ balance: 3 })
  })

  it('come back when the lease of a reservation ends, and its late settlement is still exact', async () => {
    const { meter, workspaceId, time, actor } = await limited(10)
    const permit = await meter.admit(actor, { requestId: 'r', credits: 6, policy: 'reserve' })
    time.now += 59_000
    expect(await meter.sweep()).toBe(0)
    time.now += 1_000
    expect(await meter.sweep()).toBe(1)
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 10, used: 0 })
    await meter.settle(permit, { credits: 4, record: entryOf(actor) })
    expect(await meter.credits(workspaceId)).toMatchObject({ balance: 6, used: 4 })
    expect(await meter.sweep()).toBe(0)
    expect((await meter.usage.ledger(workspaceId, { limit: 10 })).items.map((item) => [item.kind, item.amount, item.note]))
      .toEqual([['settle', -4, null], ['release', 6, 'expired'], ['reserve', -6, null], ['limit', 10, '10']])
    const swept = await meter.admit(actor, { requestId: 'r', credits: 2, policy: 'reserve' })
    time.now += 60_000
    await meter.sweep()
    await meter.release(swept, entryOf(actor, { id: 'req_late' }))
    expect(await meter.requests.get(workspaceId, 'req_late')).toMatchObject({ credits: 0 })
    await audit(store, workspaceId)
  })

  it('never go below zero under 200 requests at once', async () => {
    const { meter, workspaceId, actor } = await limited(100)
    const outcomes = await Promise.all(Array.from({ length: 200 }, async (_, i) => {
      try {
        const permit = await meter.admit(actor, { requestId: `r${i}`, credits: 3, policy: 'reserve' })
        if (i % 4 === 0) await meter.release(permit)
        else await meter.settle(permit, { credits: i % 4, record: entryOf(actor, { id: `r${i}` }) })
        return i % 4
      } catch (err) {
        expect(err).toMatchObject({ code: 'account.insufficient_credits' })
        return 0
      }
    }))
    const used = outcomes.reduce((sum, credits) => sum + credits, 0)
    expect(await audit(store, workspaceId)).toEqual({ balance: 100 - used, ledgerSum: 100 - used, reserved: 0, used })
    expect((await meter.keys.get(workspaceId, actor.keyId)).creditsUsed).toBe(used)
  })

  it('refuse a price that is no whole number as our own mistake', async () => {
    const { meter, actor } = await limited(100)
    for (const credits of [0.5, -1, Number.NaN, Infinity]) await expect(meter.admit(actor, { requestId: 'r', credits, policy: 'reserve' })).rejects.toThrow(/no number of credits/)
  })

  it('of workspaces that do not exist are not found', async () => {
    const { meter } = await createBench(store)
    await expect(meter.credits('nowhere')).rejects.toMatchObject({ code: 'caller.not_found', facts: { kind: 'workspace', id: 'nowhere' } })
    await expect(meter.topUp('nowhere', 1)).rejects.toMatchObject({ code: 'caller.not_found' })
  })

  it('obey the model for any sequence of events', { timeout: 120_000 }, async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('admit' as const), credits: fc.integer({ min: 0, max: 8 }), gate: fc.boolean() }) },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('settle' as const), which: fc.nat(20), credits: fc.integer({ min: 0, max: 10 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat(20) }) },
      fc.record({ kind: fc.constant('top_up' as const), credits: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ kind: fc.constant('limit' as const), credits: fc.option(fc.integer({ min: 0, max: 30 })) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 30_000, 86_400_000, 31 * 86_400_000) }),
      fc.record({ kind: fc.constant('sweep' as const) }),
    )
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { meter, workspaceId, time, actor } = await createBench(store)
      await meter.setMonthlyCredits(workspaceId, 20)
      const caller = await actor({ dailyCreditCap: 1_000 })
      const open: Permit[] = []
      let used = 0
      const settled = new Set<Permit>()
      for (const event of steps) {
        switch (event.kind) {
          case 'admit': {
            const before = await audit(store, workspaceId)
            const isLimited = !(await meter.credits(workspaceId)).unlimited
            const permit = await meter.admit(caller, { requestId: 'r', credits: event.credits, policy: event.gate ? 'gate' : 'reserve' }).catch((err: { code: string }) => err.code)
            if (typeof permit === 'string') expect(permit).toBe('account.insufficient_credits')
            else open.push(permit)
            const refused = typeof permit === 'string'
            // A month may have begun between the two looks, which only ever grants.
            const left = refused ? (await audit(store, workspaceId)).balance : before.balance
            if (refused) expect(isLimited && (event.gate ? left <= 0 : left < event.credits)).toBe(true)
            break
          }
          case 'settle': {
            const permit = open[event.which]
            if (permit) {
              await meter.settle(permit, { credits: event.credits })
              // A permit that was released without a reservation left no trace to know it by; a caller ends each once.
              open.splice(event.which, 1)
              if (!settled.has(permit)) used += event.credits
              settled.add(permit)
            }
            break
          }
          case 'release': {
            const permit = open[event.which]
            if (permit) {
              await meter.release(permit)
              open.splice(event.which, 1)
            }
            break
          }
          case 'top_up': await meter.topUp(workspaceId, event.credits); break
          case 'limit': await meter.setMonthlyCredits(workspaceId, event.credits); break
          case 'wait': time.now += event.ms; break
          case 'sweep': await meter.sweep(); break
        }
        expect((await audit(store, workspaceId)).used).toBe(used)
      }
      for (const permit of open) await meter.release(permit)
      time.now += 3_600_000
      await meter.sweep()
      expect(await audit(store, workspaceId)).toMatchObject({ reserved: 0, used })
      const { rows } = await sql<{ spent: number; used: number }>`select spent, (select coalesce(sum(credits), 0)::bigint from usage_days u where u.key_id = k.id) as used from keys k where id = ${caller.keyId}`.execute(store.db)
      expect(rows[0]).toEqual({ spent: used, used })
    })
    await fc.assert(property, { numRuns: name === 'pglite' ? 60 : 25 })
  })
})
