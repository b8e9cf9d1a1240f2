import { z } from 'zod'
import { route } from '../dialect.ts'

const ok = z.object({ status: z.literal('ok') })

/** Neither has the envelope. */
export const systemRoutes = [
  route({
    method: 'GET', path: '/health', verb: 'health', open: true,
    summary: '200 as long as the process lives',
    response: ok,
    toIntent: () => ({}),
    render: () => ({ status: 200, body: { status: 'ok' } }),
  }),
  route({
    method: 'GET', path: '/ready', verb: 'ready', open: true,
    summary: '200 when the database answers, else 503 in the vendor\'s words',
    response: ok,
    toIntent: () => ({}),
    render: ({ ok: ready }) => (ready ? { status: 200, body: { status: 'ok' } } : { status: 503, body: { status: 'error', message: 'Redis connection failed' } }),
  }),
]
