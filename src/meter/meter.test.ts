import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import { audit, createBench } from '../../test/support/metering.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../lib/logger.ts'
import type { Store } from '../store/db.ts'

describe.each(backends)('a meter that runs on $name', ({ open }) => {
  let store: Store
  let drop: () => Promise<void>

  beforeAll(async () => {
    ({ store, drop } = await open())
  })
  afterAll(() => drop())

  it('keeps alive what its process holds, and gives back what another held', async () => {
    const gone = await createBench(store, { clock: systemClock, leaseTtlMs: 50 })
    await gone.meter.setMonthlyCredits(gone.workspaceId, 10)
    await gone.meter.admit(await gone.actor(), { requestId: 'lost', credits: 4, policy: 'reserve' })

    const { meter, workspaceId, actor } = await createBench(store, { clock: systemClock, leaseTtlMs: 30_000, sweepEveryMs: 10 })
    await meter.setMonthlyCredits(workspaceId, 10)
    await meter.start()
    const caller = await actor({ concurrency: 1 })
    const permit = await meter.admit(caller, { requestId: 'kept', credits: 4, policy: 'reserve' })
    await meter.idempotent(caller, { key: 'k', route: 'POST /x', digest: 'd' })
    const entrance = await meter.enter(caller, { throttled: true })
    const ends = async () => Promise.all([
      store.db.selectFrom('reservations').select('expires_at as at').where('permit_id', '=', permit.permitId).execute(),
      store.db.selectFrom('idempotency').select('locked_until as at').where('workspace_id', '=', workspaceId).execute(),
      store.db.selectFrom('leases').select('expires_at as at').where('key_id', '=', caller.keyId).execute(),
    ]).then((found) => found.flat().map((row) => row.at.getTime()))
    const first = await ends()
    expect(first).toHaveLength(store.kind === 'postgres' ? 3 : 2)
    await expect.poll(async () => (await ends()).every((at, i) => at > (first[i] ?? Infinity))).toBe(true)
    await expect.poll(async () => (await audit(store, gone.workspaceId)).reserved).toBe(0)
    expect(await audit(store, workspaceId)).toMatchObject({ balance: 6, reserved: 4 })
    await entrance.leave()
    await meter.stop()
  })

  it('tells of a round that failed and goes on with the next', async () => {
    const logger = createLogger('silent')
    const warn = vi.spyOn(logger, 'warn')
    const { meter, workspaceId, actor } = await createBench(store, { clock: systemClock, leaseTtlMs: 50, sweepEveryMs: 10, logger })
    await meter.start()
    await store.db.schema.alterTable('reservations').renameTo('hidden').execute()
    await expect.poll(() => warn.mock.calls.length).toBeGreaterThan(0)
    await store.db.schema.alterTable('hidden').renameTo('reservations').execute()

    const gone = await createBench(store, { clock: systemClock, leaseTtlMs: 50 })
    await gone.meter.setMonthlyCredits(gone.workspaceId, 10)
    await gone.meter.admit(await gone.actor(), { requestId: 'lost', credits: 4, policy: 'reserve' })
    await expect.poll(async () => (await audit(store, gone.workspaceId)).reserved).toBe(0)
    await expect(actor()).resolves.toMatchObject({ workspaceId })
    await Promise.all([meter.stop(), meter.stop()])
  })
})
