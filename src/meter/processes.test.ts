import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command, createDatabase, servers, template } from '../../test/support/backends.ts'
import { startChild, type Child } from '../../test/support/child.ts'
import type { HammerLine, HammerOptions } from '../../test/support/hammer.ts'
import { audit } from '../../test/support/metering.ts'
import type { NewKey } from '../contract/actor.ts'
import { openStore, type Store, type StoreOptions } from '../store/db.ts'
import { createMeter } from './meter.ts'

const children: Child[] = []

const hammer = (options: HammerOptions): Child => {
  const child = startChild('hammer.ts', [JSON.stringify(options)])
  children.push(child)
  return child
}

const readUntil = async (child: Child, lines: HammerLine[], enough: (lines: readonly HammerLine[]) => boolean): Promise<HammerLine[]> => {
  while (!enough(lines)) lines.push(JSON.parse(await child.line()) as HammerLine)
  return lines
}

/** Lines that were written before the process was killed and not read yet. */
const readRest = async (child: Child, lines: HammerLine[]): Promise<HammerLine[]> => {
  for (;;) {
    const line = await child.line().catch(() => undefined)
    if (line === undefined) return lines
    lines.push(JSON.parse(line) as HammerLine)
  }
}

const all = async (child: Child): Promise<HammerLine[]> => readUntil(child, [], (lines) => lines.at(-1)?.kind === 'done')
const settled = (lines: readonly HammerLine[]) => lines.filter((line) => line.kind === 'settled')
const sum = (lines: readonly { credits: number }[]): number => lines.reduce((total, line) => total + line.credits, 0)

/** A workspace with so many credits and one key, as a first server would leave it. */
const prepare = async (options: StoreOptions, monthly: number | null, key: Partial<NewKey> = {}): Promise<string> => {
  const store = await openStore(options)
  const meter = createMeter({ store, ipRpm: 0, historyDays: 30 })
  await meter.setMonthlyCredits('default', monthly)
  const { secret } = await meter.keys.create('default', { name: 'k', ...key })
  await store.close()
  return secret
}

/** What may be found after a kill: all that was acknowledged, and of the rest only what was admitted. */
const expectExact = async (store: Store, monthly: number, lines: readonly HammerLine[], credits: number) => {
  const sums = await audit(store, 'default')
  const admitted = lines.filter((line) => line.kind === 'admitted').map((line) => line.request)
  const unknown = admitted.filter((request) => !settled(lines).some((line) => line.request === request))
  const acknowledged = sum(settled(lines))
  const possible = sum(unknown.map((request) => ({ credits: request % (credits + 1) })))
  expect(sums.used).toBeGreaterThanOrEqual(acknowledged)
  expect(sums.used).toBeLessThanOrEqual(acknowledged + possible)
  expect(sums).toMatchObject({ reserved: 0, balance: monthly - sums.used })
  const rows = await store.db.selectFrom('requests').select(['id', 'credits']).execute()
  expect(sum(rows)).toBe(sums.used)
  expect(rows.length).toBeGreaterThanOrEqual(settled(lines).length)
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
  const [key] = await store.db.selectFrom('keys').select('spent').where('credit_limit', 'is not', null).execute()
  if (key) expect(key.spent).toBe(sums.used)
}

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(children.map((child) => child.exited))
  children.length = 0
})

describe('kill -9 on the embedded database', { timeout: 90_000 }, () => {
  let dataDir: string
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'lyrebird-meter-'))
  })
  afterEach(() => rm(dataDir, { recursive: true, force: true }))

  it.each([10, 37, 80])('after %i of 100 requests leaves the ledger exact after a restart', async (killAfter) => {
    const secret = await prepare({ dataDir, template: await template() }, 1_000, { creditLimit: 900 })
    const child = hammer({ dataDir, secret, requests: 100, inFlight: 8, credits: 5, workMs: 2, leaseTtlMs: 60_000 })
    const lines = await readUntil(child, [], (seen) => settled(seen).length >= killAfter)
    child.kill('SIGKILL')
    await child.exited
    await readRest(child, lines)

    const store = await openStore({ dataDir })
    const meter = createMeter({ store, ipRpm: 0, historyDays: 30 })
    await meter.start()
    await expectExact(store, 1_000, lines, 5)
    await meter.stop()
    await store.close()
  })

  it('frees an idempotency key and a place at once', async () => {
    const secret = await prepare({ dataDir, template: await template() }, null)
    const input = { key: 'k', route: 'POST /x', digest: 'd' }
    const first = await openStore({ dataDir })
    const dying = createMeter({ store: first, ipRpm: 0, historyDays: 30 })
    await dying.idempotent(await dying.authenticate(secret), input)
    // As a crash: nothing is finished.
    await first.close()
    const store = await openStore({ dataDir })
    const meter = createMeter({ store, ipRpm: 0, historyDays: 30 })
    await meter.start()
    expect((await meter.idempotent(await meter.authenticate(secret), input)).kind).toBe('first')
    await meter.stop()
    await store.close()
  })
})

