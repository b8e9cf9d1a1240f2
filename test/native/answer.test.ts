import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { startSearchServer, type SearchServer } from '../support/search-server.ts'

let engine: SearchServer
let model: ModelServer
let app: TestApp
let key: TestKey

beforeAll(async () => {
  engine = await startSearchServer()
  model = await startModelServer()
  app = await startTestApp({ labForLive: true, searxngUrl: engine.url, searchProviders: 'searxng', modelBaseUrl: model.baseUrl, modelName: 'house-model', embeddingBaseUrl: model.baseUrl, embeddingName: 'house-vectors' })
  key = await app.key({ mode: 'live', monthlyCredits: 100 })
  await app.app.lab()
  engine.find = () => [{ url: 'https://article.lab.test/', title: 'The lighthouse', content: 'A keeper counts birds.' }]
})
afterAll(async () => {
  await app.close()
  await engine.close()
  await model.close()
})
beforeEach(() => model.reset())

const ask = async (path: string, json: object, by = key) => {
  const reply = await app.request(path, { json, headers: { authorization: `Bearer ${by.secret}` } })
  return { status: reply.status, body: await reply.json() as Record<string, unknown> }
}

describe('POST /v1/answer', () => {
  it('answers from the pages that its sub-queries find, at the price of one search', async () => {
    const before = await key.used()
    model.script({ say: '{"queries": ["keeper", "birds"]}' }, { say: 'The keeper [1].' })
    const { status, body } = await ask('/v1/answer', { question: 'Who counted birds in fog?', max_queries: 3 })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { data: { answer: 'The keeper [1].', queries: ['Who counted birds in fog?', 'keeper', 'birds'], planned_by: 'model', sources: [{ url: 'https://article.lab.test/', title: 'The lighthouse' }], model: 'house-model', warnings: [] }, usage: { credits: 1, input_tokens: 100, output_tokens: 10 } },
    })
    // What the engine says is little; the page was read.
    expect(model.requests.at(-1)?.body.messages.at(-1)?.content).toContain('redwings')
    expect(await key.used()).toBe(before + 1)
  })

  it('needs no model for the results alone, and says so where it does', async () => {
    const plain = await startTestApp({ labForLive: true, searxngUrl: engine.url, searchProviders: 'searxng' })
    try {
      const mine = await plain.key({ mode: 'live' })
      const send = async (json: object) => {
        const reply = await plain.request('/v1/answer', { json, headers: { authorization: `Bearer ${mine.secret}` } })
        return { status: reply.status, body: await reply.json() as { data: { queries: string[]; planned_by: string; answer: null }; code: string } }
      }
      const { status, body } = await send({ question: 'lighthouse vs lightship', depth: 'queries', max_queries: 3 })
      expect({ status, data: body.data }).toMatchObject({ status: 200, data: { queries: ['lighthouse vs lightship', 'lighthouse', 'lightship'], planned_by: 'rules', answer: null } })
      expect((await send({ question: 'lighthouse' })).body.code).toBe('platform.not_configured')
    } finally {
      await plain.close()
    }
  })
})

describe('POST /v1/embeddings', () => {
  it('answers in the form of OpenAI', async () => {
    model.script({ vectors: [[1, 2], [3, 4]] })
    expect(await ask('/v1/embeddings', { input: ['a', 'b'], model: 'any', encoding_format: 'float' })).toMatchObject({
      status: 200,
      body: { object: 'list', model: 'house-vectors', data: [{ object: 'embedding', index: 0, embedding: [1, 2] }, { object: 'embedding', index: 1, embedding: [3, 4] }], usage: { prompt_tokens: 14, total_tokens: 14, credits: 1 } },
    })
    model.script({ vectors: [[1, 2]] })
    expect((await ask('/v1/embeddings', { input: 'a', dimensions: 1 })).body).toMatchObject({ data: [{ embedding: [1] }] })
  })

  it('is for live keys', async () => {
    expect((await ask('/v1/embeddings', { input: 'a' }, await app.key())).body.code).toBe('account.scope_denied')
  })
})
