import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webhookForm } from '../../src/dialects/scrapegraphai/webhook.ts'
import { idOf } from '../../src/lib/ids.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { clientOf, type Client, uuid } from './scrapegraphai.client.ts'

let app: TestApp
let key: TestKey
let client: Client

beforeAll(async () => {
  app = await startTestApp({ labForLive: true })
  key = await app.key({ mode: 'live', monthlyCredits: 10_000 })
  client = clientOf(app, key)
})
afterAll(() => app.close())

interface Monitor {
  cronId: string
  scheduleId: string
  interval: string
  status: string
  config: Record<string, unknown>
  createdAt: string
  updatedAt: string
  consecutiveFailures: number
}

interface Tick {
  id: string
  status: string
  createdAt: string
  elapsedMs: number
  changed: boolean
  diffs: { markdown?: unknown[]; html?: unknown[]; json?: unknown[]; links?: unknown; images?: unknown; screenshot?: { size: number; changed: number; mask?: string } }
  error?: string
}

interface Activity {
  ticks: Tick[]
  nextCursor: string | null
}

const page = 'https://article.lab.test/'
const moving = 'https://changes.lab.test/'
const create = (json: object, who = client) => who.get<Monitor>('monitor', '/monitor', { json })
const looked = (id: string, count: number, who = client) => who.until<Activity>('activity', `/monitor/${id}/activity`, ({ ticks }) => ticks.filter((tick) => tick.status !== 'running').length >= count)
/** As if its time had come. */
const due = (id: string) => sql`update monitors set next_at = now() where id = ${idOf('mon', id)}`.execute(app.app.store.db)

