import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Classification } from '../../src/contract/classification.ts'
import type { Company } from '../../src/contract/company.ts'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'

interface Reply {
  data: { company: Company; classification: Classification; cached: boolean; renderer: string }
  usage: { credits: number }
  evidence: { tier: string; url: string }[]
}

let app: TestApp
let key: TestKey

beforeAll(async () => {
  app = await startTestApp({ browser: 'off', labForLive: true })
  key = await app.key({ mode: 'live' })
})
afterAll(() => app.close())

const post = async (path: string, json: Record<string, unknown>): Promise<Reply> => {
  const response = await app.request(path, { json, headers: { authorization: `Bearer ${key.secret}` } })
  expect(response.status).toBe(200)
  return await response.json() as Reply
}

describe('/v1/company', () => {
  it('reads the pages where companies tell who they are, of the same host only', async () => {
    const lab = await app.app.lab()
    const before = lab.seen.length
    const { data: { company }, evidence } = await post('/v1/company', { url: 'https://service.lab.test/' })
    expect(company.pages).toEqual(['', 'imprint', 'contact', 'about'].map((path) => `https://service.lab.test/${path}`))
    expect(lab.seen.slice(before).length).toBeLessThanOrEqual(6)
    expect(evidence.filter(({ tier }) => tier === 'http')).toHaveLength(4)
    expect(company).toMatchObject({
      name: { value: 'Northlight Surveying' },
      legal_name: { value: 'Northlight Surveying Ltd.' },
      tagline: { value: 'We measure what stands', evidence: [{ source: 'json_ld' }] },
      founded: { value: '1987' },
      employees: { value: '23' },
      emails: [{ value: 'hello@northlight.example', role: true }],
      phones: [{ value: '+493012345678', country: 'DE' }],
      addresses: [{ formatted: 'Brook Lane 12, 10999 Westmere, DE', postal_code: '10999', country: 'DE' }],
      tickers: [], isins: [],
    })
    expect(company.emails[0]?.evidence.map(({ source }) => source)).toEqual(expect.arrayContaining(['json_ld', 'element']))
  })

  it('is answered from the store for the host, and costs nothing more to fetch', async () => {
    const lab = await app.app.lab()
    await post('/v1/company', { url: 'https://service.lab.test/' })
    const before = lab.seen.length
    const { data } = await post('/v1/company', { url: 'https://service.lab.test/about' })
    expect(data.cached).toBe(true)
    expect(lab.seen.length).toBe(before)
  })
})

describe('/v1/classify', () => {
  it('names the categories of the IAB with evidence', async () => {
    const { data: { classification }, usage } = await post('/v1/classify', { url: 'https://recipe.lab.test/' })
    expect(classification).toMatchObject({ iab_parent_id: 'IAB8', category: 'Food & Drink', iab_v2: { id: expect.any(String) }, method: 'lexical' })
    expect(classification.evidence.length).toBeGreaterThan(0)
    expect(usage.credits).toBeGreaterThan(0)
  })
})

describe('/v1/classify with a model', () => {
  let model: ModelServer
  let asking: TestApp

  beforeAll(async () => {
    model = await startModelServer()
    asking = await startTestApp({ browser: 'off', labForLive: true, modelBaseUrl: model.baseUrl, modelName: 'test-model', modelTimeoutMs: '1500' })
  })
  afterAll(async () => {
    await asking.close()
    await model.close()
  })

  const classified = async (page: string, mode: 'live' | 'test' = 'live') => {
    const by = await asking.key({ mode })
    const response = await asking.request('/v1/classify', { json: { url: `https://${page}.lab.test/` }, headers: { 'x-api-key': by.secret } })
    expect(response.status).toBe(200)
    return (await response.json() as { data: { classification: Classification; warnings: string[] } }).data
  }

  it('asks it where words are not sure, and takes ids of the list only', async () => {
    model.script({ say: '{"id":"IAB19-8"}' }, { say: '{"id":"IAB99-1"}' }, { status: 400 }, { status: 400 }, { status: 400 })
    const told = await classified('service')
    expect(told.classification).toMatchObject({ iab_id: 'IAB19-8', subcategory: 'Computer Networking', method: 'model', })
    expect(told.classification.evidence[0]).toEqual({ source: 'model', at: 'test-model' })
    expect(model.requests[0]?.body.messages.at(-1)?.content).toMatch(/Northlight[^]*IAB21-2 Architects/)
    expect((await classified('service')).classification).toMatchObject({ iab_parent_id: 'IAB21', method: 'lexical' })
    const without = await classified('service')
    expect(without.classification.method).toBe('lexical')
    expect(without.warnings.join(' ')).toMatch(/The model did not answer/)
  })

  it('does not ask where they are, nor for a test key', async () => {
    const before = model.requests.length
    expect((await classified('listing')).classification.method).toBe('lexical')
    expect((await classified('service', 'test')).classification.method).toBe('lexical')
    expect(model.requests.length).toBe(before)
  })
})
