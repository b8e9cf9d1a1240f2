import { randomBytes } from 'node:crypto'
import type { JobWebhook } from '../contract/jobs.ts'
import { newId } from '../lib/ids.ts'
import type { Database } from '../store/db.ts'
import { insertEndpoint } from '../store/webhooks.ts'

/** A secret in the form of Standard Webhooks. */
export const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`

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