describe.each(servers)('several processes on one PostgreSQL', { timeout: 90_000 }, (server) => {
  let url: string
  let drop: () => Promise<void>
  let store: Store
  beforeEach(async () => {
    ({ url, drop } = await createDatabase(server))
    store = await openStore({ dataDir: '', databaseUrl: url })
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    await store.close()
    await drop()
  })

  const both = async (options: Omit<HammerOptions, 'databaseUrl'>): Promise<HammerLine[]> =>
    (await Promise.all([1, 2].map(() => all(hammer({ ...options, databaseUrl: url }))))).flat()

  it('spend one balance to the last credit and never below', async () => {
    const secret = await prepare({ dataDir: '', databaseUrl: url }, 200)
    const lines = await both({ secret, requests: 150, inFlight: 20, credits: 3, workMs: 0, leaseTtlMs: 60_000 })
    const used = sum(settled(lines))
    expect(await audit(store, 'default')).toEqual({ balance: 200 - used, ledgerSum: 200 - used, reserved: 0, used })
    // 40 in flight hold 120 at most; whoever was refused was refused for that.
    expect(used).toBeGreaterThan(80)
    expect(new Set(lines.filter((line) => line.kind === 'refused').map((line) => line.code))).toEqual(new Set(['account.insufficient_credits']))
  })

  it('share one sliding window and one set of running requests', async () => {
    const secret = await prepare({ dataDir: '', databaseUrl: url }, null, { rpm: 75, concurrency: 6 })
    const lines = await both({ secret, requests: 400, inFlight: 10, credits: 1, workMs: 5, leaseTtlMs: 60_000 })
    expect(lines.filter((line) => line.kind === 'admitted')).toHaveLength(75)
    const codes = new Set(lines.filter((line) => line.kind === 'refused').map((line) => line.code))
    expect(codes).toEqual(new Set(['account.rate_limited', 'account.concurrency_limited']))
    const edges = settled(lines).flatMap(({ enteredAt, leavingAt }) => [{ at: enteredAt, change: 1 }, { at: leavingAt, change: -1 }]).toSorted((a, b) => a.at - b.at || a.change - b.change)
    let running = 0
    let most = 0
    for (const { change } of edges) most = Math.max(most, (running += change))
    expect(most).toBeLessThanOrEqual(6)
    expect(await store.db.selectFrom('leases').selectAll().execute()).toEqual([])
  })

  it('lose and invent nothing when one is killed', async () => {
    const secret = await prepare({ dataDir: '', databaseUrl: url }, 10_000, { creditLimit: 9_000 })
    const options = { databaseUrl: url, secret, inFlight: 10, credits: 5, workMs: 2, leaseTtlMs: 1_000 }
    const victim = hammer({ ...options, requests: 100 })
    const survivor = hammer({ ...options, requests: 200 })
    const rest = all(survivor)
    const lines = await readUntil(victim, [], (seen) => settled(seen).length >= 30)
    victim.kill('SIGKILL')
    await victim.exited
    await readRest(victim, lines)
    const others = await rest
    expect(others.filter((line) => line.kind === 'refused')).toEqual([])
    // What the victim held comes back once its leases have ended.
    const meter = createMeter({ store, ipRpm: 0, historyDays: 30 })
    await expect.poll(async () => {
      await meter.sweep()
      return (await audit(store, 'default')).reserved
    }, { timeout: 10_000 }).toBe(0)
    const mine = sum(settled(others))
    const sums = await audit(store, 'default')
    expect(sums.used - mine).toBeGreaterThanOrEqual(sum(settled(lines)))
    expect(sums.balance).toBe(10_000 - sums.used)
    const rows = await store.db.selectFrom('requests').select(['id', 'credits']).execute()
    expect(sum(rows)).toBe(sums.used)
  })

  it('stay exact when one sleeps past its leases and wakes', async () => {
    const secret = await prepare({ dataDir: '', databaseUrl: url }, 1_000)
    const sleeper = hammer({ databaseUrl: url, secret, requests: 10, inFlight: 10, credits: 5, workMs: 400, leaseTtlMs: 1_000 })
    const lines = await readUntil(sleeper, [], (seen) => seen.filter((line) => line.kind === 'admitted').length === 10)
    sleeper.kill('SIGSTOP')
    const meter = createMeter({ store, ipRpm: 0, historyDays: 30 })
    await expect.poll(async () => {
      await meter.sweep()
      return audit(store, 'default')
    }, { timeout: 10_000 }).toMatchObject({ reserved: 0, balance: 1_000, used: 0 })
    sleeper.kill('SIGCONT')
    await readUntil(sleeper, lines, (seen) => seen.at(-1)?.kind === 'done')
    const used = sum(settled(lines))
    expect(used).toBe([0, 1, 2, 3, 4, 5, 0, 1, 2, 3].reduce((a, b) => a + b))
    expect(await audit(store, 'default')).toEqual({ balance: 1_000 - used, ledgerSum: 1_000 - used, reserved: 0, used })
  })

  it('go on after every connection was cut in the middle, without billing twice', async () => {
    const secret = await prepare({ dataDir: '', databaseUrl: url }, 10_000)
    const child = hammer({ databaseUrl: url, secret, requests: 300, inFlight: 10, credits: 5, workMs: 1, leaseTtlMs: 60_000 })
    const lines = await readUntil(child, [], (seen) => settled(seen).length >= 50)
    await command(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`)
    await readUntil(child, lines, (seen) => seen.at(-1)?.kind === 'done')
    expect(lines.filter((line) => line.kind === 'refused')).toEqual([])
    const used = sum(settled(lines))
    expect(await audit(store, 'default')).toEqual({ balance: 10_000 - used, ledgerSum: 10_000 - used, reserved: 0, used })
    expect(await store.db.selectFrom('requests').select('id').execute()).toHaveLength(300)
  })
})
