import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { backends } from '../../test/support/backends.ts'
import { createMeter } from '../meter/meter.ts'
import type { Store } from './db.ts'
import { createDocumentCache } from './documents.ts'
import { claimPages, finishPages, insertJob } from './jobs.ts'
import { changeProfile } from './profiles.ts'
import { putPage } from './search-index.ts'
import { durableTables } from './tables.ts'
import { finishRun, insertMonitor, insertRun } from './monitors.ts'
import { exportStore, importStore } from './transfer.ts'
import { insertEndpoint } from './webhooks.ts'

const exported = async (store: Store): Promise<string> => {
  const stream = new PassThrough()
  const whole = text(stream)
  await exportStore(store, stream)
  stream.end()
  return whole
}

const dump = async (store: Store): Promise<Record<string, string[]>> => {
  const tables: Record<string, string[]> = {}
  for (const table of durableTables) {
    const { rows } = await sql<{ row: string }>`select row_to_json(t)::text as row from ${sql.table(table)} t`.execute(store.db)
    tables[table] = rows.map((row) => row.row).toSorted()
  }
  return tables
}

/** Something in every table, with values that are easily spoilt on the way. */
const fill = async (store: Store): Promise<void> => {
  const meter = createMeter({ store, ipRpm: 0, historyDays: 30 })
  await sql`insert into meta values ('odd', '{"text":"quote \\" and ünïcödé 🦜\\nline"}', '2026-02-03T04:05:06.123456Z')`.execute(store.db)
  await meter.workspaces.ensure('team', 'Team "A"')
  const { key, secret } = await meter.keys.create('team', { name: 'a, {b}', scopes: ['scrape'], urlBlocklist: ['*.x.test', 'a"b'], rpm: 10 })
  await meter.setMonthlyCredits('team', 100)
  await meter.topUp('team', 9_000_000_000_000_000, 'large')
  const actor = await meter.authenticate(secret)
  await meter.admit(actor, { requestId: 'open', credits: 7, policy: 'reserve' })
  for (let i = 0; i < 3; i++) {
    const permit = await meter.admit(actor, { requestId: `r${i}`, credits: 3, policy: 'reserve' })
    await meter.settle(permit, { credits: i, record: {
      workspaceId: 'team', id: `r${i}`, requestId: `r${i}`, at: '2026-02-03T04:05:06.789Z', dialect: 'native', method: 'POST', path: '/v1/scrape', verb: 'scrape', keyId: key.id, keyName: key.name,
      mode: 'live', status: 200, credits: i, durationMs: 0.1 + 0.2, url: 'https://example.com/\u0000\ud800', intent: { a: ['\u0000', '}"'] }, failure: null, evidence: [], timings: { a: 1e-7 },
    } })
  }
  const first = await meter.idempotent(actor, { key: 'k', route: 'POST /x', digest: 'd' })
  if (first.kind === 'first') await first.finish({ status: 200, headers: { 'x-a': 'b' }, body: '🦜'.repeat(5_000) })
  await createDocumentCache({ store, ttlS: 3600 }).put('team', 'doc', JSON.stringify({ text: '\n{"row":{}}\n'.repeat(2_000) }))
  const now = new Date('2026-02-03T04:05:06.789Z')
  await insertJob(store.db, {
    id: 'job_1', workspaceId: 'team', keyId: key.id, kind: 'crawl', stage: 'pages', hasFinish: false, actor: { mode: 'live' }, intent: { odd: '\u0000\ud800"' }, prices: {}, dialect: 'native', requestId: 'r1',
    pageLimit: 1, pagesAtOnce: 1, hostAtOnce: 1, hostDelayMs: 0, triesMax: 1, frontierMax: 10, keepS: 60, now,
  }, [{ key: 'AAECAwQFBgcICQoLDA0ODw==', url: 'https://example.com/ü', host: 'example.com', depth: 0, parent: null, reason: null, reserve: 1 }], (trx) => insertEndpoint(trx, {
    id: 'whe_1', workspaceId: 'team', jobId: 'job_1', monitorId: null, name: null, url: 'https://hooks.example/', events: ['*'], secret: 's', headers: {}, options: {}, mode: 'live', now,
  }))
  const { pages } = await claimPages(store.db, 'job_1', { holder: 'w', limit: 5, now, leaseMs: 5000, free: true })
  await finishPages(store.db, 'job_1', now, pages.map(({ n, fence }) => ({ n, fence, state: 'done' as const, credits: 0, body: 'AP+A', encoding: 'plain', facts: { title: '🦜' } })))
  await putPage(store.db, {
    workspaceId: 'team', mode: 'live', key: 'k', url: 'https://docs.example.com/ü', title: 'Ünï "title" \u0000\ud800', language: 'en', publishedAt: now, crawledAt: now, shown: { author: '\u0000\ud800' },
    contentHash: 'h', simhash: '', passages: [{ heading: 'a\\b', body: "it's 東京 running \u0000\ud800", words: ['it', 's', '東京', '京', 'running'] }],
  })
  await insertMonitor(store.db, { id: 'mon_1', workspaceId: 'team', keyId: key.id, actor: {}, prices: {}, dialect: 'native', requestId: 'r1', intent: { name: '🦜' }, nextAt: now, now })
  await insertRun(store.db, { id: 'run_1', monitorId: 'mon_1', workspaceId: 'team', state: 'running', trigger: 'manual', dueAt: now })
  await finishRun(store.db, 'run_1', { state: 'completed', diff: null, failure: null, credits: 1, previousId: null, snapshot: { texts: { markdown: 'ü'.repeat(5000) }, fields: {}, lists: {} }, now })
  await changeProfile(store.db, { workspaceId: 'team', mode: 'live', name: '🦜 "a"' }, now, async () => ({ body: Buffer.from([0, 255, 1]), cookies: 1, sites: ['ü.example'] }))
  await meter.stop()
}

