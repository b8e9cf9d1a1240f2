import { randomBytes } from 'node:crypto'
import type { Actor, KeyMode } from '../contract/actor.ts'
import type { JobWebhook } from '../contract/jobs.ts'
import type { MonitorWebhook } from '../contract/monitors.ts'
import type { Page } from '../contract/usage.ts'
import type { NewWebhook, WebhookChange, WebhookDelivery, WebhookEndpoint } from '../contract/webhooks.ts'
import type { Egress } from '../egress/index.ts'
import { fail, isFailure } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Database, Store } from '../store/db.ts'
import {
  deleteEndpoint, getDelivery, getEndpoint, insertDelivery, insertEndpoint, insertEndpointUpTo, listDeliveries, listEndpoints, replayDelivery, replayRange, rotateSecret, updateEndpoint,
} from '../store/webhooks.ts'

export interface Webhooks {
  /** Throws caller.invalid_request or a policy failure where the address will never do. */
  judge(url: string, mode: KeyMode, path: (string | number)[]): Promise<void>
  create(actor: Actor, dialect: string, endpoint: NewWebhook): Promise<{ endpoint: WebhookEndpoint; secret: string }>
  list(workspaceId: string): Promise<WebhookEndpoint[]>
  /** Throws caller.not_found, as all that take an id. */
  get(workspaceId: string, id: string): Promise<WebhookEndpoint>
  update(actor: Actor, id: string, change: WebhookChange): Promise<WebhookEndpoint>
  delete(workspaceId: string, id: string): Promise<WebhookEndpoint>
  rotate(workspaceId: string, id: string, overlapS: number): Promise<{ endpoint: WebhookEndpoint; secret: string }>
  test(workspaceId: string, id: string): Promise<WebhookDelivery>
  deliveries(workspaceId: string, id: string, query: { limit: number; cursor?: string; state?: WebhookDelivery['state'] }): Promise<Page<WebhookDelivery>>
  replay(workspaceId: string, id: string, deliveryId: string): Promise<WebhookDelivery>
  replayRange(workspaceId: string, id: string, range: { since: Date; until: Date; all: boolean }): Promise<number>
}

interface Deps {
  store: Store
  clock: Clock
  egress: Record<KeyMode, () => Promise<Egress>>
  /** Addresses without TLS are let through. */
  allowHttp: boolean
}

const endpointsMax = 100
const judgeMs = 5_000

/** A secret in the form of Standard Webhooks. */
export const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`

export const createWebhooks = ({ store: { db }, clock, egress, allowHttp }: Deps): Webhooks => {
  const now = (): Date => new Date(clock())

  const get = async (workspaceId: string, id: string): Promise<WebhookEndpoint> => {
    const found = await getEndpoint(db, workspaceId, id)
    if (!found) throw fail('caller.not_found', { kind: 'webhook', id })
    return found
  }

  const judge = async (url: string, mode: KeyMode, path: (string | number)[]): Promise<void> => {
    if (!allowHttp && !/^https:/i.test(url)) {
      throw fail('caller.invalid_request', { issues: [{ path, code: 'https_required', message: 'A webhook needs an https address; the operator may allow others with LYREBIRD_WEBHOOK_HTTP' }] })
    }
    try {
      await (await egress[mode]()).judge(url, AbortSignal.timeout(judgeMs))
    } catch (error) {
      // A name that does not resolve now may do so later; what is forbidden stays so.
      if (isFailure(error) && (error.class === 'policy' || error.class === 'account')) throw error
    }
  }

  const delivery = async (endpointId: string, id: string): Promise<WebhookDelivery> => {
    const found = await getDelivery(db, endpointId, id)
    if (!found) throw fail('caller.not_found', { kind: 'delivery', id })
    return found
  }

  return {
    judge,
    get,
    list: (workspaceId) => listEndpoints(db, workspaceId),

    async create(actor, dialect, endpoint) {
      await judge(endpoint.url, actor.mode, ['url'])
      const max = Math.min(endpoint.max ?? endpointsMax, endpointsMax)
      const id = newId('whe', clock())
      const secret = endpoint.secret ?? newSecret()
      const before = await insertEndpointUpTo(db, {
        id, workspaceId: actor.workspaceId, jobId: null, monitorId: null, name: endpoint.name, url: endpoint.url, events: endpoint.events,
        secret, headers: endpoint.headers, options: { ...endpoint.options, dialect }, mode: actor.mode, now: now(),
      }, max)
      if (before >= max) throw fail('caller.conflict', { state: `one of ${max} webhooks, which is as many as there may be`, limit: max })
      return { endpoint: await get(actor.workspaceId, id), secret }
    },

    async update(actor, id, change) {
      const { options } = await get(actor.workspaceId, id)
      if (change.url !== undefined) await judge(change.url, actor.mode, ['url'])
      await updateEndpoint(db, id, { ...change, ...(change.options ? { options: { ...options, ...change.options } } : {}) }, now())
      return get(actor.workspaceId, id)
    },

    async delete(workspaceId, id) {
      const endpoint = await get(workspaceId, id)
      await deleteEndpoint(db, id)
      return endpoint
    },

    async rotate(workspaceId, id, overlapS) {
      await get(workspaceId, id)
      const secret = newSecret()
      await rotateSecret(db, id, secret, new Date(clock() + overlapS * 1000), now())
      return { endpoint: await get(workspaceId, id), secret }
    },

    async test(workspaceId, id) {
      await get(workspaceId, id)
      const deliveryId = newId('dlv', clock())
      await insertDelivery(db, { id: deliveryId, endpointId: id, workspaceId, eventId: newId('evt', clock()), type: 'webhook.test', data: { endpoint_id: id }, now: now() })
      return delivery(id, deliveryId)
    },

    async deliveries(workspaceId, id, query) {
      await get(workspaceId, id)
      return listDeliveries(db, id, query)
    },

    async replay(workspaceId, id, deliveryId) {
      await get(workspaceId, id)
      await delivery(id, deliveryId)
      await replayDelivery(db, deliveryId, now())
      return delivery(id, deliveryId)
    },

    async replayRange(workspaceId, id, range) {
      await get(workspaceId, id)
      return replayRange(db, id, range, now())
    },
  }
}

/** The endpoint of one job: in no list, and gone with its job. */
export const addJobEndpoint = (trx: Database, owner: { workspaceId: string; jobId: string; mode: string }, webhook: JobWebhook): Promise<void> =>
  insertEndpoint(trx, {
    id: newId('whe'),
    workspaceId: owner.workspaceId,
    jobId: owner.jobId,
    monitorId: null,
    name: null,
    url: webhook.url,
    events: webhook.events,
    secret: webhook.secret ?? newSecret(),
    headers: webhook.headers ?? {},
    options: webhook.options ?? {},
    mode: owner.mode === 'test' ? 'test' : 'live',
    now: new Date(),
  })

/** The endpoint of one monitor, likewise. */
export const addMonitorEndpoint = (trx: Database, owner: { workspaceId: string; monitorId: string; mode: string }, webhook: MonitorWebhook, dialect: string): Promise<void> =>
  insertEndpoint(trx, {
    id: newId('whe'), workspaceId: owner.workspaceId, jobId: null, monitorId: owner.monitorId, name: null, url: webhook.url, events: webhook.events,
    secret: webhook.secret ?? newSecret(), headers: {}, options: { ...webhook.options, dialect }, mode: owner.mode === 'test' ? 'test' : 'live', now: new Date(),
  })
