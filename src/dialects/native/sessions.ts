import { z } from 'zod'
import { relayUrl, sessionDefaults, sessionEnds, sessionLimits, sessionStates, type SessionEnd, type SessionRecord } from '../../contract/sessions.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { proxyField, toProxy } from './proxy.ts'
import { profileField, toProfile } from './profiles.ts'
import { browserFields } from './browser-fields.ts'

const seconds = ({ min, max }: { min: number; max: number }) => z.int().min(min / 1000).max(max / 1000)

const body = z.strictObject({
  ttl_s: seconds(sessionLimits.ttlMs).default(sessionDefaults.ttlMs / 1000).describe('It ends after so long, whatever happens'),
  idle_s: seconds(sessionLimits.idleMs).default(sessionDefaults.idleMs / 1000).describe('It ends when no client has spoken for so long'),
  viewport: browserFields.viewport,
  locale: browserFields.locale,
  timezone: browserFields.timezone,
  profile: profileField.optional(),
  proxy: proxyField.optional(),
})

const session = z.looseObject({
  id: z.string(),
  state: z.enum(sessionStates),
  reason: z.enum(Object.keys(sessionEnds) as [SessionEnd, ...SessionEnd[]]).nullable(),
  cdp_url: z.string().nullable().describe('For `chromium.connectOverCDP(url)` of Playwright and `puppeteer.connect({browserWSEndpoint: url})`; whoever has it has the browser'),
  created_at: z.string(),
  expires_at: z.string(),
  credits: z.number(),
})

const render = (it: SessionRecord, info: ReplyInfo) => ({
  id: it.id, state: it.state, reason: it.reason, cdp_url: it.state === 'active' ? relayUrl(it, info.base) : null,
  created_at: it.createdAt, expires_at: it.expiresAt, idle_s: it.idleMs / 1000, last_used_at: it.lastUsedAt, ended_at: it.endedAt, duration_ms: it.durationMs, credits: it.credits,
})

const id = z.object({ id: z.string().min(1).max(100) })
const reply = z.object({ data: session })

const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }

export const sessionRoutes = [
  route({
    method: 'POST', path: '/v1/sessions', verb: 'sessions_create',
    summary: 'A browser of your own, driven over the DevTools protocol; paid by started minutes',
    body: body.prefault({}), response: reply,
    toIntent: ({ body: it }) => ({
      ttlMs: it.ttl_s * 1000, idleMs: Math.min(it.idle_s, it.ttl_s) * 1000,
      ...(it.profile === undefined ? {} : { profile: toProfile(it.profile) }),
      ...(it.proxy === undefined ? {} : { proxy: toProxy(it.proxy) }),
      browser: defined({ viewport: it.viewport && defined(it.viewport), locale: it.locale, timezone: it.timezone }) as object,
    }),
    render: (value, _, info) => ({ status: 201, body: { data: render(value, info) } }),
  }),
  route({
    method: 'GET', path: '/v1/sessions', verb: 'sessions_list', throttled: false,
    summary: 'Active sessions, newest first', response: z.object({ data: z.array(session) }),
    toIntent: () => ({}),
    render: (list, _, info) => ({ status: 200, body: { data: list.map((it) => render(it, info)) } }),
  }),
  route({
    method: 'GET', path: '/v1/sessions/:id', verb: 'sessions_get', throttled: false,
    summary: 'One session', params: id, response: reply,
    toIntent: ({ params }) => params,
    render: (value, _, info) => ({ status: 200, body: { data: render(value, info) } }),
  }),
  route({
    method: 'DELETE', path: '/v1/sessions/:id', verb: 'sessions_delete',
    summary: 'Ends a session and its browser', params: id, response: reply,
    toIntent: ({ params }) => params,
    render: (value, _, info) => ({ status: 200, body: { data: render(value, info) } }),
  }),
]
