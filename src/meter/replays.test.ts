import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import { createBench, type Bench } from '../../test/support/metering.ts'
import type { Actor } from '../contract/actor.ts'
import type { Replay } from '../contract/verbs.ts'
import type { Store } from '../store/db.ts'

const reply = { status: 201, headers: { 'content-type': 'application/json', 'x-request-id': 'req_1' }, body: '{"a":"ü"}' }
const input = { key: 'abc', route: 'POST /v1/scrape', digest: 'd1' }

const firstOf = (replay: Replay) => {
  if (replay.kind !== 'first') throw new Error(`expected to be the first, got a ${replay.kind}`)
  return replay
}

describe.each(backends)('idempotency on $name', ({ open }) => {
  let store: Store
  let drop: () => Promise<void>
  let bench: Bench
  let actor: Actor

  beforeAll(async () => {
    ({ store, drop } = await open())
  })
  afterAll(() => drop())

  const fresh = async (): Promise<void> => {
    bench = await createBench(store)
    actor = await bench.actor()
  }

  it('replays the stored reply for the same body for 24 h, then runs again', async () => {
    await fresh()
    await firstOf(await bench.meter.idempotent(actor, input)).finish(reply)
    bench.time.now += 24 * 3_600_000 - 1
    expect(await bench.meter.idempotent(actor, input)).toEqual({ kind: 'replay', reply })
    bench.time.now += 1
    await firstOf(await bench.meter.idempotent(actor, { ...input, digest: 'd2' })).finish({ ...reply, status: 200 })
    expect(await bench.meter.idempotent(actor, { ...input, digest: 'd2' })).toMatchObject({ reply: { status: 200 } })
  })

  it('carries empty and large replies unchanged', async () => {
    await fresh()
    for (const body of ['', '🦜'.repeat(100_000)]) {
      const key = `k${body.length}`
      await firstOf(await bench.meter.idempotent(actor, { ...input, key })).finish({ ...reply, body })
      expect(await bench.meter.idempotent(actor, { ...input, key })).toEqual({ kind: 'replay', reply: { ...reply, body } })
    }
  })

  it('refuses another body, running or done, and a repeat while the first runs', async () => {
    await fresh()
    const first = firstOf(await bench.meter.idempotent(actor, input))
    await expect(bench.meter.idempotent(actor, input)).rejects.toMatchObject({ code: 'caller.idempotency_in_progress' })
    await expect(bench.meter.idempotent(actor, { ...input, digest: 'd2' })).rejects.toMatchObject({ code: 'caller.idempotency_conflict' })
    await first.finish(reply)
    await expect(bench.meter.idempotent(actor, { ...input, digest: 'd2' })).rejects.toMatchObject({ code: 'caller.idempotency_conflict' })
  })

  it('forgets a key whose request should run again', async () => {
    await fresh()
    await firstOf(await bench.meter.idempotent(actor, input)).finish(null)
    firstOf(await bench.meter.idempotent(actor, { ...input, digest: 'd2' }))
  })

  it('lets exactly one of many at once be the first', async () => {
    await fresh()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => bench.meter.idempotent(actor, input).then((replay) => replay.kind, (err: { code: string }) => err.code)))
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 19 }, () => 'caller.idempotency_in_progress'), 'first'])
  })

  it('is kept apart by workspace, route and mode of the key, and shared by the keys of a workspace', async () => {
    await fresh()
    await firstOf(await bench.meter.idempotent(actor, input)).finish(reply)
    expect((await bench.meter.idempotent(await bench.actor(), input)).kind).toBe('replay')
    firstOf(await bench.meter.idempotent(actor, { ...input, route: 'POST /v1/other' }))
    firstOf(await bench.meter.idempotent(await bench.actor({ mode: 'test' }), input))
    const other = await createBench(store)
    firstOf(await other.meter.idempotent(await other.actor(), input))
  })

  it('does not hold a key for ever when its process dies, nor lets the dead one overwrite the second', async () => {
    await fresh()
    const dead = firstOf(await bench.meter.idempotent(actor, input))
    bench.time.now += 59_999
    await expect(bench.meter.idempotent(actor, input)).rejects.toMatchObject({ code: 'caller.idempotency_in_progress' })
    bench.time.now += 1
    const second = firstOf(await bench.meter.idempotent(actor, input))
    await dead.finish({ ...reply, body: 'stale' })
    await dead.finish(null)
    await expect(bench.meter.idempotent(actor, input)).rejects.toMatchObject({ code: 'caller.idempotency_in_progress' })
    await second.finish(reply)
    expect(await bench.meter.idempotent(actor, input)).toEqual({ kind: 'replay', reply })
  })

  it('refuses a key that cannot be one', async () => {
    await fresh()
    for (const key of ['', 'x'.repeat(256), 'a\0b']) await expect(bench.meter.idempotent(actor, { ...input, key })).rejects.toMatchObject({ code: 'caller.invalid_request' })
  })

  it('sweeps what is over', async () => {
    await fresh()
    await firstOf(await bench.meter.idempotent(actor, input)).finish(reply)
    bench.time.now += 25 * 3_600_000
    await bench.meter.sweep()
    expect(await store.db.selectFrom('idempotency').select('key').where('workspace_id', '=', bench.workspaceId).execute()).toEqual([])
  })
})
