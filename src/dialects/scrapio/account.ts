import { z } from 'zod'
import { route } from '../dialect.ts'

export const accountRoutes = [
  route({
    method: 'GET', path: '/v1/me', verb: 'whoami', throttled: false,
    summary: 'Whose key this is, and what it can still spend',
    response: z.object({
      request_id: z.string(),
      tenant_id: z.string(),
      plan: z.string(),
      key: z.object({ id: z.string(), name: z.string(), mode: z.enum(['live', 'test']), scopes: z.array(z.string()), expires_at: z.string().nullable() }),
      credits: z.object({ balance: z.number().nullable(), used: z.number(), limit: z.number().nullable(), reset_at: z.string().nullable() }).describe('`null` where nothing is limited'),
    }),
    toIntent: () => ({}),
    render: ({ actor, key, credits }, _, info) => ({
      status: 200,
      body: {
        request_id: info.requestId,
        tenant_id: actor.workspaceId,
        plan: 'self-hosted',
        key: { id: key.id, name: key.name, mode: key.mode, scopes: key.scopes, expires_at: key.expiresAt },
        credits: { balance: credits.balance, used: credits.used, limit: credits.limit, reset_at: credits.resetAt },
      },
    }),
  }),
  route({
    method: 'GET', path: '/health', verb: 'health', open: true, throttled: false,
    summary: 'Whether this process answers',
    response: z.object({ ok: z.boolean() }),
    toIntent: () => ({}),
    render: ({ ok }) => ({ status: 200, body: { ok } }),
  }),
]
