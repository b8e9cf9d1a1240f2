import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { call, failsWith } from './scrapio.client.ts'
import * as strict from './scrapio.strict.ts'

interface Arrival { path: string; headers: Record<string, string>; body: string }

let app: TestApp
let key: TestKey
let receiver: Server
let base: string
const arrivals: Arrival[] = []

beforeAll(async () => {
  receiver = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => { body += chunk.toString() })
    req.on('end', () => {
      arrivals.push({ path: req.url ?? '', headers: req.headers as Record<string, string>, body })
      res.end()
    })
  })
  await new Promise<void>((resolve) => { receiver.listen(0, '127.0.0.1', resolve) })
  const { port } = receiver.address() as AddressInfo
  base = `http://127.0.0.1:${port}`
  app = await startTestApp({ labForLive: true, webhookHttp: 'true', egressAllow: `127.0.0.1:${port}`, browser: 'off' })
  key = await app.key({ mode: 'live' })
})
afterAll(async () => {
  await app.close()
  await new Promise((resolve) => { receiver.close(resolve) })
})

const read = async <T extends z.ZodType>(reply: Response, status: number, shape: T): Promise<z.output<T>> => {
  const body: unknown = await reply.json()
  expect({ status: reply.status, body }).toMatchObject({ status })
  return shape.parse(body)
}
const post = async <T extends z.ZodType>(path: string, json: object | undefined, shape: T, status: number) => read(await call(app, key, path, json ? { json } : { method: 'POST' }), status, shape)
const get = async <T extends z.ZodType>(path: string, shape: T) => read(await call(app, key, path), 200, shape)
const patch = async (id: string, json: object) => read(await call(app, key, `/v1/monitors/${id}`, { method: 'PATCH', json }), 200, strict.monitorReply)

const arrived = async (path: string): Promise<Arrival> => {
  for (;;) {
    const found = arrivals.find((arrival) => arrival.path === path)
    if (found) return found
    await new Promise((resolve) => { setTimeout(resolve, 25) })
  }
}

const page = 'https://changes.lab.test/versioned?version='
const feed = 'https://changes.lab.test/versioned.json?version='
const edition = { edition: 'number' }
const create = (json: object) => post('/v1/monitors', { name: 'n', cron: '0 * * * *', url: `${page}1`, ...json }, strict.monitorReply, 201)
const runsDone = async (id: string, count: number) => {
  for (;;) {
    const { runs } = await get(`/v1/monitors/${id}/runs`, strict.runList)
    if (runs.filter(({ status }) => status !== 'running' && status !== 'pending').length >= count) return runs
    await new Promise((resolve) => { setTimeout(resolve, 25) })
  }
}
const runAgain = async (id: string, count: number) => {
  await post(`/v1/monitors/${id}/trigger`, undefined, strict.triggerReply, 202)
  return runsDone(id, count)
}

