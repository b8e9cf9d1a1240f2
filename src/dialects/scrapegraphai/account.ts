import { z } from 'zod'
import type { KeyRecord } from '../../contract/actor.ts'
import type { CreditState } from '../../contract/usage.ts'
import { route } from '../dialect.ts'

/** Said where nothing is limited: clients want a whole number, and many keep it in 32 bits. */
const unlimited = 2_147_483_647

const quota = z.object({ used: z.int(), limit: z.int() })
const status = z.enum(['ok', 'down'])

/** What the key can still spend: the balance of its workspace, or what is left of its own limit. */
const remaining = (key: KeyRecord, credits: CreditState): number => {
  const bounds = [credits.balance, key.creditLimit === null ? null : key.creditLimit - key.creditsUsed].filter((bound) => bound !== null)
  return Math.max(0, Math.floor(Math.min(unlimited, ...bounds)))
}

export const accountRoutes = [
  route({
    method: 'GET', path: '/api/credits', verb: 'whoami',
    summary: 'Credits left and used, and the job quotas',
    response: z.object({ remaining: z.int(), used: z.int(), plan: z.string(), jobs: z.object({ crawl: quota, monitor: quota }) }),
    toIntent: () => ({ open: true }),
    render: ({ key, credits, open }) => ({
      status: 200,
      body: {
        remaining: remaining(key, credits),
        used: Math.ceil(credits.used),
        plan: 'Self-hosted',
        // No number of jobs is too many here.
        jobs: { crawl: { used: open?.crawls ?? 0, limit: unlimited }, monitor: { used: open?.monitors ?? 0, limit: unlimited } },
      },
    }),
  }),
  route({
    method: 'GET', path: '/api/validate', verb: 'whoami',
    summary: 'The account of the key',
    response: z.object({ email: z.email() }),
    toIntent: () => ({}),
    render: ({ actor }) => ({ status: 200, body: { email: `${actor.workspaceId.replace(/[^\w-]+/g, '-')}@lyrebird.invalid` } }),
  }),
  route({
    method: 'GET', path: '/api/health', verb: 'ready', open: 'unless_keyed', throttled: false,
    summary: 'State of the server; a key that is sent is checked',
    response: z.object({ status: z.enum(['ok', 'degraded']), uptime: z.int(), services: z.object({ redis: status, db: status }) }),
    toIntent: () => ({}),
    // One database does here what the vendor has two services for.
    render: ({ ok, uptimeSeconds }) => ({ status: 200, body: { status: ok ? 'ok' : 'degraded', uptime: uptimeSeconds, services: { redis: ok ? 'ok' : 'down', db: ok ? 'ok' : 'down' } } }),
  }),
  route({
    method: 'GET', path: '/api/openapi.json', verb: 'capabilities', open: true,
    summary: 'Leads to the OpenAPI document',
    response: z.object({ location: z.string() }),
    toIntent: () => ({}),
    render: (_value, _outcome, info) => {
      const location = `${info.origin}/docs/scrapegraphai/openapi.json`
      return { status: 302, headers: { location }, body: { location } }
    },
  }),
]
