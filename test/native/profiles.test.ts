import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { until } from '../support/cdp.ts'
import { jobsOf } from '../support/jobs.ts'

let app: TestApp
let key: TestKey
let origin: string

beforeAll(async () => {
  app = await startTestApp({ profileKey: 'a passphrase for the tests', sessions: '2', labForLive: true })
  key = await app.key({ scopes: ['scrape', 'read', 'evaluate'] })
  origin = (await app.app.listen()).url
})
afterAll(() => app.close())

interface Reply { status: number; body: { code?: string; issues?: { path: (string | number)[] }[]; setting?: string; data: Record<string, unknown> & { text?: string; actions?: { value: unknown }[]; warnings?: string[] } } }

const call = async (method: string, path: string, json?: unknown, secret = key.secret): Promise<Reply> => {
  const reply = await app.request(path, { method, headers: { 'x-api-key': secret }, ...(json === undefined ? {} : { json }) })
  return { status: reply.status, body: await reply.json() as Reply['body'] }
}

const cookie = (name: string, domain: string, more: object = {}) => ({ name, value: `${name}-value`, domain, path: '/', ...more })
const put = async (name: string, cookies: unknown[], origins: unknown[] = [], secret = key.secret) => {
  const { status, body } = await call('PUT', `/v1/profiles/${encodeURIComponent(name)}`, { cookies, origins }, secret)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data
}
/** Cookies that a page of the lab was sent. */
const sent = async (url: string, profile: unknown, more: object = {}): Promise<Record<string, string>> => {
  const { status, body } = await call('POST', '/v1/scrape', { url, formats: ['text'], profile, ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return (JSON.parse(body.data.text ?? '{}') as { cookies: Record<string, string> }).cookies
}

describe('a profile', () => {
  it('is kept encrypted, shown without its values, and forgotten when it is deleted', async () => {
    expect(await put('shop', [cookie('session', 'any.lab.test')], [{ origin: 'https://docs.lab.test', localStorage: [{ name: 'token', value: 'storage-secret' }] }]))
      .toEqual({ name: 'shop', cookies: 1, sites: ['any.lab.test', 'https://docs.lab.test'], created_at: expect.any(String), updated_at: expect.any(String), last_used_at: null })
    const { body } = await app.app.store.db.selectFrom('profiles').select('body').where('name', '=', 'shop').executeTakeFirstOrThrow()
    for (const secret of ['session', 'session-value', 'storage-secret']) expect(Buffer.from(body).includes(secret)).toBe(false)
    const listed = await call('GET', '/v1/profiles')
    expect(JSON.stringify(listed.body)).not.toMatch(/session-value|storage-secret/)
    expect((await call('DELETE', '/v1/profiles/shop')).body.data).toEqual({ name: 'shop', deleted: true })
    expect((await call('GET', '/v1/profiles/shop')).body.code).toBe('caller.not_found')
    expect((await call('POST', '/v1/scrape', { url: 'https://any.lab.test/cookies', profile: 'shop' })).body.code).toBe('caller.not_found')
  })

  it('opens for nobody else: another workspace, another kind of key, another name, another passphrase', async () => {
    await put('mine', [cookie('a', 'any.lab.test')])
    const [stranger, live] = [await app.key(), (await app.app.meter.keys.create(key.workspaceId, { name: 'live', mode: 'live' })).secret]
    for (const secret of [stranger.secret, live]) {
      expect((await call('GET', '/v1/profiles/mine', undefined, secret)).body.code).toBe('caller.not_found')
      expect((await call('POST', '/v1/scrape', { url: 'https://any.lab.test/cookies', profile: 'mine' }, secret)).body.code).toBe('caller.not_found')
    }
    await app.app.store.db.updateTable('profiles').set({ name: 'renamed' }).where('name', '=', 'mine').execute()
    expect((await call('POST', '/v1/scrape', { url: 'https://any.lab.test/cookies', profile: 'renamed' })).body).toMatchObject({ code: 'platform.not_configured', setting: expect.stringContaining('LYREBIRD_PROFILE_KEY') })
    await call('DELETE', '/v1/profiles/renamed')
  })

  it('is refused with the field that is wrong', async () => {
    const bad: [unknown, (string | number)[]][] = [
      [{ cookies: [cookie('a b', 'x.test')] }, ['cookies', 0, 'name']], [{ cookies: [{ ...cookie('a', 'x.test'), value: 'a;b' }] }, ['cookies', 0, 'value']],
      [{ cookies: [cookie('a', 'x.test/path')] }, ['cookies', 0, 'domain']], [{ cookies: [cookie('a', 'x.test:80')] }, ['cookies', 0, 'domain']], [{ cookies: [cookie('a', 'x.test', { path: 'x' })] }, ['cookies', 0, 'path']],
      [{ origins: [{ origin: 'https://x.test/path', localStorage: [] }] }, ['origins', 0, 'origin']], [{ cookie: [] }, ['cookie']],
    ]
    for (const [json, path] of bad) expect((await call('PUT', '/v1/profiles/bad', json)).body).toMatchObject({ code: 'caller.invalid_request', issues: [{ path }] })
    expect((await call('PUT', '/v1/profiles/bad', { origins: [{ origin: 'https://x.test', localStorage: [{ name: 'a', value: 'x'.repeat(999_999) }, { name: 'b', value: 'x'.repeat(99_999) }] }] })).body.code).toBe('caller.payload_too_large')
  })

  it('needs a passphrase in the settings', async () => {
    const plain = await startTestApp()
    const { secret } = await plain.key()
    const reply = await plain.request('/v1/profiles/x', { method: 'PUT', headers: { 'x-api-key': secret }, json: {} })
    expect(await reply.json()).toMatchObject({ code: 'platform.not_configured', setting: 'LYREBIRD_PROFILE_KEY' })
    await plain.close()
  })
})

describe.each(['static', 'js'] as const)('a profile in a scrape, %s', (render) => {
  it('goes to the host it is for, by domain, path and scheme, and to no other', async () => {
    await put('bound', [
      cookie('host', 'any.lab.test'), cookie('wide', '.lab.test'), cookie('deep', 'any.lab.test', { path: '/cookies' }), cookie('secure', 'any.lab.test', { secure: true }),
      cookie('elsewhere', 'docs.lab.test'), cookie('foreign', 'any.fail.test'), cookie('old', 'any.lab.test', { expires: 1000 }),
    ])
    const own = await sent('https://any.lab.test/cookies', 'bound', { render })
    expect(Object.keys(own).toSorted()).toEqual(['deep', 'host', 'secure', 'wide'])
    expect(Object.keys(await sent('http://any.lab.test/cookies', 'bound', { render })).toSorted()).toEqual(['deep', 'host', 'wide'])
    expect(Object.keys(await sent('https://other.lab.test/cookies', 'bound', { render }))).toEqual(['wide'])
    expect(await sent('https://any.lab.test/cookies', undefined, { render })).toEqual({})
  })

  it('does not follow a redirect to another host', async () => {
    await put('moved', [cookie('host', 'any.lab.test')])
    expect(await sent(`https://any.lab.test/redirect-to?url=${encodeURIComponent('https://other.lab.test/cookies')}`, 'moved', { render })).toEqual({})
  })

  it('keeps what the site sets where it is asked to, begins where it is not there, and never a cookie of the request', async () => {
    const name = `kept-${render}`
    const scraped = await call('POST', '/v1/scrape', { url: 'https://any.lab.test/set-cookie?login=yes&attributes=Path%3D%2F%3B%20HttpOnly%3B%20Max-Age%3D3600', profile: { name, save: true }, cookies: { mine: 'x' }, render })
    expect(scraped.body.data.warnings).toEqual([])
    const after = await sent('https://any.lab.test/cookies', name, { render })
    expect(after).toMatchObject({ login: 'yes' })
    if (render === 'static') expect(after).toEqual({ login: 'yes' })
    await call('POST', '/v1/scrape', { url: 'https://any.lab.test/set-cookie?more=1', profile: name, render })
    expect(await sent('https://any.lab.test/cookies', name, { render })).not.toHaveProperty('more')
    await call('POST', '/v1/scrape', { url: 'https://any.lab.test/set-cookie?login=gone&attributes=Path%3D%2F%3B%20Max-Age%3D0', profile: { name, save: true }, render })
    expect(await sent('https://any.lab.test/cookies', name, { render })).not.toHaveProperty('login')
  })
})

describe('a profile elsewhere', () => {
  it('brings storage to its origin in a browser, and keeps it', async () => {
    const evaluate = async (url: string, script: string, profile: unknown) => {
      const { body } = await call('POST', '/v1/scrape', { url, profile, actions: [{ type: 'evaluate', script }] })
      return body.data.actions?.[0]?.value
    }
    await put('stored', [], [{ origin: 'https://article.lab.test', localStorage: [{ name: 'a', value: '1' }] }])
    expect(await evaluate('https://article.lab.test/', `localStorage.getItem('a')`, 'stored')).toBe('1')
    expect(await evaluate('https://docs.lab.test/', `localStorage.getItem('a')`, 'stored')).toBe(null)
    await evaluate('https://article.lab.test/', `localStorage.setItem('a', '2')`, { name: 'stored', save: true })
    expect(await evaluate('https://article.lab.test/', `localStorage.getItem('a')`, 'stored')).toBe('2')
  })

  it('is never answered from what is stored, nor stored', async () => {
    await put('cached', [cookie('a', 'any.lab.test')])
    expect(await sent('https://any.lab.test/cookies', undefined, { max_age_s: 60 })).toEqual({})
    expect(await sent('https://any.lab.test/cookies', 'cached', { max_age_s: 60 })).toEqual({ a: 'a-value' })
    expect(await sent('https://any.lab.test/cookies', undefined, { max_age_s: 60 })).toEqual({})
  })

  it('serves batches and maps and monitors', async () => {
    await put('jobs', [cookie('session', 'any.lab.test')])
    const jobs = jobsOf(app, key.secret)
    const { data } = await jobs.call<{ data: { id: string } }>('/v1/batch', { json: { urls: ['https://any.lab.test/cookies'], formats: ['text'], profile: 'jobs' } }, 202)
    await until(async () => (await jobs.call<{ data: { state: string } }>(`/v1/jobs/${data.id}`)).data.state === 'completed')
    const { data: [page] } = await jobs.call<{ data: { document: { text: string } }[] }>(`/v1/jobs/${data.id}/results`)
    expect(page?.document.text).toContain('session-value')
    expect((await call('POST', '/v1/map', { url: 'https://docs.lab.test/', profile: 'missing', sitemap: 'skip' })).body.code).toBe('caller.not_found')
    const { data: monitor } = await jobs.call<{ data: { id: string } }>('/v1/monitors', { json: { url: 'https://any.lab.test/cookies', schedule: 'every 1h', watch: { parts: ['text'] }, page: { formats: ['text'], profile: 'jobs' } } }, 201)
    const run = () => jobs.call<{ data: { state: string; snapshot: { texts: { text: string } } } }>(`/v1/monitors/${monitor.id}/runs/latest`).catch(() => undefined)
    await until(async () => (await run())?.data.state === 'completed')
    expect((await run())?.data.snapshot.texts.text).toContain('session-value')
  })

  it('is what a session begins with, and keeps what it ends with', async () => {
    await put('driven', [cookie('session', 'any.lab.test'), cookie('other', 'docs.lab.test')], [{ origin: 'https://article.lab.test', localStorage: [{ name: 'a', value: '1' }] }])
    const open = async () => {
      const reply = await fetch(`${origin}/v1/sessions`, { method: 'POST', headers: { 'x-api-key': key.secret, 'content-type': 'application/json' }, body: JSON.stringify({ profile: { name: 'driven', save: true } }) })
      const { data } = await reply.json() as { data: { id: string; cdp_url: string } }
      const browser = await chromium.connectOverCDP(data.cdp_url)
      const page = browser.contexts()[0]?.pages()[0]
      if (!page) throw new Error('no page')
      const end = async () => {
        expect((await call('DELETE', `/v1/sessions/${data.id}`)).status).toBe(200)
        await browser.close()
      }
      return { page, end }
    }
    const first = await open()
    await first.page.goto('https://any.lab.test/cookies')
    expect(await first.page.textContent('body')).toContain('session-value')
    await first.page.goto('https://article.lab.test/')
    expect(await first.page.evaluate(`localStorage.getItem('a')`)).toBe('1')
    await first.page.evaluate(`localStorage.setItem('a', '2'); document.cookie = 'from=page; max-age=3600; path=/'`)
    await first.page.goto('https://any.lab.test/set-cookie?session=new')
    await first.end()

    expect(await sent('https://any.lab.test/cookies', 'driven')).toEqual({ session: 'new' })
    const second = await open()
    await second.page.goto('https://article.lab.test/')
    expect(await second.page.evaluate(`[localStorage.getItem('a'), document.cookie]`)).toEqual(['2', 'from=page'])
    await second.end()
  })
})