describe('a monitor', () => {
  it('of content: record, runs and changes', async () => {
    const made = await create({ mode: 'content', watch: { ignore_patterns: ['Visit \\d+'] } })
    expect(made).toMatchObject({ mode: 'content', extract: null, active: true, tenant_id: key.workspaceId, watch: { fields: [], on: 'any', thresholds: null, ignore_patterns: ['Visit \\d+'] } })
    await runsDone(made.id, 1)
    await failsWith(await call(app, key, `/v1/monitors/${made.id}/changes/latest`), 404, 'monitor_change_not_found')
    await patch(made.id, { url: `${page}2` })
    const runs = await runAgain(made.id, 2)
    expect(runs[0]).toMatchObject({ status: 'completed', scheduleId: made.id, tenantId: key.workspaceId, extractedWatchValues: { content_hash: expect.stringMatching(/^[0-9a-f]{64}$/) } })
    const { changes } = await get(`/v1/monitors/${made.id}/changes?limit=5`, strict.changeList)
    expect(changes).toMatchObject([{ runId: runs[0]?.id, previousRunId: runs[1]?.id, changes: [{ field: 'content', previousValue: expect.stringContaining('€'), newValue: expect.stringContaining('€') }] }])
    expect((await get(`/v1/monitors/${made.id}/changes/latest`, strict.latestChange)).id).toBe(changes[0]?.id)
    expect((await get(`/v1/monitors/${made.id}/runs/latest`, strict.latestRun)).result).toMatchObject({ outputs: { markdown: expect.any(String) } })
    expect((await get('/v1/monitors', strict.monitorList)).monitors.map(({ id }) => id)).toContain(made.id)
  })

  it('of fields: thresholds, all of them or any, and the first look', async () => {
    const made = await create({ url: `${feed}1`, extract: edition, watch: { fields: ['edition'], notify_on_first_run: true } })
    await runsDone(made.id, 1)
    expect((await get(`/v1/monitors/${made.id}/changes/latest`, strict.latestChange)).changes).toEqual([{ field: 'edition', previousValue: null, newValue: 1 }])
    await patch(made.id, { url: `${feed}2` })
    const runs = await runAgain(made.id, 2)
    expect(runs[0]?.extractedWatchValues).toEqual({ edition: 2 })
    expect((await get(`/v1/monitors/${made.id}/changes/latest`, strict.latestChange)).changes).toEqual([{ field: 'edition', previousValue: 1, newValue: 2 }])
  })

  it('is paused, resumed, changed and deleted', async () => {
    const made = await create({ extract: edition, watch: { fields: ['edition'], thresholds: { edition: { abs: 5 } }, on: 'all', digest_interval_minutes: 15 } })
    expect(made.watch).toEqual({ fields: ['edition'], on: 'all', notify_on_first_run: false, thresholds: { edition: { abs: 5 } }, ignore_patterns: null, digest_interval_minutes: 15 })
    expect(await patch(made.id, { active: false })).toMatchObject({ active: false, next_run_at: null })
    expect(await patch(made.id, { active: true, name: 'other', cron: '*/5 * * * *', watch: { thresholds: null } })).toMatchObject({ active: true, name: 'other', cron: '*/5 * * * *', watch: { fields: ['edition'], thresholds: null, digest_interval_minutes: 15 } })
    expect((await call(app, key, `/v1/monitors/${made.id}`, { method: 'DELETE' })).status).toBe(204)
    await failsWith(await call(app, key, `/v1/monitors/${made.id}`), 404, 'monitor_not_found')
  })

  it('says what is wrong with it', async () => {
    const wrong: [json: object, message: string | RegExp][] = [
      [{}, 'extract is required'], [{ mode: 'content', extract: edition }, 'extract is not for mode content'], [{ mode: 'content', watch: { thresholds: { x: { abs: 1 } } } }, 'watch has fields and thresholds in mode fields only'],
      [{ extract: edition, watch: { fields: ['nothing'] } }, 'watch.fields must be names in extract'], [{ extract: edition, watch: { digest_interval_minutes: 14 } }, 'watch.digest_interval_minutes must be at least 15'],
      [{ extract: edition, cron: 'whenever' }, /cron/], [{ extract: edition, watch: { ignore_patterns: ['('] } }, /regular expression/],
    ]
    for (const [json, message] of wrong) await failsWith(await call(app, key, '/v1/monitors', { json: { name: 'n', cron: '0 * * * *', url: `${page}1`, ...json } }), 400, 'invalid_request', { message })
    await failsWith(await call(app, key, '/v1/monitors', { json: { name: 'n', cron: '0 * * * *', url: `${page}1`, extract: edition, webhook_endpoint_id: 'whe_0' } }), 404, 'webhook_endpoint_not_found')
    for (const limit of ['0', '101']) await failsWith(await call(app, key, `/v1/monitors/mon_x/runs?limit=${limit}`), 400, 'invalid_request', { message: 'limit must be from 1 to 100' })
  })
})

