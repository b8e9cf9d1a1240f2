import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dialects } from '../src/dialects/registry.ts'
import { startTestApp, type TestApp } from './harness.ts'

describe('one voice at the root of a host name', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ voiceHosts: 'reader=Reader.example:8787,octen=api.octen.example' })
  })
  afterAll(() => app.close())

  const ask = (url: string, init?: RequestInit) => app.app.fetch(new Request(url, init))

  it('answers in that voice there, and in the native one elsewhere', async () => {
    expect(await (await ask('http://reader.example/v1/usage/credits')).json()).toMatchObject({ success: false, error: { code: 'unauthenticated' } })
    expect(await (await ask('http://api.octen.example/extract', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).json()).toMatchObject({ code: 401, msg: expect.any(String) as string })
    expect(await (await ask('http://other.example/v1/usage/credits')).json()).toMatchObject({ code: 'account.missing_key' })
  })

  it('knows the host in every spelling', async () => {
    for (const host of ['READER.example', 'reader.example.', 'reader.example:8080']) {
      expect(await (await ask(`http://${host}/v1/usage/credits`)).json(), host).toMatchObject({ success: false, error: { code: 'unauthenticated' } })
    }
  })

  it('keeps the prefix working there, and the documentation', async () => {
    expect(await (await ask('http://reader.example/reader/v1/usage/credits')).json()).toMatchObject({ error: { code: 'unauthenticated' } })
    expect((await ask('http://reader.example/docs')).status).toBe(200)
    expect((await ask('http://reader.example/errors/target.timeout')).status).toBe(200)
  })

  it('gives an unknown route of every dialect the shape of that dialect, never HTML', async () => {
    for (const dialect of dialects) {
      const reply = await ask(`http://other.example${dialect.basePath}/no/such/route`)
      expect(reply.status, dialect.name).toBe(404)
      expect(dialect.failureBody.safeParse(await reply.json()).error, dialect.name).toBeUndefined()
    }
  })
})

describe('one voice at the root of the server', () => {
  it('is there for every host name', async () => {
    const app = await startTestApp({ voice: 'reader' })
    try {
      expect(await (await app.request('/v1/usage/credits')).json()).toMatchObject({ success: false, error: { code: 'unauthenticated' } })
      expect(await (await app.request('/no/such/route')).json()).toMatchObject({ success: false })
      // What watches a server must not depend on its voice.
      for (const path of ['/health', '/ready', '/metrics']) expect((await app.request(path)).status, path).toBe(200)
    } finally {
      await app.close()
    }
  })
})
