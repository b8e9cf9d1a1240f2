import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import { createBench, entryOf } from '../../test/support/metering.ts'
import { fail } from '../failure/failure.ts'
import type { Store } from '../store/db.ts'

describe.each(backends)('history on $name', ({ open }) => {
  let store: Store
  let drop: () => Promise<void>

  beforeAll(async () => {
    ({ store, drop } = await open())
  })
  afterAll(() => drop())

  it('keeps the whole record of a request, redacted', async () => {
    const { meter, workspaceId, actor } = await createBench(store)
    const failure = fail('target.http_error', { status: 503 }, { evidence: [{ tier: 'http', ms: 12.5, outcome: 'status', status: 503 }] }).toJSON()
    const entry = entryOf(await actor(), {
      id: 'caller-chosen', status: 502, failure, evidence: failure.evidence, timings: { fetch: 12.5 }, intent: { url: 'https://a.test/', headers: { cookie: 'S3' } }, url: 'https://a.test/?token=S3', verb: null,
    })
    await meter.record(entry)
    const { workspaceId: _, ...record } = entry
    expect(await meter.requests.get(workspaceId, 'caller-chosen')).toEqual({ ...record, intent: { url: 'https://a.test/', headers: { cookie: '[redacted]' } }, url: 'https://a.test/?token=[redacted]' })
  })

  it('finds the newest of one id, and none of another workspace', async () => {
    const { meter, workspaceId, actor } = await createBench(store)
    const other = await createBench(store)
    const caller = await actor()
    await meter.record(entryOf(caller, { id: 'twice', status: 200 }))
    await meter.record(entryOf(caller, { id: 'twice', status: 404 }))
    expect(await meter.requests.get(workspaceId, 'twice')).toMatchObject({ status: 404 })
    await expect(meter.requests.get(other.workspaceId, 'twice')).rejects.toMatchObject({ code: 'caller.not_found', facts: { kind: 'request', id: 'twice' } })
    expect((await other.meter.requests.list(other.workspaceId, { limit: 10 })).items).toEqual([])
  })

  it('lists newest first, page by page, without loss or repetition while more come in', async () => {
    const { meter, workspaceId, actor } = await createBench(store)
    const caller = await actor()
    for (let i = 0; i < 7; i++) await meter.record(entryOf(caller, { id: `r${i}` }))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await meter.requests.list(workspaceId, { limit: 3, ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map((item) => item.id))
      cursor = page.nextCursor ?? undefined
      await meter.record(entryOf(caller, { id: 'late' }))
    } while (cursor)
    expect(seen).toEqual(['r6', 'r5', 'r4', 'r3', 'r2', 'r1', 'r0'])
    expect(await meter.requests.list(workspaceId, { limit: 3, cursor: "1' or 1=1" })).toEqual({ items: [], nextCursor: null })
  })

  it('filters by dialect, verb and outcome', async () => {
    const { meter, workspaceId, actor } = await createBench(store)
    const caller = await actor()
    await meter.record(entryOf(caller, { id: 'a', dialect: 'reader' }))
    await meter.record(entryOf(caller, { id: 'b', verb: 'credits' }))
    await meter.record(entryOf(caller, { id: 'c', failure: fail('content.empty').toJSON() }))
    const ids = async (query: object) => (await meter.requests.list(workspaceId, { limit: 10, ...query })).items.map((item) => item.id)
    expect(await ids({ dialect: 'reader' })).toEqual(['a'])
    expect(await ids({ verb: 'credits' })).toEqual(['b'])
    expect(await ids({ failed: true })).toEqual(['c'])
    expect(await ids({ failed: false })).toEqual(['b', 'a'])
  })

  it('stores texts that a database refuses', async () => {
    const { meter, workspaceId, actor } = await createBench(store)
    await meter.record(entryOf(await actor(), { id: 'odd', url: 'https://a.test/\0\ud800x', path: '/\0', intent: { '\0': 'a\0b\udfff', fine: '🦜 \\u0000' } }))
    expect(await meter.requests.get(workspaceId, 'odd')).toMatchObject({ url: 'https://a.test/\ufffd\ufffdx', path: '/\ufffd', intent: { '\ufffd': 'a\ufffdb\ufffd' } })
  })

  it('fails only the record that cannot be stored, not those that shared its batch', async () => {
    const { meter, workspaceId, actor } = await createBench(store)
    const caller = await actor()
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => meter.record(entryOf(caller, { id: `r${i}`, status: i === 5 ? 1e300 : 200 }))))
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array.from({ length: 10 }, (_, i) => (i === 5 ? 'rejected' : 'fulfilled')))
    expect((await meter.requests.list(workspaceId, { limit: 20 })).items.map((item) => item.id).toSorted()).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9].map((i) => `r${i}`))
  })

  it('is swept after its days, and not kept at all where they are 0', async () => {
    const { meter, workspaceId, time, actor } = await createBench(store, { historyDays: 30 })
    const caller = await actor()
    await meter.record(entryOf(caller, { id: 'old', at: new Date(time.now - 30 * 86_400_000 - 1).toISOString() }))
    await meter.record(entryOf(caller, { id: 'young', at: new Date(time.now - 30 * 86_400_000).toISOString() }))
    await meter.sweep()
    expect((await meter.requests.list(workspaceId, { limit: 10 })).items.map((item) => item.id)).toEqual(['young'])

    const none = await createBench(store, { historyDays: 0 })
    const other = await none.actor()
    await none.meter.record(entryOf(other))
    await none.meter.settle(await none.meter.admit(other, { requestId: 'r', credits: 3, policy: 'reserve' }), { credits: 3, record: entryOf(other) })
    expect((await none.meter.requests.list(none.workspaceId, { limit: 10 })).items).toEqual([])
    expect(await none.meter.credits(none.workspaceId)).toMatchObject({ used: 3 })
  })

  it('sums what was used by day and key', async () => {
    const { meter, workspaceId, time, actor } = await createBench(store)
    const [a, b] = [await actor(), await actor()]
    const spend = async (caller: typeof a, credits: number) => meter.settle(await meter.admit(caller, { requestId: 'r', credits, policy: 'reserve' }), { credits })
    await spend(a, 1)
    await spend(a, 2)
    await spend(b, 4)
    time.now += 86_400_000
    await spend(a, 8)
    const days = await meter.usage.days(workspaceId, '2026-03-14')
    expect(days).toHaveLength(3)
    expect(days).toEqual(expect.arrayContaining([
      { day: '2026-03-14', keyId: a.keyId, credits: 3, requests: 2 },
      { day: '2026-03-14', keyId: b.keyId, credits: 4, requests: 1 },
      { day: '2026-03-15', keyId: a.keyId, credits: 8, requests: 1 },
    ]))
    expect(await meter.usage.days(workspaceId, '2026-03-15')).toHaveLength(1)
    expect((await meter.keys.get(workspaceId, a.keyId)).creditsUsed).toBe(11)
    const first = await meter.usage.ledger(workspaceId, { limit: 3 })
    const rest = await meter.usage.ledger(workspaceId, { limit: 3, cursor: first.nextCursor ?? '' })
    expect([...first.items, ...rest.items].map((item) => item.used)).toEqual([8, 4, 2, 1])
    expect(rest.nextCursor).toBeNull()
  })
})
