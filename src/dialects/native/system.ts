import { z } from 'zod'
import type { Health } from '../../contract/verbs.ts'
import { route, type Reply } from '../dialect.ts'

const health = z.object({ status: z.enum(['ok', 'error']), checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })) })

const renderHealth = (value: Health): Reply =>
  ({ status: value.ok ? 200 : 503, body: { status: value.ok ? 'ok' : 'error', checks: value.checks } })

const snakeKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snakeKeys)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), snakeKeys(item)]))
}

export const systemRoutes = [
  route({
    method: 'GET', path: '/v1/capabilities', verb: 'capabilities', open: true,
    summary: 'What this server can do as it is configured now',
    response: z.object({ data: z.looseObject({ version: z.string(), formats: z.array(z.string()) }) }),
    toIntent: () => ({}),
    render: (value) => ({ status: 200, body: { data: snakeKeys(value) } }),
  }),
  route({
    method: 'GET', path: '/health', verb: 'health', open: true,
    summary: '200 as long as the process lives',
    response: health,
    toIntent: () => ({}),
    render: renderHealth,
  }),
  route({
    method: 'GET', path: '/ready', verb: 'ready', open: true,
    summary: '200 when the database answers and work can be taken, else 503',
    response: health,
    toIntent: () => ({}),
    render: renderHealth,
  }),
]