describe('a monitor', () => {
  it('is made from cron or a shorthand, with the defaults of its request', async () => {
    for (const interval of ['*/30 * * * *', '0 9 * * 1-5', '30m', '1h', '1d']) {
      const made = await create({ url: page, interval })
      expect(made).toMatchObject({ interval, status: 'active', config: { url: page, interval, formats: [{ type: 'markdown', mode: 'normal' }] } })
      expect(Object.keys(made.config)).toEqual(['url', 'formats', 'interval'])
      expect(uuid.safeParse(made.cronId).success).toBe(true)
      expect(made.scheduleId).toMatch(/^scd_/)
    }
    const whole = await create({ url: 'article.lab.test', name: 'n', interval: '1h', formats: [{ type: 'html' }, { type: 'links' }], webhookUrl: 'https://any.lab.test/status/200', fetchConfig: { mode: 'fast' } })
    expect(whole.config).toEqual({
      url: 'https://article.lab.test', name: 'n', formats: [{ type: 'html', mode: 'normal' }, { type: 'links' }], interval: '1h', webhookUrl: 'https://any.lab.test/status/200',
      fetchConfig: { mode: 'fast', stealth: false, timeout: 30_000, wait: 0, scrolls: 0, mock: false },
    })
    expect(await client.get<Monitor>('monitor', `/monitor/${whole.cronId}`)).toEqual(whole)
    const list = await (await client.call('/monitor')).json() as Monitor[]
    expect(list).toHaveLength(6)
    expect(list[0]).toEqual(whole)
  })

  it('takes its first look at once as the baseline; later ones say what has changed, at their price', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 100 })
    const client = clientOf(app, own)
    const { cronId } = await create({ url: moving, interval: '1h', formats: [{ type: 'markdown' }, { type: 'html' }, { type: 'links' }, { type: 'images' }] }, client)
    const [first] = (await looked(cronId, 1, client)).ticks
    expect(first).toMatchObject({ status: 'completed', changed: true, diffs: {} })
    expect(await own.used()).toBe(4)
    await due(cronId)
    const { ticks, nextCursor } = await looked(cronId, 2, client)
    expect(ticks).toHaveLength(2)
    expect(nextCursor).toBeNull()
    expect(ticks[1]).toEqual(first)
    expect(ticks[0]).toMatchObject({ status: 'completed', changed: true })
    expect(Object.keys(ticks[0]?.diffs ?? {})).toEqual(['markdown', 'html'])
    expect(ticks[0]?.diffs.markdown).toContainEqual({ type: 'added', line: expect.any(Number), content: expect.stringContaining('Edition') })
    expect(await own.used()).toBe(4 + 4 + 5)

    const newest = await client.get<Activity>('activity', `/monitor/${cronId}/activity?limit=1`)
    expect(newest.ticks).toEqual([ticks[0]])
    expect(newest.nextCursor).toBe(ticks[0]?.createdAt)
    for (const cursor of [newest.nextCursor ?? '', (newest.nextCursor ?? '').replace('Z', ''), (newest.nextCursor ?? '').replace('Z', '%2B00:00')]) {
      expect(await client.get<Activity>('activity', `/monitor/${cronId}/activity?limit=1&cursor=${cursor}`), cursor).toEqual({ ticks: [ticks[1]], nextCursor: null })
    }
  })

  it('sees no change where there is none', async () => {
    const { cronId } = await create({ url: 'https://changes.lab.test/stable', interval: '1h', formats: [{ type: 'markdown', mode: 'reader' }, { type: 'json' }] })
    await looked(cronId, 1)
    await due(cronId)
    expect((await looked(cronId, 2)).ticks[0]).toMatchObject({ status: 'completed', changed: false, diffs: {} })
  })

  it('compares pictures by their pixels', async () => {
    const { cronId } = await create({ url: moving, interval: '1h', formats: [{ type: 'screenshot', width: 640, height: 480 }] })
    await looked(cronId, 1)
    await due(cronId)
    const [tick] = (await looked(cronId, 2)).ticks
    expect(tick?.changed).toBe(true)
    expect(tick?.diffs.screenshot?.size).toBe(320 * 240)
    expect(tick?.diffs.screenshot?.changed).toBeGreaterThan(0)
    expect(tick?.diffs.screenshot?.mask).toMatch(/^data:image\/png;base64,/)
    const still = await create({ url: 'https://changes.lab.test/stable', interval: '1h', formats: [{ type: 'screenshot', width: 640, height: 480 }] })
    await looked(still.cronId, 1)
    await due(still.cronId)
    expect((await looked(still.cronId, 2)).ticks[0]).toMatchObject({ changed: false, diffs: {} })
  })

  it('compares brands by what people see of them', async () => {
    const { cronId } = await create({ url: 'https://brand.lab.test/', interval: '1h', formats: [{ type: 'branding' }] })
    expect((await looked(cronId, 1)).ticks[0]).toMatchObject({ status: 'completed', changed: true })
    await due(cronId)
    expect((await looked(cronId, 2)).ticks[0]).toMatchObject({ status: 'completed', changed: false, diffs: {} })
    await client.get('monitor', `/monitor/${cronId}`, { method: 'PATCH', json: { url: 'https://article.lab.test/' } })
    await due(cronId)
    expect((await looked(cronId, 3)).ticks[0]?.diffs).toMatchObject({ branding: expect.arrayContaining([expect.objectContaining({ path: expect.stringMatching(/^colors\./) })]) })
  })

  it('says why a look failed, and how often in a row', async () => {
    const own = await app.key({ mode: 'live', monthlyCredits: 100 })
    const client = clientOf(app, own)
    const { cronId } = await create({ url: 'https://any.lab.test/status/500', interval: '1h' }, client)
    expect((await looked(cronId, 1, client)).ticks[0]).toMatchObject({ status: 'failed', changed: false, diffs: {}, error: expect.stringContaining('500') })
    expect(await client.get('monitor', `/monitor/${cronId}`)).toMatchObject({ status: 'active', consecutiveFailures: 1 })
    expect(await own.used()).toBe(0)
  })

  it('goes on where only one of its formats fails', async () => {
    const { cronId } = await create({ url: 'https://changes.lab.test/stable', interval: '1h', formats: [{ type: 'markdown' }, { type: 'summary' }] })
    expect((await looked(cronId, 1)).ticks[0]).toMatchObject({ status: 'completed' })
    await due(cronId)
    expect((await looked(cronId, 2)).ticks[0]).toMatchObject({ status: 'completed', changed: false, diffs: {} })
  })

  it('is changed in part, paused, continued and deleted', async () => {
    const { cronId } = await create({ url: page, name: 'old', interval: '1h', webhookUrl: 'https://any.lab.test/status/200', fetchConfig: { mode: 'fast' } })
    const patch = (json: object) => client.get<Monitor>('monitor', `/monitor/${cronId}`, { method: 'PATCH', json })
    expect((await patch({ name: 'new' })).config).toMatchObject({ name: 'new', url: page, interval: '1h', webhookUrl: 'https://any.lab.test/status/200', fetchConfig: { mode: 'fast' }, formats: [{ type: 'markdown' }] })
    expect((await patch({ formats: [{ type: 'links' }] })).config).toMatchObject({ name: 'new', formats: [{ type: 'links' }], fetchConfig: { mode: 'fast' } })
    expect((await patch({ interval: '*/10 * * * *', fetchConfig: { timeout: 5000 } })).config).toMatchObject({ interval: '*/10 * * * *', fetchConfig: { mode: 'auto', timeout: 5000 }, formats: [{ type: 'links' }] })
    expect((await patch({ webhookUrl: null })).config).not.toHaveProperty('webhookUrl')
    expect((await patch({ url: moving })).config).toMatchObject({ url: moving, formats: [{ type: 'links' }] })
    expect((await patch({})).config).toMatchObject({ name: 'new', url: moving })
    await looked(cronId, 1)
    await due(cronId)
    expect((await looked(cronId, 2)).ticks[0]).toMatchObject({ status: 'completed' })
    const post = (path: string) => client.get<Monitor>('monitor', `/monitor/${cronId}/${path}`, { method: 'POST' })
    expect((await post('pause')).status).toBe('paused')
    expect((await post('pause')).status).toBe('paused')
    expect((await post('resume')).status).toBe('active')
    expect(await client.get('ok', `/monitor/${cronId}`, { method: 'DELETE' })).toEqual({ ok: true })
    for (const path of ['', '/activity']) expect(await client.refused(`/monitor/${cronId}${path}`)).toMatchObject({ status: 404, type: 'not_found', message: 'Request not found' })
  })

  it('is refused with the place of what is wrong', async () => {
    for (const interval of ['sometimes', '10s', '* * * * * *']) expect(await client.refused('/monitor', { json: { url: page, interval } }), interval).toMatchObject({ status: 400, type: 'validation', details: [{ code: 'custom', path: ['interval'] }] })
    expect(await client.refused('/monitor', { json: { url: page, interval: '1h', webhookUrl: 'http://hooks.example.com/' } })).toMatchObject({ status: 400, details: [{ path: ['webhookUrl'], message: expect.stringContaining('https') }] })
    expect(await client.refused('/monitor', { json: { url: page, interval: '1h', webhookUrl: '' } })).toMatchObject({ status: 400 })
    expect(await client.refused(`/monitor/${randomUUID()}`, { method: 'PATCH', json: { webhookUrl: null } })).toMatchObject({ status: 404 })
    expect(await client.refused(`/monitor/${randomUUID()}/activity?cursor=yesterday`)).toMatchObject({ status: 400, details: [{ code: 'invalid_format', format: 'datetime' }] })
  })

  it('belongs to its contract and its workspace', async () => {
    const native = await (await app.request('/v1/monitors', { json: { url: page, schedule: '1h' }, headers: { authorization: `Bearer ${key.secret}` } })).json() as { data: { id: string } }
    const { uuidOf } = await import('../../src/lib/ids.ts')
    const { cronId } = await create({ url: page, interval: '1h' })
    for (const [who, id] of [[client, uuidOf(native.data.id)], [clientOf(app, await app.key()), cronId]] as const) {
      expect((await who.call(`/monitor/${id}`)).status).toBe(404)
      expect((await who.call(`/monitor/${id}`, { method: 'DELETE' })).status).toBe(404)
      expect((await who.call(`/monitor/${id}/activity`)).status).toBe(404)
    }
  })
})

