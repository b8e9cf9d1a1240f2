import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { jobsOf } from '../support/jobs.ts'

interface Arrival { path: string; headers: Record<string, string>; body: string; message: { type: string; timestamp: string; data: Record<string, unknown> } }

let app: TestApp
let key: TestKey
let jobs: ReturnType<typeof jobsOf>
let server: Server
let base: string
const arrivals: Arrival[] = []
let listeners: (() => void)[] = []
/** Status by path; 200 unless set. */
const answers = new Map<string, { status: number; headers?: Record<string, string> }>()

beforeAll(async () => {
  server = createServer((req, res) => void receive(req).then((arrival) => {
    arrivals.push(arrival)
    const answer = answers.get(arrival.path) ?? { status: 200 }
    res.writeHead(answer.status, answer.headers).end('thanks for nothing')
    for (const listener of listeners) listener()
  }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  base = `http://127.0.0.1:${port}`
  app = await startTestApp({ labForLive: true, webhookHttp: 'true', egressAllow: `127.0.0.1:${port}` })
  key = await app.key({ mode: 'live' })
  jobs = jobsOf(app, key.secret)
})
afterAll(async () => {
  await app.close()
  await new Promise((resolve) => server.close(resolve))
})

const receive = async (req: IncomingMessage): Promise<Arrival> => {
  let body = ''
  for await (const chunk of req) body += String(chunk)
  return { path: req.url ?? '', headers: req.headers as Record<string, string>, body, message: JSON.parse(body) as Arrival['message'] }
}

const arrived = async (path: string, count: number): Promise<Arrival[]> => {
  for (;;) {
    const found = arrivals.filter((arrival) => arrival.path === path)
    if (found.length >= count) return found
    await new Promise<void>((resolve) => { listeners = [...listeners, resolve] })
  }
}

interface Created { data: { id: string; active: boolean; disabled_reason: string | null; stats: { attempts: number; failures: number; last_status: number | null } }; secret: string }
interface Delivery { id: string; event_id: string; state: string; attempts: number; next_at: string | null; last_status: number | null; response: string | null; last_failure: string | null }
const create = (path: string, events: string[]) => jobs.call<Created>('/v1/webhooks', { json: { url: base + path, events } }, 201)
const deliveries = async (id: string) => (await jobs.call<{ data: Delivery[] }>(`/v1/webhooks/${id}/deliveries`)).data
const until = async <T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await look()
    if (good(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

describe('deliveries', () => {
  it('of a job arrive once each, signed, with stable ids, at the endpoint and at the job’s own address', async () => {
    const { data, secret } = await create('/all', ['job.*'])
    const id = await jobs.submit('/v1/batch', {
      urls: ['https://article.lab.test/', 'https://docs.lab.test/'],
      webhook: { url: `${base}/own`, events: ['job.completed'], secret: 'a secret of sixteen' },
    })
    const found = await arrived('/all', 4)
    expect(found.map(({ message }) => message.type).toSorted()).toEqual(['job.completed', 'job.page', 'job.page', 'job.started'])
    for (const { headers, body, message } of found) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(message)
      expect(message.data.job_id).toBe(id)
    }
    const [own] = await arrived('/own', 1)
    expect(new Webhook(Buffer.from('a secret of sixteen'), { format: 'raw' }).verify(own?.body ?? '', own?.headers ?? {})).toMatchObject({ type: 'job.completed', data: { counts: { done: 2 } } })
    const list = await until(() => deliveries(data.id), (all) => all.every((one) => one.state === 'delivered'))
    expect(list.map((one) => one.event_id).toSorted()).toEqual(found.map(({ headers }) => headers['webhook-id'] ?? '').toSorted())
    expect(list[0]).toMatchObject({ attempts: 1, last_status: 200, response: 'thanks for nothing' })

    await jobs.call(`/v1/webhooks/${data.id}/deliveries/${list[0]?.id}/replay`, { method: 'POST' }, 202)
    const again = (await arrived('/all', 5)).at(-1)
    expect(again?.headers['webhook-id']).toBe(list[0]?.event_id)
  })

  it('that fail are tried again as the receiver asks, redirects are failures, and a 410 switches the endpoint off', async () => {
    answers.set('/busy', { status: 503, headers: { 'retry-after': '3600' } })
    answers.set('/moved', { status: 307, headers: { location: '/all' } })
    answers.set('/gone', { status: 410 })
    const [busy, moved, gone] = await Promise.all([create('/busy', ['*']), create('/moved', ['*']), create('/gone', ['*'])])
    const watcher = await create('/watch', ['webhook.disabled'])
    await Promise.all([busy, moved, gone].map(({ data }) => jobs.call(`/v1/webhooks/${data.id}/test`, { method: 'POST' }, 202)))
    const firstOf = async (one: Created) => (await until(() => deliveries(one.data.id), (all) => (all.at(-1)?.attempts ?? 0) > 0)).at(-1)
    const late = await firstOf(busy)
    expect(late).toMatchObject({ state: 'pending', attempts: 1, last_status: 503, last_failure: 'target.http_error' })
    expect(Date.parse(late?.next_at ?? '')).toBeGreaterThan(Date.now() + 3_000_000)
    expect(await firstOf(moved)).toMatchObject({ state: 'pending', last_status: 307 })
    expect(await firstOf(gone)).toMatchObject({ state: 'failed', last_status: 410 })
    expect((await jobs.call<Created>(`/v1/webhooks/${gone.data.id}`)).data).toMatchObject({ active: false, disabled_reason: 'gone', stats: { attempts: 1, failures: 1 } })
    expect((await arrived('/watch', 1))[0]?.message).toMatchObject({ type: 'webhook.disabled', data: { endpoint_id: gone.data.id, reason: 'gone' } })
    for (const { data } of [busy, moved, gone, watcher]) await jobs.call(`/v1/webhooks/${data.id}`, { method: 'DELETE' })
  })

  it('are signed with both secrets while one is replaced', async () => {
    const { data, secret } = await create('/rotated', ['webhook.test'])
    const next = await jobs.call<Created>(`/v1/webhooks/${data.id}/rotate`, { json: { overlap_s: 60 } })
    await jobs.call(`/v1/webhooks/${data.id}/test`, { method: 'POST' }, 202)
    const [arrival] = await arrived('/rotated', 1)
    for (const one of [secret, next.secret]) expect(new Webhook(one).verify(arrival?.body ?? '', arrival?.headers ?? {})).toMatchObject({ type: 'webhook.test' })
  })
})

describe('addresses', () => {
  it('inside the guard are refused when they are given', async () => {
    for (const url of ['http://169.254.169.254/x', 'http://10.0.0.1/', 'http://127.0.0.1:1/']) {
      expect((await jobs.call<{ code: string }>('/v1/webhooks', { json: { url, events: ['*'] } }, 403)).code).toBe('policy.url_blocked')
    }
    expect((await jobs.call<{ code: string }>('/v1/batch', { json: { urls: ['https://article.lab.test/'], webhook: { url: 'http://10.0.0.1/' } } }, 403)).code).toBe('policy.url_blocked')
  })

  it('are seen and changed by their own workspace only', async () => {
    const { data } = await create('/mine', ['*'])
    const other = jobsOf(app, (await app.key()).secret)
    await other.call(`/v1/webhooks/${data.id}`, {}, 404)
    await other.call(`/v1/webhooks/${data.id}`, { method: 'PATCH', json: { active: false } }, 404)
    expect((await jobs.call<Created>(`/v1/webhooks/${data.id}`, { method: 'PATCH', json: { active: false } })).data.active).toBe(false)
    expect(JSON.stringify(await jobs.call('/v1/webhooks'))).not.toContain('whsec_')
  })
})
