import { z } from 'zod'
import type { CreditState, RequestRecord } from '../../contract/usage.ts'
import { route, type ReplyInfo } from '../dialect.ts'
import { envelope, instant, ok, okPage, pageEnvelope, pageQuery } from './envelope.ts'
import { nextReset } from './reset.ts'

/** What the contract's integers say where nothing is limited. */
const unlimited = 1_000_000_000

const credits = z.object({
  balance: z.int(),
  limit: z.int(),
  used: z.int(),
  tier: z.literal('free'),
  resetAt: instant,
})

const entry = z.object({
  id: z.string(),
  url: z.string(),
  duration: z.int().min(0),
  status: z.enum(['success', 'error']),
  cached: z.boolean(),
  proxyMode: z.literal('standard').nullable(),
  credits: z.int(),
  error: z.string().nullable(),
  createdAt: instant,
})

const queue = z.object({ activeJobs: z.int(), waitingJobs: z.int(), maxConcurrency: z.int() })

const renderCredits = (state: CreditState, info: ReplyInfo) => {
  const used = Math.round(state.used)
  const limit = state.limit ?? unlimited
  return { balance: Math.floor(state.balance ?? limit - used), limit, used, tier: 'free', resetAt: state.resetAt ?? nextReset(info.now) }
}

/** The address as it was asked for: a record of a request that was refused has it in the intent only. */
const urlOf = ({ url, intent }: RequestRecord): string => {
  if (url !== null) return url
  const asked = (intent as { url?: unknown } | null)?.url
  return typeof asked === 'string' ? asked : ''
}

const renderEntry = (item: RequestRecord) => {
  const cached = item.evidence.some((attempt) => attempt.tier === 'cache' && attempt.outcome === 'ok')
  return {
    id: item.id,
    url: urlOf(item),
    duration: Math.round(item.durationMs),
    status: item.failure === null ? 'success' : 'error',
    cached,
    proxyMode: item.failure !== null || cached ? null : 'standard',
    credits: Math.round(item.credits),
    error: item.failure?.message ?? null,
    createdAt: item.at,
  }
}

export const usageRoutes = [
  route({
    method: 'GET', path: '/v1/usage/credits', verb: 'credits', throttled: false,
    summary: `Credits of the workspace; ${unlimited} stands for no limit`,
    response: envelope(credits),
    toIntent: () => ({}),
    render: (state, _, info) => ok(renderCredits(state, info)),
  }),
  route({
    method: 'GET', path: '/v1/usage/history', verb: 'requests_list', throttled: false,
    summary: 'Past reads, newest first',
    query: pageQuery, response: pageEnvelope(entry),
    toIntent: ({ query }) => ({ dialect: 'reader', verb: 'scrape', limit: query.limit, skip: query.skip, counted: true }),
    render: (page, _, info) => {
      // Safe: the server put there what the schema of this route gave.
      const { query } = info.input as { query: z.output<typeof pageQuery> }
      return okPage(page.items.map(renderEntry), page.total ?? query.skip + page.items.length, query, `${info.base}${info.path}`)
    },
  }),
  route({
    method: 'GET', path: '/v1/queue/status', verb: 'jobs_load', throttled: false,
    summary: `Pages that are under way and that wait: requests of this key and jobs of the workspace; ${unlimited} stands for no limit`,
    response: envelope(queue),
    toIntent: () => ({}),
    render: ({ running, waiting }, _, info) => ok({
      activeJobs: (info.account.concurrency?.running ?? 0) + running,
      waitingJobs: waiting,
      maxConcurrency: info.account.concurrency?.limit ?? unlimited,
    }),
  }),
]