describe('its webhook', () => {
  interface Row { type: string; data: unknown; state: string; last_status: number | null; options: Record<string, unknown>; event_id: string; at: Date }
  const deliveries = async (id: string, count: number): Promise<Row[]> => {
    for (;;) {
      const { rows } = await sql<Row>`select d.type, d.data, d.state, d.last_status, e.options, d.event_id, d.at from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
        where e.monitor_id = ${idOf('mon', id)} and d.state <> 'pending' order by d.seq`.execute(app.app.store.db)
      if (rows.length >= count) return rows
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  const messageOf = ({ type, data, options, event_id: id, at }: Row) => webhookForm({ id, type, data, options, at, secrets: [] })

  it('tells of each change what was seen now and before, the baseline first', async () => {
    const { cronId } = await create({ url: moving, interval: '1h', webhookUrl: 'https://any.lab.test/status/200', formats: [{ type: 'markdown' }, { type: 'screenshot', width: 320, height: 240 }] })
    await looked(cronId, 1)
    await due(cronId)
    await looked(cronId, 2)
    const [first, second] = (await deliveries(cronId, 2)).map((row) => ({ ...row, body: JSON.parse(messageOf(row)?.body ?? 'null') as { type: string; data: Record<string, unknown> } }))
    expect(first).toMatchObject({ state: 'delivered', last_status: 200 })
    expect(first?.body).toMatchObject({ type: 'monitor.change.detected', data: { cronId, url: moving, changed: true, previous: null, diffs: {}, current: { markdown: { data: [expect.stringContaining('Chandlery')] } } } })
    expect(second?.body.data).toMatchObject({ cronId, changed: true, previous: first?.body.data.current, diffs: { markdown: expect.any(Array), screenshot: { changed: expect.any(Number) } } })
    expect(second?.body.data.current).toMatchObject({ screenshot: { data: { url: expect.stringMatching(/^http:\/\/lyrebird\.test\/v1\/blobs\//) } } })
    expect(Object.keys(second?.body.data ?? {})).toEqual(['cronId', 'url', 'changedAt', 'changed', 'current', 'previous', 'diffs'])
  })

  it('says nothing of a look that saw no change', async () => {
    const { cronId } = await create({ url: 'https://changes.lab.test/stable', interval: '1h', webhookUrl: 'https://any.lab.test/status/200' })
    await looked(cronId, 1)
    await due(cronId)
    await looked(cronId, 2)
    const rows = await deliveries(cronId, 2)
    expect(rows.map((row) => messageOf(row) === null)).toEqual([false, true])
    expect(rows.map((row) => row.last_status)).toEqual([200, null])
  })
})
