import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectExact, type JobView } from '../support/jobs.ts'
import { allPages, expectWhole, expectedOf, isOver, startReceiver, startServer, until, type ServerProcess } from './bed.ts'

const n = 500
const kills = 6
let folder: string
let receiver: Awaited<ReturnType<typeof startReceiver>>
let server: ServerProcess
let settings: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lyrebird-chaos-'))
  receiver = await startReceiver()
  settings = { dataDir: folder, webhookHttp: 'true', egressAllow: `127.0.0.1:${receiver.port}` }
  server = await startServer(settings)
})
afterAll(async () => {
  server.kill('SIGTERM')
  await server.exited
  await receiver.close()
  await rm(folder, { recursive: true })
})

it(`a crawl of ${n} pages on the embedded database survives ${kills} kills, exactly`, async () => {
  const { data: { secret: key } } = await server.call<{ data: { secret: string } }>('/v1/keys', { json: { name: 'chaos', mode: 'live', scopes: ['scrape', 'read', 'admin'] } })
  await server.call('/v1/usage/limit', { method: 'PUT', json: { monthly_credits: 10_000 }, key })
  await server.call('/v1/webhooks', { json: { url: receiver.url, events: ['job.*'] }, key })
  const { data: { id } } = await server.call<{ data: { id: string } }>('/v1/crawl', { key, json: { url: `https://big.lab.test/n/1?pages=${n}&trouble`, limit: 5000, max_depth: 50, sitemap: 'skip', tries: 1 } })
  const get = async () => (await server.call<{ data: JobView }>(`/v1/jobs/${id}`, { key })).data

  let recovered = 0
  for (let i = 0; i < kills; i++) {
    const before = await get()
    if (isOver(before)) break
    // Somewhere in the middle of things: after a few pages, at no particular point.
    const target = before.counts.done + 10 + Math.floor(Math.random() * 40)
    await until(get, (job) => job.counts.done >= target || isOver(job))
    server.kill('SIGKILL')
    await server.exited
    server = await startServer(settings)
    const readyAt = performance.now()
    await until(get, (job) => job.counts.done > target || isOver(job))
    recovered = Math.max(recovered, performance.now() - readyAt)
  }
  console.log(`longest standstill after a restart: ${Math.round(recovered)} ms`)
  expect(recovered).toBeLessThan(10_000)

  const job = await until(get, isOver)
  const pages = await allPages(server.call, id, key)
  expectExact(job, pages)
  const { data: credits } = await server.call<{ data: { used: number; balance: number } }>('/v1/usage/credits', { key })
  expectWhole(job, pages, n, credits.used)
  // Nothing is held any more: the balance is the grant without what was used.
  expect(await until(async () => (await server.call<{ data: { balance: number } }>('/v1/usage/credits', { key })).data.balance, (balance) => balance === 10_000 - job.credits)).toBe(10_000 - job.credits)
  const { done, failed } = expectedOf(n)
  await until(() => Promise.resolve(receiver.byType('job.page')), (count) => count >= done + failed)
  expect(receiver.byType('job.page')).toBe(done + failed)
  expect(receiver.byType('job.partial')).toBe(1)
})
