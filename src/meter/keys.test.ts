import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import { createBench } from '../../test/support/metering.ts'
import { createMeter } from './meter.ts'
import type { Store } from '../store/db.ts'
import { displayPrefix, newSecret } from './secret.ts'

describe.each(backends)('keys on $name', ({ open }) => {
  let store: Store
  let drop: () => Promise<void>

  beforeAll(async () => {
    ({ store, drop } = await open())
  })
  afterAll(() => drop())

  it('are shown once and stored as a hash only', async () => {
    const { meter, workspaceId } = await createBench(store)
    const { key, secret } = await meter.keys.create(workspaceId, { name: 'agent', mode: 'test' })
    expect(secret).toMatch(/^lb_test_[0-9a-z]{36}$/)
    expect(key).toEqual({
      id: expect.stringMatching(/^key_/), name: 'agent', prefix: secret.slice(0, 12), lastFour: secret.slice(-4), mode: 'test', scopes: ['scrape', 'read'], urlBlocklist: [], index: true,
      rpm: null, concurrency: null, creditLimit: null, dailyCreditCap: null, creditsUsed: 0,
      createdAt: '2026-03-14T12:00:00.000Z', lastUsedAt: null, expiresAt: null, revokedAt: null,
    })
    expect(JSON.stringify(await meter.keys.list(workspaceId))).not.toContain(secret.slice(12))
    const row = await store.db.selectFrom('keys').selectAll().where('id', '=', key.id).executeTakeFirstOrThrow()
    expect(row.hash.byteLength).toBe(32)
    expect(JSON.stringify(row)).not.toContain(secret.slice(12))
  })

  it('carry their limits, scopes and blocklist to the actor', async () => {
    const { meter, workspaceId } = await createBench(store)
    const limits = { rpm: 60, concurrency: 5, creditLimit: 100, dailyCreditCap: 10 }
    const { key, secret } = await meter.keys.create(workspaceId, { name: 'k', scopes: ['admin'], urlBlocklist: ['*.example.com', 'https://a.test/x,{"y"}'], ...limits })
    expect(await meter.authenticate(secret)).toEqual({
      workspaceId, keyId: key.id, keyName: 'k', mode: 'live', scopes: ['admin'], limits, urlBlocklist: ['*.example.com', 'https://a.test/x,{"y"}'], index: true,
    })
    expect(key).toMatchObject({ ...limits, scopes: ['admin'] })
  })

  it('that are missing, unknown, too long, revoked or expired are told apart', async () => {
    const { meter, workspaceId, time } = await createBench(store)
    await expect(meter.authenticate(undefined)).rejects.toMatchObject({ code: 'account.missing_key' })
    await expect(meter.authenticate('')).rejects.toMatchObject({ code: 'account.missing_key' })
    for (const secret of [newSecret('live'), 'x', 'lb_live_\0', 'y'.repeat(100_000)]) await expect(meter.authenticate(secret)).rejects.toMatchObject({ code: 'account.invalid_key' })

    const expiring = await meter.keys.create(workspaceId, { name: 'e', expiresAt: '2026-03-14T12:00:10.000Z' })
    await meter.authenticate(expiring.secret)
    time.now += 10_000
    await expect(meter.authenticate(expiring.secret)).rejects.toMatchObject({ code: 'account.expired_key', facts: { expiredAt: '2026-03-14T12:00:10.000Z' } })

    const revoked = await meter.keys.create(workspaceId, { name: 'r' })
    await meter.authenticate(revoked.secret)
    expect(await meter.keys.revoke(workspaceId, revoked.key.id)).toMatchObject({ revokedAt: '2026-03-14T12:00:10.000Z' })
    await expect(meter.authenticate(revoked.secret)).rejects.toMatchObject({ code: 'account.revoked_key' })
    time.now += 5_000
    expect(await meter.keys.revoke(workspaceId, revoked.key.id)).toMatchObject({ revokedAt: '2026-03-14T12:00:10.000Z' })
  })

  it('revoked elsewhere stop within a second here', async () => {
    const { meter, workspaceId } = await createBench(store)
    const elsewhere = createMeter({ store, ipRpm: 0, historyDays: 0 })
    const { key, secret } = await meter.keys.create(workspaceId, { name: 'k' })
    const clock = vi.spyOn(performance, 'now')
    try {
      let now = 1_000_000
      clock.mockImplementation(() => now)
      await meter.authenticate(secret)
      await elsewhere.keys.revoke(workspaceId, key.id)
      now += 500
      await expect(meter.authenticate(secret)).resolves.toMatchObject({ keyId: key.id })
      now += 500
      await expect(meter.authenticate(secret)).rejects.toMatchObject({ code: 'account.revoked_key' })
    } finally {
      clock.mockRestore()
    }
  })

  it('rotate to another secret and keep everything else', async () => {
    const { meter, workspaceId } = await createBench(store)
    const { key, secret } = await meter.keys.create(workspaceId, { name: 'k', rpm: 7, mode: 'test' })
    await meter.authenticate(secret)
    const rotated = await meter.keys.rotate(workspaceId, key.id)
    expect(rotated.secret).toMatch(/^lb_test_/)
    expect(rotated.key).toMatchObject({ ...key, prefix: displayPrefix(rotated.secret), lastFour: rotated.secret.slice(-4), lastUsedAt: rotated.key.lastUsedAt })
    await expect(meter.authenticate(secret)).rejects.toMatchObject({ code: 'account.invalid_key' })
    await expect(meter.authenticate(rotated.secret)).resolves.toMatchObject({ keyId: key.id, limits: { rpm: 7 } })
    await meter.keys.revoke(workspaceId, key.id)
    await expect(meter.keys.rotate(workspaceId, key.id)).rejects.toMatchObject({ code: 'caller.conflict', facts: { state: 'revoked' } })
    await expect(meter.authenticate(rotated.secret)).rejects.toMatchObject({ code: 'account.revoked_key' })
  })

  it('of other workspaces cannot be seen or touched', async () => {
    const { meter, workspaceId } = await createBench(store)
    const other = await createBench(store)
    const { key, secret } = await other.meter.keys.create(other.workspaceId, { name: 'theirs' })
    for (const act of ['get', 'revoke', 'rotate'] as const) await expect(meter.keys[act](workspaceId, key.id)).rejects.toMatchObject({ code: 'caller.not_found', facts: { kind: 'key', id: key.id } })
    expect(await meter.keys.list(workspaceId)).toEqual([])
    await expect(meter.authenticate(secret)).resolves.toMatchObject({ workspaceId: other.workspaceId })
  })

  it('note when they were last used, at most once a minute', async () => {
    const { meter, workspaceId, time } = await createBench(store)
    const { key, secret } = await meter.keys.create(workspaceId, { name: 'k' })
    const lastUsed = async (): Promise<string | null> => {
      await meter.stop()
      return (await meter.keys.get(workspaceId, key.id)).lastUsedAt
    }
    await meter.authenticate(secret)
    expect(await lastUsed()).toBe('2026-03-14T12:00:00.000Z')
    time.now += 59_000
    await meter.authenticate(secret)
    expect(await lastUsed()).toBe('2026-03-14T12:00:00.000Z')
    time.now += 1_000
    await meter.authenticate(secret)
    expect(await lastUsed()).toBe('2026-03-14T12:01:00.000Z')
  })

  it('given by the operator are created once, by however many processes, and kept', async () => {
    const meters = [1, 2, 3].map(() => createMeter({ store, ipRpm: 0, historyDays: 0 }))
    const [meter] = meters
    if (!meter) throw new Error('no meter')
    const secret = `operator-${newSecret('live')}`
    const keys = await Promise.all(meters.map((each) => each.keys.bootstrap(secret, 'live')))
    expect(new Set(keys.map((key) => key.id)).size).toBe(1)
    expect(keys[0]).toMatchObject({ mode: 'live', scopes: ['scrape', 'read', 'admin', 'evaluate'], prefix: 'operator-lb_' })
    await expect(meter.authenticate(secret)).resolves.toMatchObject({ workspaceId: 'default' })
    await meter.keys.revoke('default', keys[0]?.id ?? '')
    expect(await meter.keys.bootstrap(secret, 'live')).toMatchObject({ id: keys[0]?.id, revokedAt: expect.any(String) })
    await expect(meter.authenticate(secret)).rejects.toMatchObject({ code: 'account.revoked_key' })
  })

  it('with a date that is none are refused as invalid', async () => {
    const { meter, workspaceId } = await createBench(store)
    await expect(meter.keys.create(workspaceId, { name: 'k', expiresAt: 'tomorrow' })).rejects.toMatchObject({ code: 'caller.invalid_request', facts: { issues: [{ path: ['expires_at'] }] } })
  })
})

describe('secrets', () => {
  it('differ, and show too little of a short one to guess the rest', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newSecret('live'))).size).toBe(1_000)
    expect(displayPrefix('sixteen-letters!')).toBe('sixte')
  })
})
