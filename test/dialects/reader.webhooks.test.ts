import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { call, dataOf, failedWith, jobsOf, read } from './reader.client.ts'
import { startReceiver, type Arrival } from './reader.receiver.ts'

interface Webhook { id: string; url: string; name: string; events: string[]; secret?: string; headers: Record<string, string>; active: boolean; deliveryStats: Record<string, unknown>; createdAt: string; updatedAt: string }

let app: TestApp
let key: TestKey
let receiver: Awaited<ReturnType<typeof startReceiver>>

beforeAll(async () => {
  receiver = await startReceiver()
  app = await startTestApp({ labForLive: true, publicUrl: 'http://lyrebird.test', webhookHttp: 'true', egressAllow: `127.0.0.1:${receiver.port}` })
  key = await app.key({ mode: 'live' })
})
afterAll(async () => {
  await app.close()
  await receiver.close()
})

const article = 'https://article.lab.test/'
const missing = 'https://any.lab.test/status/404'
const secret = 'a secret of more than sixteen'

const create = async (own: TestKey, path: string, events: string[], more: Record<string, unknown> = {}): Promise<Webhook> =>
  dataOf(await call(app, own.secret, '/v1/webhooks', { method: 'POST', json: { url: receiver.base + path, name: path, events, ...more } }), 201) as unknown as Webhook

/** As the vendor's page tells receivers to check. */
const verify = ({ headers, body }: Arrival, own: string): void => {
  const timestamp = headers['x-reader-timestamp'] ?? ''
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(300)
  expect(headers['x-reader-signature']).toBe(`sha256=${createHmac('sha256', own).update(`${timestamp}.${body}`).digest('hex')}`)
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/

describe('deliveries', () => {
  it('carry the vendor’s headers, a signature over second and body, and the fields of the job at the top', async () => {
    const own = await app.key({ mode: 'live' })
    await create(own, '/all', ['job.started', 'job.page', 'job.completed', 'job.failed'], { secret, headers: { 'x-mine': 'yes' } })
    const { id } = await jobsOf(app, own).submit({ urls: [article, missing] })
    const found = await receiver.arrived('/all', 4)
    expect(found.map(({ headers }) => headers['x-reader-event'] ?? '').toSorted()).toEqual(['job.completed', 'job.page', 'job.page', 'job.started'])
    for (const arrival of found) {
      verify(arrival, secret)
      expect(arrival.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Reader-Webhook/1.0', 'x-mine': 'yes', 'x-reader-delivery': expect.stringMatching(uuid) })
      expect(arrival.payload).toMatchObject({ event: arrival.headers['x-reader-event'], jobId: id, mode: 'batch', timestamp: expect.any(String) })
    }
    expect(new Set(found.map(({ headers }) => headers['x-reader-delivery'])).size).toBe(4)
    const of = (event: string) => found.filter(({ headers }) => headers['x-reader-event'] === event).map(({ payload }) => payload)
    expect(of('job.completed')).toMatchObject([{ status: 'completed', completed: 2, total: 2, creditsUsed: 1 }])
    expect(of('job.page')).toEqual(expect.arrayContaining([
      expect.objectContaining({ url: article, statusCode: 200, credits: 1 }), expect.objectContaining({ url: missing, error: expect.stringContaining('404'), credits: 0 }),
    ]))
  })

  it('of one job go where that job says, signed with its own secret', async () => {
    const { id } = await jobsOf(app, key).submit({ url: 'https://big.lab.test/n/1?pages=10', maxPages: 2, webhook: { url: `${receiver.base}/own`, events: ['job.completed'], secret } })
    const [arrival] = await receiver.arrived('/own', 1)
    if (!arrival) throw new Error('nothing arrived')
    verify(arrival, secret)
    expect(arrival.payload).toMatchObject({ event: 'job.completed', jobId: id, mode: 'crawl', status: 'completed', completed: 2, total: 2, creditsUsed: 2 })
  })

  it('tell of a job whose pages have all failed as completed, and nothing to who asked for failed jobs only', async () => {
    const own = await app.key({ mode: 'live' })
    const failed = await create(own, '/failed', ['job.failed'])
    await create(own, '/completed', ['job.completed'])
    await jobsOf(app, own).submit({ urls: [missing] })
    expect((await receiver.arrived('/completed', 1))[0]?.payload).toMatchObject({ status: 'completed', completed: 1, total: 1, creditsUsed: 0 })
    expect((await receiver.arrived('/completed', 1))[0]?.payload).not.toHaveProperty('error')
    await expect.poll(async () => (await app.app.store.db.selectFrom('webhook_deliveries').select('state').where('endpoint_id', '=', failed.id).execute()).map(({ state }) => state)).toEqual(['delivered'])
    expect(receiver.arrivals.filter(({ path }) => path === '/failed')).toEqual([])
    expect(dataOf(await call(app, own.secret, '/v1/webhooks')) as unknown).toContainEqual(expect.objectContaining({ id: failed.id, deliveryStats: { totalAttempts: 0, failedDeliveries: 0, lastDeliveryAt: null, lastDeliveryStatus: null } }))
  })

  it('that fail come again under the same id, and are counted', async () => {
    const own = await app.key({ mode: 'live' })
    receiver.answers.set('/shaky', [500])
    const { id } = await create(own, '/shaky', ['job.completed'], { secret })
    await jobsOf(app, own).submit({ urls: [article] })
    const [first, second] = await receiver.arrived('/shaky', 2)
    if (!first || !second) throw new Error('too little arrived')
    verify(second, secret)
    expect(second.headers['x-reader-delivery']).toBe(first.headers['x-reader-delivery'])
    expect(second.body).toBe(first.body)
    const stats = async () => ((await call(app, own.secret, '/v1/webhooks')).body.data as Webhook[]).find((one) => one.id === id)?.deliveryStats
    await expect.poll(stats).toEqual({ totalAttempts: 2, failedDeliveries: 1, lastDeliveryAt: expect.any(String), lastDeliveryStatus: 200 })
  }, 20_000)

  it('tell once that credits run low', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 20 })
    await create(own, '/low', ['credit.low'])
    await jobsOf(app, own).submit({ urls: Array.from({ length: 19 }, (_, i) => `https://big.lab.test/n/${i + 1}`) })
    const [arrival] = await receiver.arrived('/low', 1)
    expect(arrival?.headers['x-reader-event']).toBe('credit.low')
    expect(arrival?.payload).toMatchObject({ event: 'credit.low', balance: 1, limit: 20, used: 19, resetAt: expect.any(String) })
    dataOf(await read(app, own, { url: article, cache: false }))
    await new Promise((resolve) => setTimeout(resolve, 6000))
    expect(receiver.arrivals.filter(({ path }) => path === '/low')).toHaveLength(1)
  }, 30_000)
})

