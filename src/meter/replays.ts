import { randomUUID } from 'node:crypto'
import type { Actor } from '../contract/actor.ts'
import type { Replay } from '../contract/verbs.ts'
import { fail } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../store/db.ts'
import { claimIdempotency, forgetIdempotency, storeReply } from '../store/idempotency.ts'
import { retryLost } from '../store/retry.ts'

const keptMs = 24 * 60 * 60 * 1000
const keyCharsMax = 255

export interface ReplayInput {
  /** As the caller sent it. */
  key: string
  /** Method and path, or whatever a key is unique in beside the workspace. */
  route: string
  /** See `digestOf`. */
  digest: string
}

interface Options {
  db: Database
  clock: Clock
  holder: string
  ttlMs: number
}

/** Makes a repeated request find the first one's reply. Throws caller.idempotency_conflict and idempotency_in_progress. */
export const createReplays = ({ db, clock, holder, ttlMs }: Options) => async (actor: Actor, { key, route, digest }: ReplayInput): Promise<Replay> => {
  if (key.length === 0 || key.length > keyCharsMax || key.includes('\0')) {
    throw fail('caller.invalid_request', { issues: [{ path: ['Idempotency-Key'], code: 'invalid_format', message: `must have 1 to ${keyCharsMax} characters` }] })
  }
  const place = { workspaceId: actor.workspaceId, scope: `${actor.mode} ${route}`, key }
  const token = randomUUID()
  const now = clock()
  const claim = { digest, token, holder, now: new Date(now), lockedUntil: new Date(now + ttlMs), expiresAt: new Date(now + keptMs) }
  const result = await claimIdempotency(db, place, claim)
  if (result.kind !== 'claimed' && result.digest !== digest) throw fail('caller.idempotency_conflict')
  if (result.kind === 'running') throw fail('caller.idempotency_in_progress')
  if (result.kind === 'stored') return { kind: 'replay', reply: result.reply }
  return {
    kind: 'first',
    finish: (reply) => retryLost(() => (reply ? storeReply(db, place, token, reply) : forgetIdempotency(db, place, token))),
  }
}