const pairs = backends.flatMap((from) => backends.map((to) => ({ from, to, names: `${from.name} to ${to.name}` })))

describe.each(pairs)('export and import from $names', ({ from, to }) => {
  it('carries every row unchanged and goes on numbering', async () => {
    const source = await from.open()
    const target = await to.open()
    await fill(source.store)
    const before = await dump(source.store)
    expect(Object.entries(before).filter(([, rows]) => rows.length === 0)).toEqual([])

    const file = await exported(source.store)
    const total = Object.values(before).flat().length
    expect(await importStore(target.store, Readable.from([file]))).toEqual({ rows: total })
    expect(await dump(target.store)).toEqual(before)
    expect(await exported(target.store)).toHaveLength(file.length)

    const meter = createMeter({ store: target.store, ipRpm: 0, historyDays: 30 })
    await meter.topUp('team', 1)
    const { items } = await meter.usage.ledger('team', { limit: 100 })
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length)
    expect(items[0]?.id).toBeGreaterThan(items[1]?.id ?? Infinity)
    await source.drop()
    await target.drop()
  })
})

describe.each(backends)('import on $name', ({ open }) => {
  it('imports nothing from a file that is cut, foreign, newer or damaged', async () => {
    const { store, drop } = await open()
    await fill(store)
    const file = await exported(store)
    const target = await open()
    const lines = file.trimEnd().split('\n')
    const refusals: [string, RegExp][] = [
      ['', /is empty/],
      ['hello\n', /not an export of Lyrebird/],
      [lines.slice(0, -1).join('\n'), /incomplete: it has \d+ rows and no last line/],
      [lines.toSpliced(-2, 1).join('\n'), /incomplete: it has \d+ rows of \d+/],
      [lines.filter((line) => !line.startsWith('{"table":"workspaces"')).join('\n'), /does not fit the database: .*foreign key/],
      [lines.toSpliced(3, 0, '{"table":"migrations","row":{"name":"x"}}').join('\n'), /does not announce: migrations/],
      [lines.toSpliced(3, 0, 'garbage').join('\n'), /has a line that is no row: garbage/],
      [file.replace('"meta":[', '"meta":["later",'), /newer Lyrebird: this one does not know meta\.later/],
      [file.replace('"meta":[', '"later":["id"],"meta":['), /newer Lyrebird: this one does not know later/],
    ]
    for (const [content, message] of refusals) {
      await expect(importStore(target.store, Readable.from([content]))).rejects.toMatchObject({ name: 'StoreError', message: expect.stringMatching(message) })
    }
    const broken = Readable.from((async function* () {
      yield `${lines[0]}\n${lines[1]}\n`
      throw new Error('disk gone')
    })())
    await expect(importStore(target.store, broken)).rejects.toThrow('disk gone')
    expect((await dump(target.store)).keys).toEqual([])
    expect(await importStore(target.store, Readable.from([file]))).toEqual({ rows: lines.length - 2 })
    await expect(importStore(target.store, Readable.from([file]))).rejects.toThrow(/not empty \(it has rows in meta\)/)
    await target.drop()
    await drop()
  })

  it('reads a file from before a column was added', async () => {
    const { store, drop } = await open()
    await fill(store)
    const older = (await exported(store)).replace('"last_used_at",', '').replace(/"last_used_at":[^,]+,/g, '')
    const target = await open()
    await importStore(target.store, Readable.from([older]))
    expect((await target.store.db.selectFrom('keys').select('last_used_at').execute())).toEqual([{ last_used_at: null }])
    await target.drop()
    await drop()
  })
})
