import { z } from 'zod'
import type { KeyRecord } from '../../contract/actor.ts'
import { route } from '../dialect.ts'
import { envelope, instant, ok } from './envelope.ts'

const summary = z.object({
  id: z.string(),
  name: z.string(),
  last4: z.string().max(4).describe('Empty for a secret that is too short to show any of it'),
  active: z.boolean(),
  rateLimit: z.int().nullable().describe('Requests per minute'),
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  createdAt: instant,
})

const created = z.object({ id: z.string(), name: z.string(), key: z.string().describe('Shown this once'), last4: z.string().length(4), createdAt: instant })

const renderKey = (key: KeyRecord, now: Date) => ({
  id: key.id,
  name: key.name,
  last4: key.lastFour,
  active: key.revokedAt === null && (key.expiresAt === null || Date.parse(key.expiresAt) > now.getTime()),
  rateLimit: key.rpm,
  expiresAt: key.expiresAt,
  lastUsedAt: key.lastUsedAt,
  createdAt: key.createdAt,
})

export const keyRoutes = [
  route({
    method: 'GET', path: '/v1/api-keys', verb: 'keys_list', throttled: false,
    summary: 'Keys of the workspace (needs a key that may manage keys)',
    response: envelope(z.array(summary)),
    toIntent: () => ({}),
    render: (keys, _, info) => ok(keys.map((key) => renderKey(key, info.now))),
  }),
  route({
    method: 'POST', path: '/v1/api-keys', verb: 'keys_create',
    summary: 'Makes a key that may read pages and look at usage (needs a key that may manage keys)',
    body: z.object({ name: z.string().min(1).max(100) }), response: envelope(created),
    // A client's key: it does not manage keys, so that a leaked one makes no others.
    toIntent: ({ body }) => ({ name: body.name, scopes: ['scrape', 'read'] }),
    render: ({ key, secret }) => ok({ id: key.id, name: key.name, key: secret, last4: key.lastFour, createdAt: key.createdAt }, 201),
  }),
  route({
    method: 'DELETE', path: '/v1/api-keys/:id', verb: 'keys_revoke',
    summary: 'Revokes a key at once (needs a key that may manage keys)',
    params: z.object({ id: z.string().min(1).max(200) }), response: envelope(z.object({ id: z.string() })),
    toIntent: ({ params }) => params,
    render: (key) => ok({ id: key.id }),
  }),
]