describe('webhooks', () => {
  it('are made, listed by skip and limit, changed and deleted; the secret is shown once', async () => {
    const own = await app.key({ mode: 'live' })
    const made = await create(own, '/a', ['job.completed', 'job.failed'], { secret, headers: { authorization: 'Bearer x' } })
    expect(made).toEqual({
      id: expect.any(String), url: `${receiver.base}/a`, name: '/a', events: ['job.completed', 'job.failed'], secret, headers: { authorization: 'Bearer x' }, active: true,
      deliveryStats: { totalAttempts: 0, failedDeliveries: 0, lastDeliveryAt: null, lastDeliveryStatus: null }, createdAt: expect.any(String), updatedAt: expect.any(String),
    })
    const other = await create(own, '/b', ['session.created'])
    expect(other.secret?.length).toBeGreaterThanOrEqual(16)
    const list = await call(app, own.secret, '/v1/webhooks?limit=1')
    expect(JSON.stringify(list.body)).not.toContain('secret')
    expect(list.body.pagination).toEqual({ total: 2, skip: 0, limit: 1, hasMore: true, next: 'http://lyrebird.test/reader/v1/webhooks?skip=1&limit=1' })
    expect((list.body.data as Webhook[]).map(({ id }) => id)).toEqual([made.id])

    const changed = dataOf(await call(app, own.secret, `/v1/webhooks/${made.id}`, { method: 'PATCH', json: { events: ['job.page'], active: false, name: 'other', headers: {} } }))
    expect(changed).toMatchObject({ id: made.id, events: ['job.page'], active: false, name: 'other', headers: {}, url: made.url })
    expect(changed).not.toHaveProperty('secret')
    const { id } = await jobsOf(app, own).submit({ urls: [article] })
    await jobsOf(app, own).wait(id)
    expect(receiver.arrivals.filter(({ path }) => path === '/a')).toEqual([])
    dataOf(await call(app, own.secret, `/v1/webhooks/${made.id}`, { method: 'PATCH', json: { active: true, secret: 'another secret, long' } }))
    await jobsOf(app, own).submit({ urls: [article] })
    const [arrival] = await receiver.arrived('/a', 1)
    if (!arrival) throw new Error('nothing arrived')
    verify(arrival, 'another secret, long')
    expect(arrival.headers).not.toHaveProperty('authorization')

    expect(dataOf(await call(app, own.secret, `/v1/webhooks/${made.id}`, { method: 'DELETE' }))).toEqual({ id: made.id })
    failedWith(await call(app, own.secret, `/v1/webhooks/${made.id}`, { method: 'DELETE' }), 'not_found')
  })

  it('are ten at most, also where twelve come at once', async () => {
    const own = await app.key({ mode: 'live' })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => call(app, own.secret, '/v1/webhooks', { method: 'POST', json: { url: `${receiver.base}/n${i}`, name: `${i}`, events: ['job.failed'] } })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10)
    for (const answer of answers.filter(({ status }) => status !== 201)) expect(failedWith(answer, 'conflict').details).toEqual({ limit: 10 })
  })

  it.each([
    ['no name', { name: undefined }, 'name'], ['a long name', { name: 'x'.repeat(101) }, 'name'], ['no events', { events: [] }, 'events'], ['an unknown event', { events: ['job.done'] }, 'events.0'],
    ['no address', { url: undefined }, 'url'], ['a short secret', { secret: 'short' }, 'secret'], ['a long secret', { secret: 'x'.repeat(257) }, 'secret'], ['a header that is none', { headers: { 'a b': 'c' } }, 'headers.a b'],
  ])('are refused with %s', async (_, change, path) => {
    const { details } = failedWith(await call(app, key.secret, '/v1/webhooks', { method: 'POST', json: { url: `${receiver.base}/x`, name: 'x', events: ['job.page'], ...change } }), 'invalid_request')
    expect((details.issues as { path: string[] }[]).map((issue) => issue.path.join('.'))).toEqual([path])
  })

  it.each(['http://10.0.0.1/hook', 'http://localhost:9/hook', 'http://169.254.169.254/'])('are refused at %s, which the guard does not open', async (url) => {
    const { details } = failedWith(await call(app, key.secret, '/v1/webhooks', { method: 'POST', json: { url, name: 'x', events: ['job.page'] } }), 'url_blocked')
    expect(details).toEqual({ url, reason: expect.any(String) })
    expect(failedWith(await read(app, key, { urls: [article], webhook: { url } }), 'url_blocked').details).toEqual({ url, reason: expect.any(String) })
    expect(failedWith(await read(app, key, { url: article, maxPages: 2, webhook: { url } }), 'url_blocked').details).toEqual({ url, reason: expect.any(String) })
  })

  it('of another door are listed in the words of this one, and keep their form', async () => {
    const own = await app.key({ mode: 'live' })
    const made = await app.request('/v1/webhooks', { json: { url: `${receiver.base}/native`, events: ['job.*', 'monitor.run'] }, headers: { 'x-api-key': own.secret } })
    expect(made.status).toBe(201)
    expect((await call(app, own.secret, '/v1/webhooks')).body.data).toMatchObject([{ url: `${receiver.base}/native`, name: '', events: ['job.started', 'job.page', 'job.completed', 'job.failed'] }])
    await jobsOf(app, own).submit({ urls: [article] })
    const [arrival] = await receiver.arrived('/native', 1)
    expect(arrival?.headers).toHaveProperty('webhook-signature')
  })

  it('are their workspace’s own', async () => {
    const made = await create(key, '/mine', ['job.failed'])
    const other = await app.key({ mode: 'live' })
    failedWith(await call(app, other.secret, `/v1/webhooks/${made.id}`, { method: 'PATCH', json: { active: false } }), 'not_found')
    expect((await call(app, other.secret, '/v1/webhooks')).body.data).toEqual([])
  })
})

it('needs TLS for a webhook where the operator has not said otherwise', async () => {
  const strict = await startTestApp({ labForLive: true, publicUrl: 'http://lyrebird.test' })
  try {
    const own = await strict.key({ mode: 'live' })
    const { details } = failedWith(await call(strict, own.secret, '/v1/webhooks', { method: 'POST', json: { url: 'http://hooks.example.com/', name: 'x', events: ['job.page'] } }), 'invalid_request')
    expect(details.issues).toEqual([{ path: ['url'], code: 'https_required', message: expect.any(String) }])
  } finally {
    await strict.close()
  }
})
