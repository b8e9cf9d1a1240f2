import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'
import { startTestApp, type TestApp } from '../harness.ts'
import { article, concurrencyOf, failsWith, get } from './prefetch.client.ts'
import { readOf } from './prefetch.strict.ts'

const secret = 'lb_live_first_party_of_this_test'
const allowed = 'https://app.example'
const other = 'http://localhost:3000'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp({ labForLive: true, prefetchAllowedOrigins: `${allowed}, ${other}/`, prefetchDefaultKey: secret })
})
afterAll(() => app.close())

const from = (origin: string, query: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Response> =>
  get(app, '/classify', undefined, query, { origin, ...headers })

const corsOf = (reply: Response) => Object.fromEntries([...reply.headers].filter(([name]) => name.startsWith('access-control-')))

describe('a page of a listed origin', () => {
  it('speaks without a key, and may read every reply', async () => {
    for (const origin of [allowed, other]) {
      const reply = await from(origin, { url: article })
      expect(corsOf(reply)).toEqual({ 'access-control-allow-origin': origin, 'access-control-expose-headers': '*' })
      expect(reply.headers.get('vary')).toBe('Origin')
      await readOf('/classify', reply)
      await failsWith(await from(origin), 400, 'url parameter is required')
    }
    const missing = await get(app, '/nowhere', undefined, {}, { origin: allowed })
    expect(missing.headers.get('access-control-allow-origin')).toBe(allowed)
    await failsWith(missing, 404, 'Not found')
  })

  it('is refused with a key that is wrong, and served with one of its own', async () => {
    await failsWith(await from(allowed, {}, { 'x-api-key': 'wrong' }), 403, 'Invalid API key')
    const own = await app.key({ mode: 'live', concurrency: 3 })
    expect(concurrencyOf(await from(allowed, {}, { 'x-api-key': own.secret }))).toEqual(['3', '1'])
  })

  it('is asked by browsers first, and answered without a key', async () => {
    const ask = (origin: string, path = '/prefetch/brand') =>
      app.request(path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-api-key' } })
    const reply = await ask(allowed)
    expect(reply.status).toBe(204)
    expect(await reply.text()).toBe('')
    expect(corsOf(reply)).toEqual({
      'access-control-allow-origin': allowed,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'x-api-key',
      'access-control-max-age': '600',
    })
    const refused = await ask('https://evil.example')
    expect(corsOf(refused)).toEqual({})
    await failsWith(refused, 405, 'Method not allowed')
    expect(corsOf(await ask(allowed, '/v1/scrape'))).toEqual({})
  })

  it('has small limits of its own', async () => {
    const reply = await from(allowed)
    expect(concurrencyOf(reply)).toEqual(['5', '1'])
    expect(reply.headers.get('ratelimit-policy')).toBe('"key";q=60;w=60')
    const elsewhere = await app.request('/v1/keys', { headers: { 'x-api-key': secret } })
    expect(elsewhere.status).toBe(403)
  })
})

describe('everybody else', () => {
  it('needs a key, and gets nothing that lets a page read the reply', async () => {
    for (const origin of ['https://evil.example', 'http://app.example', 'https://app.example:8443', 'https://app.example.evil.example', 'https://APP.example', 'null', '*']) {
      const reply = await from(origin, { url: article })
      expect(corsOf(reply)).toEqual({})
      expect(reply.headers.get('vary')).toBe('Origin')
      await failsWith(reply, 401, 'Missing API key')
    }
    await failsWith(await get(app, '/brand', undefined, { url: article }), 401, 'Missing API key')
  })

  it('in other dialects is not helped by a listed origin', async () => {
    const reply = await app.request('/v1/usage/credits', { headers: { origin: allowed } })
    expect(reply.status).toBe(401)
    expect(corsOf(reply)).toEqual({})
    expect(reply.headers.get('vary')).toBeNull()
  })
})

describe('the settings', () => {
  it('take origins and nothing more', () => {
    const originsOf = (value: string) => readConfig({ prefetchAllowedOrigins: value }, { env: {} }).prefetchAllowedOrigins
    expect(originsOf('https://App.example/,http://localhost:3000')).toEqual(['https://app.example', 'http://localhost:3000'])
    expect(originsOf('')).toEqual([])
    for (const bad of ['*', 'null', 'app.example', 'https://app.example/path', 'https://user@app.example', 'file:///x', 'https://app.example?x']) expect(() => originsOf(bad), bad).toThrow(ConfigError)
  })

  it('never print the key', () => {
    expect(() => readConfig({ prefetchDefaultKey: 'short-secret' }, { env: {} })).toThrow(/^(?![^]*short-secret)[^]*LYREBIRD_PREFETCH_DEFAULT_API_KEY/)
  })
})
