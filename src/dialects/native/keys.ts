import { z } from 'zod'
import { scopes, type KeyRecord, type NewKey } from '../../contract/actor.ts'
import type { Workspace } from '../../contract/usage.ts'
import { route } from '../dialect.ts'

const limit = z.int().min(1).max(1_000_000_000).nullable()

const newKey = z.strictObject({
  name: z.string().min(1).max(100),
  mode: z.enum(['live', 'test']).default('live'),
  scopes: z.array(z.enum(scopes)).min(1).default(['scrape', 'read']),
  rpm: limit.optional(),
  concurrency: limit.optional(),
  credit_limit: limit.optional(),
  daily_credit_cap: limit.optional(),
  url_blocklist: z.array(z.string().min(1).max(2048)).max(1000).default([]).describe('Hosts (`example.com`), wildcards (`*.example.com`) or URL prefixes'),
  index: z.boolean().default(true).describe('`false` keeps what the key fetches out of the search index, unless a request says `index: true`'),
  expires_at: z.iso.datetime({ offset: true }).nullable().optional(),
})

const keyBody = z.looseObject({ id: z.string(), name: z.string(), prefix: z.string(), mode: z.enum(['live', 'test']), scopes: z.array(z.string()), created_at: z.string() })
const withSecret = keyBody.extend({ secret: z.string().describe('Shown this once') })
const id = z.object({ id: z.string().max(100) })

const toNewKey = (body: z.output<typeof newKey>): NewKey => ({
  name: body.name,
  mode: body.mode,
  scopes: body.scopes,
  urlBlocklist: body.url_blocklist,
  index: body.index,
  ...(body.rpm === undefined ? {} : { rpm: body.rpm }),
  ...(body.concurrency === undefined ? {} : { concurrency: body.concurrency }),
  ...(body.credit_limit === undefined ? {} : { creditLimit: body.credit_limit }),
  ...(body.daily_credit_cap === undefined ? {} : { dailyCreditCap: body.daily_credit_cap }),
  ...(body.expires_at === undefined ? {} : { expiresAt: body.expires_at }),
})

const renderKey = (key: KeyRecord) => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  mode: key.mode,
  scopes: key.scopes,
  rpm: key.rpm,
  concurrency: key.concurrency,
  credit_limit: key.creditLimit,
  daily_credit_cap: key.dailyCreditCap,
  credits_used: key.creditsUsed,
  url_blocklist: key.urlBlocklist,
  index: key.index,
  created_at: key.createdAt,
  last_used_at: key.lastUsedAt,
  expires_at: key.expiresAt,
  revoked_at: key.revokedAt,
})

const workspace = z.object({ id: z.string(), name: z.string(), monthly_credits: z.number().nullable() })
const renderWorkspace = (item: Workspace) => ({ id: item.id, name: item.name, monthly_credits: item.monthlyCredits })

export const keyRoutes = [
  route({
    method: 'GET', path: '/v1/workspaces', verb: 'workspaces_list', throttled: false,
    summary: 'Every workspace of this server (for its command line)',
    response: z.object({ data: z.array(workspace) }),
    toIntent: () => ({}),
    render: (list) => ({ status: 200, body: { data: list.map(renderWorkspace) } }),
  }),
  route({
    method: 'POST', path: '/v1/workspaces', verb: 'workspaces_create',
    summary: 'Makes a workspace, or keeps the one of that id (for the command line of the server)',
    body: z.strictObject({ id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'Lower-case letters, digits, - and _'), name: z.string().min(1).max(100) }),
    response: z.object({ data: workspace }),
    toIntent: ({ body }) => body,
    render: (item) => ({ status: 201, body: { data: renderWorkspace(item) } }),
  }),
  route({
    method: 'POST', path: '/v1/keys', verb: 'keys_create',
    summary: 'Makes a key; its secret is in this reply and never again (scope `admin`)',
    body: newKey, response: z.object({ data: withSecret }),
    toIntent: ({ body }) => toNewKey(body),
    render: ({ key, secret }) => ({ status: 201, body: { data: { ...renderKey(key), secret } } }),
  }),
  route({
    method: 'GET', path: '/v1/keys', verb: 'keys_list', throttled: false,
    summary: 'Keys of the workspace, oldest first (scope `admin`)',
    response: z.object({ data: z.array(keyBody) }),
    toIntent: () => ({}),
    render: (keys) => ({ status: 200, body: { data: keys.map(renderKey) } }),
  }),
  route({
    method: 'DELETE', path: '/v1/keys/:id', verb: 'keys_revoke',
    summary: 'Revokes a key at once (scope `admin`)',
    params: id, response: z.object({ data: keyBody }),
    toIntent: ({ params }) => params,
    render: (key) => ({ status: 200, body: { data: renderKey(key) } }),
  }),
  route({
    method: 'POST', path: '/v1/keys/:id/rotate', verb: 'keys_rotate',
    summary: 'Gives a key a new secret and voids the old one (scope `admin`)',
    params: id, response: z.object({ data: withSecret }),
    toIntent: ({ params }) => params,
    render: ({ key, secret }) => ({ status: 200, body: { data: { ...renderKey(key), secret } } }),
  }),
]
