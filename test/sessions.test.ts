import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSessionBrowsers } from '../src/browser/index.ts'
import type { Actor } from '../src/contract/actor.ts'
import { freePrices } from '../src/contract/price.ts'
import { sessionDefaults, type SessionBrowsers } from '../src/contract/sessions.ts'
import { createEgress, type Egress } from '../src/egress/index.ts'
import { createLogger } from '../src/lib/logger.ts'
import { createProfiles, createSessions, type Sessions } from '../src/sessions/index.ts'
import { endLost } from '../src/store/sessions.ts'
import { backends } from './support/backends.ts'
import { browserPids, sessionFolders, until } from './support/cdp.ts'
import { startChild } from './support/child.ts'
import { createBench, type Bench } from './support/metering.ts'

const logger = createLogger('silent')
const never = new AbortController().signal

describe.each(backends)('leases of browsers on $name', (backend) => {
  let opened: Awaited<ReturnType<typeof backend.open>>
  let bench: Bench
  let egress: Egress
  let browsers: SessionBrowsers
  let actor: Actor
  const made: Sessions[] = []

  const manager = async (more: object = {}): Promise<Sessions> => {
    const sessions = createSessions({ store: opened.store, meter: bench.meter, browsers, profiles: createProfiles({ store: opened.store, passphrase: 'a passphrase for tests', clock: () => bench.time.now }), clock: () => bench.time.now, logger, address: null, keepMs: 1e9, tickMs: 20, ...more })
    made.push(sessions)
    await sessions.start()
    return sessions
  }
  const origin = { prices: { ...freePrices, session: { start: 1, minute: 2 } }, dialect: 'native', requestId: 'req_1', free: false, isBlocked: () => false }
  const intent = (more: object = {}) => ({ ...sessionDefaults, ...more })
  const ended = async (sessions: Sessions, id: string) => {
    await until(async () => (await sessions.get(actor.workspaceId, id)).state !== 'active')
    return sessions.get(actor.workspaceId, id)
  }

  beforeAll(async () => {
    opened = await backend.open()
    bench = await createBench(opened.store)
    egress = createEgress({ userAgent: 'test', bodyLimitBytes: 1e6, maxRedirects: 1 })
    browsers = await createSessionBrowsers({
      enabled: true, max: 4, bytesMax: 1e10, chromePath: undefined, chromiumDir: undefined, userAgent: 'test', egress: { live: async () => egress, test: async () => egress },
      trustedKeys: { live: async () => [], test: async () => [] }, logger, clock: () => bench.time.now,
    })
    await bench.meter.setMonthlyCredits(bench.workspaceId, 10)
    actor = await bench.actor({ mode: 'live' })
  })
  afterEach(() => Promise.all(made.splice(0).map((sessions) => sessions.stop())))
  afterAll(async () => {
    await egress.close()
    await opened.drop()
  })

  it('end when nobody spoke for too long, and when their time is over', async () => {
    const sessions = await manager()
    const [quiet, long] = await Promise.all([sessions.create(actor, origin, intent({ idleMs: 10_000, ttlMs: 60_000 }), never), sessions.create(actor, origin, intent({ idleMs: 50_000, ttlMs: 50_000 }), never)])
    bench.time.now += 10_001
    expect(await ended(sessions, quiet.id)).toMatchObject({ state: 'stopped', reason: 'idle', credits: 3 })
    expect((await sessions.get(actor.workspaceId, long.id)).state).toBe('active')
    bench.time.now += 40_000
    expect(await ended(sessions, long.id)).toMatchObject({ state: 'expired', reason: 'expired', durationMs: 50_000 })
    expect(await browserPids()).toEqual([])
  })

  it('pay each minute as it begins, and end where the next cannot be paid', async () => {
    const sessions = await manager()
    const { id } = await sessions.create(actor, origin, intent(), never)
    const credits = async () => (await sessions.get(actor.workspaceId, id)).credits
    for (const paid of [5, 7, 9]) {
      bench.time.now += 60_000
      await until(async () => (await credits()) >= paid)
    }
    expect((await bench.meter.credits(actor.workspaceId)).used).toBe(6)
    bench.time.now += 120_000
    await until(async () => (await credits()) >= 13)
    bench.time.now += 60_000
    expect(await ended(sessions, id)).toMatchObject({ state: 'stopped', reason: 'credits', credits: 13 })
    expect((await bench.meter.credits(actor.workspaceId)).used).toBe(10)
  })

  it('are ended by another process when theirs died, and by theirs when another is asked', async () => {
    await bench.meter.setMonthlyCredits(bench.workspaceId, null)
    // Never looks after what it has, as a process that is dead.
    const dead = await manager({ tickMs: 1e9, leaseMs: 1000 })
    const [lost, late] = await Promise.all([dead.create(actor, origin, intent(), never), dead.create(actor, origin, intent({ ttlMs: 20_000 }), never)])
    const other = await manager()
    expect(await other.list(actor.workspaceId)).toHaveLength(opened.store.kind === 'pglite' ? 0 : 2)
    bench.time.now += 60_000
    expect(await ended(other, lost.id)).toMatchObject({ state: 'stopped', reason: 'lost' })
    expect((await ended(other, late.id)).state).toMatch(opened.store.kind === 'pglite' ? 'stopped' : 'expired')
    await endLost(opened.store.db, new Date(bench.time.now), 'nobody')

    const owner = await manager()
    const asked = await owner.create(actor, origin, intent(), never)
    await expect(other.admit(asked.id, asked.token)).rejects.toMatchObject({ code: 'caller.conflict' })
    expect(await other.end(actor.workspaceId, asked.id)).toMatchObject({ state: 'stopped', reason: 'deleted' })
    await Promise.all([dead.stop(), owner.stop()])
    expect(await browserPids()).toEqual([])
  })

  it('take no more than a key may have, whichever process is asked', async () => {
    const narrow = await bench.actor({ mode: 'live', concurrency: 2 })
    const [one, other] = await Promise.all([manager(), manager()])
    const tries = await Promise.allSettled([one, other, one, other].map((sessions) => sessions.create(narrow, origin, intent(), never)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    expect(tries.flatMap((tried) => (tried.status === 'rejected' ? [(tried.reason as { code: string }).code] : []))).toEqual(['account.concurrency_limited', 'account.concurrency_limited'])
    await Promise.all([one.stop(), other.stop()])
    expect(await other.list(narrow.workspaceId)).toEqual([])
  })

  it('are not begun, nor kept, for a caller who hung up', async () => {
    const sessions = await manager()
    const hung = new AbortController()
    const creating = sessions.create(actor, origin, intent(), hung.signal)
    hung.abort(new Error('hung up'))
    await expect(creating).rejects.toThrow('hung up')
    await until(async () => (await browserPids()).length === 0)
    expect(await sessions.list(actor.workspaceId)).toEqual([])
  })
})

it('leave no browser behind when their process is killed, and the next process clears their folder', async () => {
  const child = startChild('./session-process.ts', [])
  expect(await child.line()).toBe('open')
  expect(await sessionFolders(child.pid)).toHaveLength(1)
  expect((await browserPids(child.pid)).length).toBeGreaterThan(0)
  child.kill('SIGKILL')
  await child.exited
  await until(async () => (await browserPids(child.pid)).length === 0)
  const egress = createEgress({ userAgent: 'test', bodyLimitBytes: 1e6, maxRedirects: 1 })
  await createSessionBrowsers({
    enabled: true, max: 1, bytesMax: 1e10, chromePath: undefined, chromiumDir: undefined, userAgent: 'test', egress: { live: async () => egress, test: async () => egress },
    trustedKeys: { live: async () => [], test: async () => [] }, logger, clock: Date.now,
  })
  await until(async () => (await sessionFolders(child.pid)).length === 0)
  await egress.close()
})
