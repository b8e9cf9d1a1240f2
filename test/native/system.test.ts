import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dialects } from '../../src/dialects/registry.ts'
import { failureCodes } from '../../src/failure/catalog.ts'
import { startTestApp, type TestApp } from '../harness.ts'

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

describe('documentation', () => {
  it('has a JSON entry and a page for every failure', async () => {
    const { data } = await (await app.request('/v1/errors')).json() as { data: { code: string }[] }
    expect(data.map((row) => row.code)).toEqual(failureCodes)
    for (const code of failureCodes) {
      expect(await (await app.request(`/v1/errors/${code}`)).json()).toMatchObject({ data: { code, example: { code } } })
      const page = await app.request(`/errors/${code}`)
      expect(page.headers.get('content-type')).toMatch(/^text\/html/)
      expect(await page.text()).toContain(`<code>${code}</code>`)
    }
    expect((await app.request('/v1/errors/target.nonsense')).status).toBe(404)
  })

  it('has an OpenAPI document and a reference page for every dialect, with every route in both', async () => {
    expect(await (await app.request('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' })
    for (const dialect of dialects) {
      const api = await (await app.request(`/docs/${dialect.name}/openapi.json`)).json() as { paths: Record<string, Record<string, unknown>> }
      const operations = Object.values(api.paths).flatMap((item) => Object.keys(item))
      expect(operations).toHaveLength(dialect.routes.length)
      expect((await app.request(`/docs/${dialect.name}`)).status).toBe(200)
    }
  })
})

describe('state', () => {
  it('is healthy and ready', async () => {
    expect(await (await app.request('/health')).json()).toEqual({ status: 'ok', checks: {} })
    expect(await (await app.request('/ready')).json()).toMatchObject({ status: 'ok', checks: { database: { ok: true } } })
  })

  it('tells what it can do', async () => {
    expect(await (await app.request('/v1/capabilities')).json()).toMatchObject({ data: { store: 'pglite', renderers: { static: true }, limits: { timeout_ms: { min: 1000, max: 300_000 } } } })
  })

  it('counts requests and failures for Prometheus', async () => {
    await app.request('/v1/nothing')
    const text = await (await app.request('/metrics')).text()
    expect(text).toMatch(/lyrebird_failures_total\{dialect="native",code="caller.route_not_found"\} [1-9]/)
    expect(text).toContain('lyrebird_http_request_duration_seconds_bucket')
  })
})
