import type { KeyMode, KeyRecord, NewKey, Scope } from '../contract/actor.ts'
import { fail } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Database } from '../store/db.ts'
import { findKeyByHash, getKey, insertKey, listKeys, replaceHash, revokeKey } from '../store/keys.ts'
import { defaultWorkspace } from '../store/workspaces.ts'
import { displayEnd, displayPrefix, hashSecret, newSecret } from './secret.ts'

export interface CreatedKey {
  key: KeyRecord
  /** Shown once; only its hash is stored. */
  secret: string
}

export interface Keys {
  create(workspaceId: string, input: NewKey): Promise<CreatedKey>
  list(workspaceId: string): Promise<KeyRecord[]>
  get(workspaceId: string, id: string): Promise<KeyRecord>
  revoke(workspaceId: string, id: string): Promise<KeyRecord>
  /** The same key with another secret; the old one stops at once. */
  rotate(workspaceId: string, id: string): Promise<CreatedKey>
  /** Creates a key with exactly this secret in the default workspace, or keeps the one that is there as it is, revoked or not. Without `input` it may do everything. */
  bootstrap(secret: string, mode: KeyMode, input?: Omit<NewKey, 'mode'>): Promise<KeyRecord>
}

const defaultScopes: Scope[] = ['scrape', 'read']
const allScopes: Scope[] = ['scrape', 'read', 'admin', 'evaluate']

/** `changed` is called after every change that a cache of keys must not outlive. */
export const createKeys = (db: Database, clock: Clock, changed: () => void): Keys => {
  const insert = async (workspaceId: string, secret: string, input: NewKey): Promise<string | undefined> => {
    const now = new Date(clock())
    const id = newId('key', now.getTime())
    const mode = input.mode ?? 'live'
    const inserted = await insertKey(db, {
      id, workspace_id: workspaceId, name: input.name, ...stored(secret), mode,
      scopes: input.scopes ?? defaultScopes,
      rpm: input.rpm ?? null, concurrency: input.concurrency ?? null,
      credit_limit: input.creditLimit ?? null, daily_credit_cap: input.dailyCreditCap ?? null,
      url_blocklist: input.urlBlocklist ?? [], index_pages: input.index ?? true,
      created_at: now, last_used_at: null, expires_at: expiryOf(input), revoked_at: null,
    })
    return inserted ? id : undefined
  }

  const get = async (workspaceId: string, id: string): Promise<KeyRecord> => {
    const key = await getKey(db, workspaceId, id)
    if (!key) throw fail('caller.not_found', { kind: 'key', id })
    return key
  }

  return {
    get,
    list: (workspaceId) => listKeys(db, workspaceId),

    async create(workspaceId, input) {
      const secret = newSecret(input.mode ?? 'live')
      const id = await insert(workspaceId, secret, input)
      if (id === undefined) throw new Error('two random secrets were the same')
      return { key: await get(workspaceId, id), secret }
    },

    async revoke(workspaceId, id) {
      await revokeKey(db, workspaceId, id, new Date(clock()))
      changed()
      return get(workspaceId, id)
    },

    async rotate(workspaceId, id) {
      const key = await get(workspaceId, id)
      const secret = newSecret(key.mode)
      const replaced = await replaceHash(db, workspaceId, id, stored(secret))
      changed()
      if (!replaced) throw fail('caller.conflict', { state: 'revoked' })
      return { key: await get(workspaceId, id), secret }
    },

    async bootstrap(secret, mode, input = { name: `bootstrap ${mode}`, scopes: allScopes }) {
      const id = await insert(defaultWorkspace, secret, { ...input, mode })
      if (id !== undefined) return get(defaultWorkspace, id)
      const known = await findKeyByHash(db, hashSecret(secret))
      if (!known) throw new Error('a key vanished while it was being looked up')
      return get(known.actor.workspaceId, known.actor.keyId)
    },
  }
}

const stored = (secret: string) => ({ hash: hashSecret(secret), prefix: displayPrefix(secret), last_four: displayEnd(secret) })

const expiryOf = ({ expiresAt }: NewKey): Date | null => {
  if (expiresAt === undefined || expiresAt === null) return null
  const at = new Date(expiresAt)
  if (Number.isNaN(at.getTime())) throw fail('caller.invalid_request', { issues: [{ path: ['expires_at'], code: 'invalid_format', message: 'must be an ISO 8601 date' }] })
  return at
}
