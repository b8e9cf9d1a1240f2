// What metering adds to a request: everything from the address to the settled permit, without any fetching.
// Usage: node bench/meter.ts [--requests 3000]; PostgreSQL too where TEST_DATABASE_URL names one (a database of its own is made and dropped).
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import type { Actor } from '../src/contract/actor.ts'
import { createMeter, type Meter } from '../src/meter/meter.ts'
import { openStore, type Store } from '../src/store/db.ts'

const targetMs = 1.5

interface Case {
  name: string
  limited: boolean
  credits: number
}

const cases: Case[] = [
  { name: 'unlimited, price 0', limited: false, credits: 0 },
  { name: 'unlimited, billed', limited: false, credits: 2 },
  { name: 'limited, billed', limited: true, credits: 2 },
]

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { requests: { type: 'string', default: '3000' } } })
  const requests = Number(values.requests)
  const rows: Record<string, string | number>[] = []

  const folder = await mkdtemp(join(tmpdir(), 'lyrebird-bench-'))
  const embedded = await openStore({ dataDir: folder })
  try {
    rows.push(...await measure('embedded', embedded, requests))
  } finally {
    await embedded.close()
    await rm(folder, { recursive: true })
  }

  const url = process.env.TEST_DATABASE_URL
  if (url) await withDatabase(url, async (store) => void rows.push(...await measure('PostgreSQL', store, requests)))

  console.log(`${requests} requests a row; ms that metering adds to one request (address, key, window, admit, settle with history, leave)`)
  console.table(rows)
  const worst = Math.max(...rows.filter((row) => row.store === 'embedded' && row['in flight'] === 1).map((row) => Number(row['p50 ms'])))
  console.log(`embedded, one at a time: worst p50 ${worst} ms, target ${targetMs} ms: ${worst <= targetMs ? 'met' : 'MISSED'}`)
}

const measure = async (name: string, store: Store, requests: number) => {
  const meter = createMeter({ store, ipRpm: 1_000_000_000, historyDays: 30 })
  const rows = []
  for (const { name: kind, limited, credits } of cases) {
    await meter.setMonthlyCredits('default', limited ? 1_000_000_000 : null)
    const limits = limited ? { rpm: 1_000_000, concurrency: 1000, creditLimit: 1_000_000_000, dailyCreditCap: 1_000_000_000 } : {}
    const { secret } = await meter.keys.create('default', { name: kind, ...limits })
    await run(meter, secret, credits, 300, 1)
    for (const inFlight of [1, 8]) {
      const begun = performance.now()
      const times = (await run(meter, secret, credits, requests, inFlight)).toSorted((a, b) => a - b)
      const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(3))
      rows.push({ store: name, case: kind, 'in flight': inFlight, 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99), 'requests/s': Math.round(requests / ((performance.now() - begun) / 1000)) })
    }
  }
  await meter.stop()
  return rows
}

const run = async (meter: Meter, secret: string, credits: number, requests: number, inFlight: number): Promise<number[]> => {
  const times: number[] = []
  let left = requests
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (left-- > 0) {
      const begun = performance.now()
      await meter.guardAddress('127.0.0.1')
      const actor = await meter.authenticate(secret)
      const entrance = await meter.enter(actor, { throttled: true })
      const permit = await meter.admit(actor, { requestId: 'req_bench', credits: credits * 2, policy: 'reserve' })
      await meter.settle(permit, { credits, record: recordOf(actor) })
      await entrance.leave()
      times.push(performance.now() - begun)
    }
  }))
  return times
}

const recordOf = (actor: Actor) => ({
  workspaceId: actor.workspaceId, id: 'req_bench', requestId: 'req_bench', at: new Date().toISOString(), dialect: 'native', method: 'POST', path: '/v1/scrape', verb: 'scrape',
  keyId: actor.keyId, keyName: actor.keyName, mode: actor.mode, status: 200, credits: 0, durationMs: 123.4, url: 'https://example.com/article?page=2',
  intent: { url: 'https://example.com/article?page=2', formats: [{ kind: 'markdown' }], mode: 'reader', headers: { cookie: 'a=b' }, timeoutMs: 30_000, maxAgeS: 0 },
  failure: null,
  evidence: [{ tier: 'http' as const, url: 'https://example.com/article?page=2', address: '93.184.216.34', protocol: 'h2', status: 200, bytes: 48_213, ms: 96, outcome: 'ok' }],
  timings: { resolve: 1.2, fetch: 96.1, convert: 12.8 },
})

const withDatabase = async (url: string, use: (store: Store) => Promise<void>): Promise<void> => {
  const name = `lyrebird_bench_${process.pid}`
  const admin = new Client({ connectionString: url })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  try {
    const store = await openStore({ dataDir: '', databaseUrl: own.href })
    try {
      await use(store)
    } finally {
      await store.close()
    }
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  }
}

await main()