describe('webhooks', () => {
  const endpoint = (path: string, events: string[]) => post('/v1/webhooks/endpoints', { url: base + path, description: 'made by a client', events }, strict.endpointReply, 201)

  it('tell the change of a monitor to the endpoint that it was assigned, signed, in snake case', async () => {
    const [mine, other] = [await endpoint('/mine', ['monitor.change_detected']), await endpoint('/other', ['monitor.change_detected'])]
    const made = await create({ url: `${feed}1`, extract: edition })
    await runsDone(made.id, 1)
    expect((await patch(made.id, { webhook_endpoint_id: mine.id, url: `${feed}2` })).webhook_endpoint_id).toBe(mine.id)
    await runAgain(made.id, 2)
    const { body, headers } = await arrived('/mine')
    expect(new Webhook(mine.secret ?? '').verify(body, headers)).toEqual({
      type: 'monitor.change_detected',
      data: { schedule_id: made.id, schedule_name: 'n', url: `${feed}2`, changes: [{ field: 'edition', previous_value: 1, new_value: 2 }], detected_at: expect.any(String) },
    })
    expect(arrivals.some(({ path }) => path === '/other')).toBe(false)
    expect(await get(`/v1/webhooks/endpoints/${other.id}`, strict.endpointReply)).toMatchObject({ description: 'made by a client', events: ['monitor.change_detected'] })
    expect((await get('/v1/webhooks/endpoints', strict.endpointList)).endpoints).toHaveLength(2)
    expect((await call(app, key, `/v1/webhooks/endpoints/${other.id}`, { method: 'DELETE' })).status).toBe(204)
    await failsWith(await call(app, key, `/v1/webhooks/endpoints/${other.id}`), 404, 'webhook_endpoint_not_found')
  })

  it('tell changes together where a digest is asked for', async () => {
    const digest = await endpoint('/digest', ['monitor.change_detected', 'monitor.digest_delivered'])
    const made = await create({ url: `${feed}1`, extract: edition, webhook_endpoint_id: digest.id, watch: { digest_interval_minutes: 15 } })
    await runsDone(made.id, 1)
    await patch(made.id, { url: `${feed}2` })
    await runAgain(made.id, 2)
    expect((await get(`/v1/monitors/${made.id}`, strict.monitorReply)).last_digest_at).toBeNull()
    await sql`update monitors set created_at = created_at - interval '16 minutes' where id = ${made.id}`.execute(app.app.store.db)
    await patch(made.id, { url: `${feed}3` })
    await runAgain(made.id, 3)
    const { type, data } = JSON.parse((await arrived('/digest')).body) as { type: string; data: { changes: { new_value: number }[] } }
    expect([type, data.changes.map((change) => change.new_value)]).toEqual(['monitor.digest_delivered', [2, 3]])
    expect((await get(`/v1/monitors/${made.id}`, strict.monitorReply)).last_digest_at).not.toBeNull()
    expect(arrivals.filter(({ path }) => path === '/digest')).toHaveLength(1)
  })

  it('tell the end of a job to the address that came with it', async () => {
    const reply = await call(app, key, '/v1/jobs', { json: { kind: 'map', input: { seeds: ['https://article.lab.test/'], max_depth: 0 }, webhook: { url: `${base}/job` } } })
    const { job_id: id } = await reply.json() as { job_id: string }
    expect(JSON.parse((await arrived('/job')).body)).toEqual({ type: 'job.completed', data: { job_id: id, job_type: 'map', status: 'completed', result_available: true } })
  })
})

