import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp, type TestKey } from '../harness.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'
import { call, failsWith } from './scrapio.client.ts'
import * as strict from './scrapio.strict.ts'

let app: TestApp
let key: TestKey
let model: ModelServer

beforeAll(async () => {
  model = await startModelServer()
  app = await startTestApp({ labForLive: true, modelBaseUrl: model.baseUrl, modelName: 'tester', egressAllow: new URL(model.baseUrl).host })
})
afterAll(async () => {
  await app.close()
  await model.close()
})
beforeEach(async () => {
  model.reset()
  key = await app.key({ mode: 'live' })
})

const url = 'https://actions.lab.test/'
const say = (decision: object) => ({ say: JSON.stringify(decision) })
const prompt = async (json: object = {}) => {
  const reply = await call(app, key, '/v1/interact', { json: { url, prompt: 'Click the counter twice and say what it shows.', ...json } })
  const body: unknown = await reply.json()
  expect({ status: reply.status, body }).toMatchObject({ status: 200 })
  return strict.promptReply.parse(body)
}
/** The reference under which the last look shows something of that name. */
const refOf = (name: RegExp): string => {
  const turns = model.requests.at(-1)?.body.messages.map(({ content }) => content).join('\n') ?? ''
  const lines = turns.split('\n').filter((line) => /^e\d+ /.test(line) && name.test(line))
  return lines.at(-1)?.split(' ', 1)[0] ?? 'none'
}

describe('a prompt', () => {
  it('is worked step by step by the model, and answered, for 25 credits', async () => {
    let turn = 0
    model.fallback = () => {
      turn++
      if (turn === 1) return say({ tool: 'snapshot' })
      if (turn <= 3) return say({ tool: 'act', action: 'click', ref: refOf(/Clicked \d/) })
      if (turn === 4) return say({ tool: 'read_text', ref: refOf(/Clicked \d/) })
      return say({ tool: 'answer', text: /Clicked 2/.test(model.requests.at(-1)?.body.messages.at(-1)?.content ?? '') ? 'It shows Clicked 2.' : 'It does not.' })
    }
    const body = await prompt({ output: ['html', 'screenshot'] })
    expect(body).toMatchObject({ status: 'completed', answer: 'It shows Clicked 2.', diagnostics: { step_errors: [], step_limit_reached: false }, usage: { credits: 25 } })
    expect(body.steps.map(({ tool, status }) => `${tool} ${status}`)).toEqual(['snapshot completed', 'act completed', 'act completed', 'read_text completed'])
    expect(body.result.outputs.html).toContain('Clicked 2')
    expect(body.result.outputs.screenshot?.url).toMatch(/^http/)
    expect(await key.used()).toBe(25)
  }, 60_000)

  it('goes on behind a step that failed, and is partial when its steps are over', async () => {
    let turn = 0
    model.fallback = () => {
      turn++
      if (turn === 1) return say({ tool: 'act', action: 'click', ref: 'e999' })
      if (turn === 2) return { say: 'I would rather talk.' }
      return say({ tool: 'get_url' })
    }
    const body = await prompt()
    expect([body.status, body.diagnostics.step_limit_reached, body.answer]).toEqual(['partial', true, ''])
    expect(body.steps).toHaveLength(25)
    expect(body.diagnostics.step_errors).toMatchObject([{ step_id: 'step_1', code: 'action_failed', message: expect.stringContaining('e999') }, { step_id: 'step_2' }])
  }, 60_000)

  it('may be a job', async () => {
    model.fallback = () => say({ tool: 'answer', text: 'Nothing to do.' })
    const { job_id: id } = await (await call(app, key, '/v1/jobs', { json: { kind: 'interact', input: { url, prompt: 'x' } } })).json() as { job_id: string }
    for (;;) {
      const { status } = strict.jobStatus.parse(await (await call(app, key, `/v1/jobs/${id}`)).json())
      if (status === 'completed') break
      expect(['queued', 'running']).toContain(status)
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
    expect(strict.jobResult.parse(await (await call(app, key, `/v1/jobs/${id}/result`)).json()).result).toMatchObject({ answer: 'Nothing to do.', final_url: url })
    expect(await key.used()).toBe(25)
  }, 60_000)

  it('fails, unbilled, where the model does not answer or the page is walled', async () => {
    model.fallback = () => ({ status: 401 })
    await failsWith(await call(app, key, '/v1/interact', { json: { url, prompt: 'x' } }), 422, 'extraction_failed', { newCode: 'llm_unavailable' })
    expect(await key.used()).toBe(0)
  }, 60_000)
})
