import { z } from 'zod'
import { agentTools, type AgentReport } from '../../contract/agent.ts'
import type { Document } from '../../contract/document.ts'
import { scrapeIntent, type ScrapeIntent } from '../../contract/intent.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { browserOf, proxyOf, sessionOf } from './fetch.ts'
import { formatsOf, nothingIn, outputFailure, outputsReply, readOutputs } from './outputs.ts'
import { promptPrices } from './prices.ts'
import { interactBody } from './surfaces.ts'

type InteractBody = z.output<typeof interactBody>

const timeoutMsDefault = 120_000
const stepsMax = 25

export const promptIntent = (wish: InteractBody): ScrapeIntent => scrapeIntent({
  url: wish.url, formats: formatsOf(wish, 'html'), render: 'js', timeoutMs: wish.timeout_ms ?? timeoutMsDefault, ...sessionOf(wish), ...proxyOf(wish),
  browser: { ...(wish.device ? browserOf[wish.device] : {}), agent: { prompt: wish.prompt ?? '', stepsMax } },
})

export const prompted = (document: Document, wish: InteractBody, origin: string) => {
  const { outputs, failures } = readOutputs(document, wish, 'html', origin)
  return { result: { outputs, final_url: document.finalUrl, ...(wish.session ? { session: { id: wish.session.id, updated: true } } : {}) }, failures }
}

const brief = z.object({ code: z.string(), message: z.string() })

const promptReply = z.object({
  request_id: z.string(),
  kind: z.literal('interact'),
  mode: z.literal('prompt'),
  status: z.enum(['completed', 'partial']).describe('`partial`: the steps were over before there was an answer'),
  answer: z.string(),
  steps: z.array(z.object({ step_id: z.string(), tool: z.enum(agentTools), status: z.enum(['completed', 'failed']), started_at: z.string(), completed_at: z.string(), error: brief.optional() })),
  result: z.object({ outputs: outputsReply, final_url: z.string(), session: z.object({ id: z.string(), updated: z.boolean() }).optional() }),
  diagnostics: z.object({ step_errors: z.array(z.looseObject({ step_id: z.string(), code: z.string(), message: z.string() })), step_limit_reached: z.boolean(), output_failures: z.array(outputFailure).optional() }),
  outputs: outputsReply,
  usage: z.object({ credits: z.int() }),
})

const stepsOf = ({ steps }: AgentReport): z.output<typeof promptReply>['steps'] => steps.map(({ tool, ok, at, ms, reason }, i) => ({
  step_id: `step_${i + 1}`, tool, status: ok ? 'completed' : 'failed', started_at: at, completed_at: new Date(Date.parse(at) + ms).toISOString(),
  ...(reason === undefined ? {} : { error: { code: reason === 'selector matches nothing' ? 'selector_not_found' : 'action_failed', message: reason } }),
}))

const nothingDone: AgentReport = { answer: '', steps: [], limited: true, model: { name: '', calls: 0, inputTokens: 0, outputTokens: 0 } }

const renderPrompt = (document: Document, wish: InteractBody, info: ReplyInfo): z.output<typeof promptReply> => {
  const report = document.agent ?? nothingDone
  const { result, failures } = prompted(document, wish, info.origin)
  const steps = stepsOf(report)
  return {
    request_id: info.requestId, kind: 'interact', mode: 'prompt', status: report.limited || failures.length > 0 ? 'partial' : 'completed', answer: report.answer, steps, result,
    diagnostics: {
      step_errors: steps.flatMap(({ step_id: id, error }) => (error ? [{ step_id: id, ...error }] : [])), step_limit_reached: report.limited,
      ...(failures.length > 0 ? { output_failures: failures } : {}),
    },
    outputs: result.outputs,
    usage: { credits: info.account.creditsBilled },
  }
}

// Safe: the server has read the body with this row's schema.
const bodyOf = (info: ReplyInfo): InteractBody => (info.input as { body: InteractBody }).body

export const promptRoute = route({
  method: 'POST', path: '/v1/interact', verb: 'scrape', prices: promptPrices, summary: 'A task in words, for the configured model, in a browser',
  body: interactBody, response: promptReply,
  toIntent: ({ body }) => promptIntent(body),
  veto: (document, info) => nothingIn(document, bodyOf(info), 'html'),
  render: (document, _, info) => ({ status: 200, body: renderPrompt(document, bodyOf(info), info) }),
})
