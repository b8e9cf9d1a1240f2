import { z } from 'zod'
import { relayUrl, sessionDefaults, type SessionRecord } from '../../contract/sessions.ts'
import { fail } from '../../failure/failure.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { envelope, instant, ok } from './envelope.ts'
import { prices } from './prices.ts'

const params = z.object({ id: z.string().min(1).max(200) })

const session = z.object({
  sessionId: z.string(),
  wsEndpoint: z.string().describe('For `connectOverCDP` of Playwright and `connect` of Puppeteer as it is; it holds the token'),
  token: z.string(),
  status: z.enum(['active', 'stopped', 'expired']),
  createdAt: instant,
  expiresAt: instant,
})

const renderSession = (it: SessionRecord, info: ReplyInfo): z.output<typeof session> =>
  ({ sessionId: it.id, wsEndpoint: relayUrl(it, info.base), token: it.token, status: it.state, createdAt: it.createdAt, expiresAt: it.expiresAt })

export const sessionRoutes = [
  route({
    method: 'POST', path: '/v1/sessions', verb: 'sessions_create', prices,
    summary: 'A browser of your own over the DevTools protocol; paid by started minutes',
    body: z.object({ maxDurationMs: z.int().min(60_000).max(3_600_000).default(sessionDefaults.ttlMs) }).prefault({}), response: envelope(session),
    // The contract knows no end for want of use.
    toIntent: ({ body: { maxDurationMs } }) => ({ ttlMs: maxDurationMs, idleMs: maxDurationMs, browser: {} }),
    render: (value, _, info) => ok(renderSession(value, info), 201),
  }),
  route({
    method: 'GET', path: '/v1/sessions', verb: 'sessions_list', throttled: false,
    summary: 'Open browser sessions',
    response: envelope(z.array(session)),
    toIntent: () => ({}),
    render: (list, _, info) => ok(list.map((it) => renderSession(it, info))),
  }),
  route({
    method: 'GET', path: '/v1/sessions/:id', verb: 'sessions_get', throttled: false,
    summary: 'State of a browser session',
    params, response: envelope(session),
    toIntent: ({ params: { id } }) => ({ id }),
    render: (value, _, info) => ok(renderSession(value, info)),
  }),
  route({
    method: 'DELETE', path: '/v1/sessions/:id', verb: 'sessions_delete', throttled: false,
    summary: 'Ends a browser session, and tells what it cost',
    params, response: envelope(z.object({ sessionId: z.string(), status: z.literal('stopped'), durationMs: z.int(), creditsCharged: z.int() })),
    toIntent: ({ params: { id } }) => ({ id }),
    render: ({ id, state, durationMs, credits }) => {
      if (state === 'expired') throw fail('caller.conflict', { state })
      return ok({ sessionId: id, status: 'stopped', durationMs: Math.round(durationMs), creditsCharged: credits })
    },
  }),
]
