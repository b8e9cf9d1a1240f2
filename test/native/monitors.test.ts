import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { jobsOf } from '../support/jobs.ts'

let app: TestApp
let key: TestKey
let jobs: ReturnType<typeof jobsOf>

beforeAll(async () => {
  app = await startTestApp({ labForLive: true })
  key = await app.key({ mode: 'live' })
  jobs = jobsOf(app, key.secret)
})
afterAll(() => app.close())

interface Monitor { id: string; active: boolean; next_at: string | null; failures: number }
interface Run { id: string; state: string; trigger: string; changed: boolean; previous_id: string | null; diff: { texts: { markdown?: { unified: string } }; lists: { urls?: unknown }; fields: { json?: { path: string }[] } } | null; failure: { code: string } | null; snapshot?: { texts: { markdown?: string }; lists: { urls?: string[] } } }

const create = async (json: unknown) => (await jobs.call<{ data: Monitor }>('/v1/monitors', { json }, 201)).data
const runsOf = async (id: string) => (await jobs.call<{ data: Run[] }>(`/v1/monitors/${id}/runs`)).data
const runs = async (id: string, count: number): Promise<Run[]> => {
  for (;;) {
    const all = await runsOf(id)
    if (all.filter((run) => run.state !== 'running').length >= count) return all
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

describe('a monitor', () => {
  it('takes its first look at once, and later ones say what has changed', async () => {
    const { id, next_at } = await create({ url: 'https://changes.lab.test/', schedule: 'every 1h' })
    expect(Date.parse(next_at ?? '')).toBeGreaterThan(Date.now())
    const [first] = await runs(id, 1)
    expect(first).toMatchObject({ state: 'completed', trigger: 'created', changed: false, diff: null, previous_id: null })
    await jobs.call(`/v1/monitors/${id}/trigger`, { method: 'POST' }, 202)
    const [second] = await runs(id, 2)
    expect(second).toMatchObject({ state: 'completed', trigger: 'manual', changed: true, previous_id: first?.id })
    expect(second?.diff?.texts.markdown?.unified).toMatch(/^@@ [\s\S]*\n\+/)
    expect((await jobs.call<{ data: Run[] }>(`/v1/monitors/${id}/changes`)).data.map((run) => run.id)).toEqual([second?.id])
    expect((await jobs.call<{ data: Run }>(`/v1/monitors/${id}/runs/latest`)).data.snapshot?.texts.markdown).toBeTruthy()
    expect(await key.used()).toBe(2)
    await jobs.call(`/v1/monitors/${id}`, { method: 'DELETE' })
    await jobs.call(`/v1/monitors/${id}`, {}, 404)
  })

  it('watches data that is extracted from the page, member by member', async () => {
    const { id } = await create({
      url: 'https://changes.lab.test/', schedule: 'every 1h',
      page: { formats: [{ type: 'json', selectors: { title: 'h1', text: { selector: 'p', list: true } } }] }, watch: { parts: ['json'], fields: ['text'] },
    })
    await runs(id, 1)
    await jobs.call(`/v1/monitors/${id}/trigger`, { method: 'POST' }, 202)
    const [second] = await runs(id, 2)
    const changes = second?.diff?.fields.json ?? []
    expect(changes.length).toBeGreaterThan(0)
    expect(changes.every(({ path }) => path.startsWith('text['))).toBe(true)
  })

  it('looks when its time has come, once, and not while it is paused', async () => {
    const { id } = await create({ url: 'https://article.lab.test/', schedule: '*/5 * * * *', time_zone: 'Europe/Berlin' })
    await runs(id, 1)
    expect((await jobs.call<{ data: Monitor }>(`/v1/monitors/${id}/pause`, { method: 'POST' })).data).toMatchObject({ active: false, next_at: null })
    await jobs.call(`/v1/monitors/${id}/resume`, { method: 'POST' })
    await sql`update monitors set next_at = now() - interval '1 second' where id = ${id}`.execute(app.app.store.db)
    const [scheduled] = await runs(id, 2)
    expect(scheduled).toMatchObject({ trigger: 'schedule', state: 'completed', changed: false })
    expect(await runsOf(id)).toHaveLength(2)
  })

  it('that missed its time notes it or makes up for it', async () => {
    const { id } = await create({ url: 'https://article.lab.test/', schedule: 'every 10m', missed: 'skip' })
    await runs(id, 1)
    await sql`update monitors set next_at = now() - interval '1 hour' where id = ${id}`.execute(app.app.store.db)
    expect((await runs(id, 2))[0]).toMatchObject({ state: 'skipped', trigger: 'schedule' })
  })

  it('of a site watches its URLs; one that fails says why', async () => {
    const site = await create({ map: { url: 'https://big.lab.test/?pages=5', sitemap: 'skip' }, schedule: '1d' })
    const broken = await create({ url: 'https://target-http-error.fail.test/', schedule: '1d' })
    await runs(site.id, 1)
    expect((await jobs.call<{ data: Run }>(`/v1/monitors/${site.id}/runs/latest`)).data.snapshot?.lists.urls?.length).toBeGreaterThan(1)
    expect((await runs(broken.id, 1))[0]).toMatchObject({ state: 'failed', failure: { code: 'target.http_error' } })
    expect((await jobs.call<{ data: Monitor }>(`/v1/monitors/${broken.id}`)).data.failures).toBe(1)
  })

  it.each([
    [{ url: 'https://a.example/', schedule: 'sometimes' }, 'schedule'],
    [{ url: 'https://a.example/', schedule: '0 9 * * *', time_zone: 'Mars/Olympus' }, 'time_zone'],
    [{ url: 'https://a.example/', schedule: '1h', watch: { ignore: ['('] } }, 'watch.ignore.0'],
    [{ schedule: '1h' }, 'url'],
  ])('%j is refused at %s', async (json, path) => {
    const body = await jobs.call<{ issues: { path: unknown[] }[] }>('/v1/monitors', { json }, 400)
    expect(body.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })
})
