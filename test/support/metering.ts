import type { Actor, NewKey } from '../../src/contract/actor.ts'
import { createMeter, type Meter, type MeterOptions } from '../../src/meter/meter.ts'
import type { HistoryEntry } from '../../src/meter/permits.ts'
import type { Store } from '../../src/store/db.ts'
import { auditWorkspace } from '../../src/store/ledger.ts'

export interface Bench {
  meter: Meter
  workspaceId: string
  /** Milliseconds since the epoch, moved by the test. */
  time: { now: number }
  actor: (key?: Partial<NewKey>) => Promise<Actor>
}

let workspaces = 0

/** A meter with a workspace and a clock of its own on a store that tests share. */
export const createBench = async (store: Store, options: Partial<MeterOptions> = {}): Promise<Bench> => {
  const time = { now: Date.UTC(2026, 2, 14, 12, 0, 0) }
  const meter = createMeter({ store, clock: () => time.now, ipRpm: 0, historyDays: 30, ...options })
  const workspaceId = `ws_${process.pid}_${++workspaces}`
  await meter.workspaces.ensure(workspaceId, 'test')
  return {
    meter,
    workspaceId,
    time,
    async actor(key = {}) {
      const { secret } = await meter.keys.create(workspaceId, { name: 'test', ...key })
      return meter.authenticate(secret)
    },
  }
}

export const entryOf = (actor: Actor, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  workspaceId: actor.workspaceId, id: 'req_1', requestId: 'req_1', at: '2026-03-14T12:00:00.000Z', dialect: 'native', method: 'POST', path: '/v1/scrape', verb: 'scrape',
  keyId: actor.keyId, keyName: actor.keyName, mode: actor.mode, status: 200, credits: 0, durationMs: 12.5, url: 'https://example.com/', intent: null,
  failure: null, evidence: [], timings: {}, ...more,
})

/** Everything that must agree: the balance with its ledger, both with what is held, and nothing below zero. */
export const audit = async (store: Store, workspaceId: string) => {
  const sums = await auditWorkspace(store.db, workspaceId)
  if (sums.balance !== sums.ledgerSum) throw new Error(`balance ${sums.balance}, but the ledger sums up to ${sums.ledgerSum}`)
  if (sums.balance < 0) throw new Error(`balance ${sums.balance}`)
  return sums
}
