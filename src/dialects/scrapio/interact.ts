import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import { scrapeIntent, type ScrapeIntent } from '../../contract/intent.ts'
import { route, type ReplyInfo, type Route } from '../dialect.ts'
import { stepsDone, stepsOf } from './actions.ts'
import { envelope, envelopeReply } from './envelope.ts'
import { browserOf, proxyOf, sessionOf } from './fetch.ts'
import { formatsOf, nothingIn, outputsReply, readOutputs } from './outputs.ts'
import { interactPrices } from './prices.ts'
import { promptRoute } from './prompt.ts'
import { interactBody } from './surfaces.ts'

export type InteractBody = z.output<typeof interactBody>

const timeoutMsDefault = 30_000

export const interactIntent = (wish: InteractBody): ScrapeIntent => {
  return scrapeIntent({
    url: wish.url, formats: formatsOf(wish, 'html'), render: 'js', timeoutMs: wish.timeout_ms ?? timeoutMsDefault, ...sessionOf(wish), ...proxyOf(wish),
    browser: { ...(wish.device ? browserOf[wish.device] : {}), actions: stepsOf(wish.actions ?? []).actions },
  })
}

const session = z.object({ id: z.string(), updated: z.boolean() }).optional()

export const interactResult = z.object({ outputs: outputsReply, final_url: z.string(), session })

export const interacted = (document: Document, wish: InteractBody, origin: string) => {
  const { outputs, failures } = readOutputs(document, wish, 'html', origin)
  return { result: { outputs, final_url: document.finalUrl, ...(wish.session ? { session: { id: wish.session.id, updated: true } } : {}) }, failures }
}

const renderInteract = (document: Document, wish: InteractBody, info: ReplyInfo) => {
  const { result, failures } = interacted(document, wish, info.origin)
  return {
    ...envelope('interact', info.requestId, {
      status: failures.length > 0 ? 'partial' : 'completed', steps: stepsDone(wish.actions ?? [], document.actions ?? [], document.fetchedAt), result, stepErrors: [], outputFailures: failures,
    }),
    outputs: result.outputs,
    usage: { credits: info.account.creditsBilled },
  }
}

// Safe: the server has read the body with this row's schema.
const bodyOf = (info: ReplyInfo): InteractBody => (info.input as { body: InteractBody }).body

export const interactRoutes: Route[] = [
  route({
    method: 'POST', path: '/v1/interact', verb: 'scrape', prices: interactPrices,
    summary: 'Actions on a page in a browser, or a prompt in their place',
    body: interactBody, response: z.union([envelopeReply('interact', interactResult), promptRoute.response]),
    instead: ({ body }) => (body.prompt === undefined ? undefined : promptRoute),
    toIntent: ({ body }) => interactIntent(body),
    veto: (document, info) => nothingIn(document, bodyOf(info), 'html'),
    render: (document, _, info) => ({ status: 200, body: renderInteract(document, bodyOf(info), info) }),
  }),
]
