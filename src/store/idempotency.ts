import { sql } from 'kysely'
import type { StoredReply } from '../contract/verbs.ts'
import type { Database } from './db.ts'
import { pack, unpack } from './pack.ts'

export interface IdempotencyKey {
  workspaceId: string
  /** Key mode, method and path: what the key is unique in. */
  scope: string
  key: string
}

interface Claim {
  digest: string
  token: string
  holder: string
  now: Date
  lockedUntil: Date
  expiresAt: Date
}

export type ClaimResult =
  | { kind: 'claimed' }
  | { kind: 'running'; digest: string }
  | { kind: 'stored'; digest: string; reply: StoredReply }

/** Makes the caller the first, unless a reply is stored or the first is still at work. */
export const claimIdempotency = async (db: Database, { workspaceId, scope, key }: IdempotencyKey, claim: Claim): Promise<ClaimResult> => {
  const { rows } = await sql<{ token: string }>`
    insert into idempotency as i (workspace_id, scope, key, digest, token, holder, started_at, locked_until, expires_at)
    values (${workspaceId}, ${scope}, ${key}, ${claim.digest}, ${claim.token}, ${claim.holder}, ${claim.now}, ${claim.lockedUntil}, ${claim.expiresAt})
    on conflict (workspace_id, scope, key) do update set
      digest = excluded.digest, token = excluded.token, holder = excluded.holder, started_at = excluded.started_at,
      locked_until = excluded.locked_until, expires_at = excluded.expires_at, status = null, headers = null, body = null, encoding = null
    where i.expires_at <= excluded.started_at or (i.status is null and i.locked_until <= excluded.started_at)
    returning token`.execute(db)
  if (rows.length > 0) return { kind: 'claimed' }
  const row = await db.selectFrom('idempotency').selectAll()
    .where('workspace_id', '=', workspaceId).where('scope', '=', scope).where('key', '=', key).executeTakeFirst()
  // It was forgotten between the two statements: the key is free again.
  if (!row) return claimIdempotency(db, { workspaceId, scope, key }, claim)
  if (row.status === null || row.body === null) return { kind: 'running', digest: row.digest }
  const body = await unpack(row.body, row.encoding ?? 'plain')
  // Safe: `storeReply` wrote it.
  return { kind: 'stored', digest: row.digest, reply: { status: row.status, headers: row.headers as Record<string, string>, body } }
}

/** Stores the reply, unless another request has taken the key over since. */
export const storeReply = async (db: Database, { workspaceId, scope, key }: IdempotencyKey, token: string, reply: StoredReply): Promise<void> => {
  const { body, encoding } = await pack(reply.body)
  await db.updateTable('idempotency').set({ status: reply.status, headers: JSON.stringify(reply.headers), body, encoding })
    .where('workspace_id', '=', workspaceId).where('scope', '=', scope).where('key', '=', key).where('token', '=', token).execute()
}

export const forgetIdempotency = async (db: Database, { workspaceId, scope, key }: IdempotencyKey, token: string): Promise<void> => {
  await db.deleteFrom('idempotency')
    .where('workspace_id', '=', workspaceId).where('scope', '=', scope).where('key', '=', key).where('token', '=', token).execute()
}
