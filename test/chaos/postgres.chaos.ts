import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../support/backends.ts'
import { startCluster, type Cluster } from '../support/postgres-cluster.ts'
import { expectExact, type JobView } from '../support/jobs.ts'
import { allPages, expectWhole, expectedOf, isOver, startReceiver, startServer, until, type ServerProcess } from './bed.ts'

const n = 500
let cluster: Cluster
let database: Awaited<ReturnType<typeof createDatabase>>
let receiver: Awaited<ReturnType<typeof startReceiver>>
let api: ServerProcess
let workers: ServerProcess[]
let settings: Record<string, string>

beforeAll(async () => {
  cluster = await startCluster()
  database = await createDatabase(cluster.url)
  receiver = await startReceiver()
  settings = { dataDir: '/nonexistent', databaseUrl: database.url, webhookHttp: 'true', egressAllow: `127.0.0.1:${receiver.port}` }
  api = await startServer({ ...settings, runJobs: 'false' })
  workers = []
  for (let i = 0; i < 3; i++) workers.push(await startServer({ ...settings, jobPages: '6' }))
})
afterAll(async () => {
  for (const one of [api, ...workers]) one.kill('SIGKILL')
  await Promise.all([api, ...workers].map((one) => one.exited))
  await receiver.close()
  await cluster.drop()
})

describe('three workers on one PostgreSQL', () => {
  it('share a crawl exactly, though one is killed, one is frozen past its lease, and the database drops every connection and crashes', async () => {
    const { data: { secret: key } } = await api.call<{ data: { secret: string } }>('/v1/keys', { json: { name: 'chaos', mode: 'live', scopes: ['scrape', 'read', 'admin'] } })
    await api.call('/v1/usage/limit', { method: 'PUT', json: { monthly_credits: 10_000 }, key })
    await api.call('/v1/webhooks', { json: { url: receiver.url, events: ['job.*'] }, key })
    const { data: { id } } = await api.call<{ data: { id: string } }>('/v1/crawl', {
      key, json: { url: `https://big.lab.test/n/1?pages=${n}&trouble`, limit: 5000, max_depth: 50, sitemap: 'skip', tries: 1, pages_at_once: 18, host_pages: 18, delay_ms: 25 },
    })
    const get = async () => (await api.call<{ data: JobView }>(`/v1/jobs/${id}`, { key })).data
    const reach = (done: number) => until(get, (job) => job.counts.done >= done || isOver(job))
    const db = new Client({ connectionString: cluster.url })
    await db.connect()

    await reach(60)
    const holders = new Client({ connectionString: database.url })
    await holders.connect()
    const shares = await until(async () => (await holders.query<{ holders: number }>(`select count(distinct holder)::int as holders from job_pages where state = 'running'`)).rows[0]?.holders ?? 0, (count) => count > 1)
    expect(shares).toBeGreaterThan(1)
    await holders.end()

    workers[0]?.kill('SIGKILL')
    await reach(130)
    workers[1]?.kill('SIGSTOP')
    const frozenAt = performance.now()
    await reach(180)
    await until(() => Promise.resolve(performance.now() - frozenAt), (ms) => ms > 7_000)
    workers[1]?.kill('SIGCONT')
    await reach(220)
    await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [new URL(database.url).pathname.slice(1)])
    await db.end()
    await reach(280)
    await cluster.crash()
    const restartedAt = performance.now()
    await reach(320)
    console.log(`went on ${Math.round(performance.now() - restartedAt)} ms after the database was back`)

    const job = await until(get, isOver)
    const pages = await allPages(api.call, id, key)
    expectExact(job, pages)
    const { data: credits } = await api.call<{ data: { used: number } }>('/v1/usage/credits', { key })
    expectWhole(job, pages, n, credits.used)
    await until(async () => (await api.call<{ data: { balance: number } }>('/v1/usage/credits', { key })).data.balance, (balance) => balance === 10_000 - job.credits)
    const { done, failed } = expectedOf(n)
    await until(() => Promise.resolve(receiver.byType('job.page')), (count) => count >= done + failed)
    expect(receiver.byType('job.page')).toBe(done + failed)
    expect(receiver.byType('job.partial')).toBe(1)
  })
})
