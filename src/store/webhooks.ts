import { sql } from 'kysely'
import type { KeyMode } from '../contract/actor.ts'
import type { Database } from './db.ts'
import { text } from './jobs.ts'

export interface NewEndpoint {
  id: string
  workspaceId: string
  jobId: string | null
  monitorId: string | null
  name: string | null
  url: string
  events: string[]
  secret: string
  headers: Record<string, string>
  options: unknown
  mode: KeyMode
  now: Date
}

const json = (value: unknown) => sql<string>`${text(value)}::json`

export const insertEndpoint = async (db: Database, endpoint: NewEndpoint): Promise<void> => {
  await db.insertInto('webhook_endpoints').values({
    id: endpoint.id, workspace_id: endpoint.workspaceId, job_id: endpoint.jobId, monitor_id: endpoint.monitorId, name: endpoint.name, url: endpoint.url,
    events: endpoint.events, secret: endpoint.secret, old_secret: null, old_secret_until: null, headers: json(endpoint.headers), options: json(endpoint.options),
    mode: endpoint.mode, disabled_reason: null, failing_since: null, last_at: null, last_status: null, created_at: endpoint.now, updated_at: endpoint.now,
  }).execute()
}