describe('Amazon', () => {
  const shop = 'domain=lab.test'

  it('a product, by ASIN and by words', async () => {
    const own = await app.key({ mode: 'live' })
    const product = await read(await call(app, own, `/v1/amazon/product?asin=B0LAB00042&${shop}`), 200, strict.productReply)
    expect(product).toMatchObject({
      asin: 'B0LAB00042', title: expect.stringMatching(/^Tidewatch/), brand: 'Tidewatch', price: 64.95, currency: 'USD', availability: 'In Stock', rating: 4.6, review_count: 1284,
      bullet_points: expect.arrayContaining(['Hangs on one nail']), featured_merchant: { name: 'Tidewatch' }, url: 'https://www.amazon.lab.test/dp/B0LAB00042',
      category: [{ ladder: [{ name: 'Home & Kitchen', url: 'https://www.amazon.lab.test/home' }, { name: 'Barometers' }] }], product_details: { Material: 'Brass', ASIN: 'B0LAB00042' },
    })
    expect(await own.used()).toBe(10)
    expect(await get(`/v1/amazon/product?query=bell&${shop}`, strict.productReply)).toMatchObject({ asin: 'B0LAB00001', title: 'Ship’s Bell' })
  })

  it('search, a page at a time, with what old clients look for', async () => {
    const second = await get(`/v1/amazon/search?search=brass&page=2&country=US&${shop}&sort_by=price-asc-rank`, strict.amazonSearch)
    expect(second.meta_data).toMatchObject({ query: 'brass', page: 2, country: 'us', domain: 'lab.test', number_of_results: 8, number_of_products: 4, sort_by: 'price-asc-rank' })
    expect(second.products[0]).toMatchObject({ asin: 'B0LAB00004', is_sponsored: true, price: 14.5, currency: 'USD', rating: 4.4, review_count: 6000, url: expect.stringContaining('/dp/B0LAB00004') })
    expect(second.products[2]?.price).toBeNull()
    expect(second.results.map(({ asin }) => asin)).toEqual(second.products.map(({ asin }) => asin))
    expect((await get(`/v1/amazon/search?query=brass&${shop}`, strict.amazonSearch)).meta_data.page).toBe(1)
  })

  it('search over several pages, as a job', async () => {
    const { job_id: id } = await read(await call(app, key, `/v1/amazon/search/crawl?search=brass&end_page=2&${shop}`), 202, strict.queuedReply)
    for (;;) {
      const { status } = await get(`/v1/jobs/${id}`, strict.jobStatus)
      if (status === 'completed') break
      expect(['queued', 'running']).toContain(status)
      await new Promise((resolve) => { setTimeout(resolve, 25) })
    }
    const { result } = await get(`/v1/jobs/${id}/result`, strict.jobResult)
    const merged = strict.amazonCrawl.parse(result)
    expect(merged.products.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(merged.meta_data).toMatchObject({ start_page: 1, end_page: 2, pages_requested: 2, pages_returned: 2 })
    await failsWith(await call(app, key, `/v1/amazon/search/crawl?search=brass&end_page=11&${shop}`), 400, 'invalid_request', { message: /end_page/ })
  })

  it('tells its wall from others, and bills nothing for it', async () => {
    const own = await app.key({ mode: 'live' })
    for (const path of [`product?asin=B0LABWALL0&${shop}`, `search?search=walled&${shop}`]) {
      await failsWith(await call(app, own, `/v1/amazon/${path}`), 502, 'blocked_by_amazon', { diagnostics: { retryable: false, blocked: true } })
    }
    expect(await own.used()).toBe(0)
    await failsWith(await call(app, own, '/v1/amazon/product?asin=short'), 400, 'invalid_request', { message: 'asin must be ten letters and digits' })
    await failsWith(await call(app, own, '/v1/amazon/product?asin=B0LAB00042&country=xx'), 400, 'invalid_request', { message: /^country must be one of us, gb/ })
    await failsWith(await call(app, own, '/v1/amazon/pricing?asin=B0LAB00042'), 501, 'not_available')
  })
})

describe('sessions', () => {
  it('keep what a site sets, under the name that the caller chose', async () => {
    const kept = await startTestApp({ labForLive: true, profileKey: 'a key for the tests of this voice', browser: 'off' })
    try {
      const own = await kept.key({ mode: 'live' })
      const fetching = async (url: string, session?: object) => read(await call(kept, own, '/v1/fetch', { json: { url, output: ['markdown'], ...(session ? { session } : {}) } }), 200, strict.fetchReply)
      const set = await fetching('https://any.lab.test/set-cookie?flavour=oat', { id: 's-1' })
      expect(set.session).toEqual({ id: 's-1', updated: true })
      expect((await fetching('https://any.lab.test/cookies', { id: 's-1' })).outputs.markdown).toContain('oat')
      expect((await fetching('https://any.lab.test/cookies')).outputs.markdown).not.toContain('oat')
    } finally {
      await kept.close()
    }
    await failsWith(await call(app, key, '/v1/fetch', { json: { url: 'https://article.lab.test/', session: { id: 's-1' } } }), 501, 'not_available', { message: /LYREBIRD_PROFILE_KEY/ })
  })
})
