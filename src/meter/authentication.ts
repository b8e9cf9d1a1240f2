import type { Actor } from '../contract/actor.ts'
import { fail } from '../failure/failure.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../store/db.ts'
import { findKeyByHash, touchKey, type KnownKey } from '../store/keys.ts'
import { retryLost } from '../store/retry.ts'
import { hashSecret, sameHash } from './secret.ts'

/** Under the second within which a revoked key must stop everywhere, with room for the query. */
const cacheMs = 800
const cachedMax = 10_000
const secretCharsMax = 512

export interface Authentication {
  authenticate: (secret: string | undefined) => Promise<Actor>
  /** True when neither the key nor its workspace has a limit on credits, as far as was known within the last second. */
  isUnlimited: (actor: Actor) => boolean
  /** Forgets what is cached, after a change made here. */
  forget: () => void
  /** Waits for what is still being written. */
  drain: () => Promise<void>
}

interface Options {
  db: Database
  clock: Clock
  touchEveryMs: number
  /** Told of what went wrong where nobody waits. */
  onError: (err: unknown) => void
}

export const createAuthentication = ({ db, clock, touchEveryMs, onError }: Options): Authentication => {
  const cache = new Map<string, { known: KnownKey; until: number }>()
  const unlimited = new WeakMap<Actor, number>()
  const touched = new Map<string, number>()
  const writing = new Set<Promise<void>>()
  let generation = 0

  const find = async (hash: Buffer): Promise<KnownKey | undefined> => {
    const id = hash.toString('base64')
    // The machine's own clock: this is about age, and must hold whatever time a test has set.
    const now = performance.now()
    const cached = cache.get(id)
    if (cached && cached.until > now) return cached.known
    const asked = generation
    const known = await retryLost(() => findKeyByHash(db, hash))
    cache.delete(id)
    if (known && asked === generation) {
      cache.set(id, { known, until: now + cacheMs })
      if (cache.size > cachedMax) for (const oldest of cache.keys()) { cache.delete(oldest); break }
    }
    return known
  }

  const touch = ({ actor: { keyId }, lastUsedAt }: KnownKey): void => {
    const now = clock()
    if (now - Math.max(touched.get(keyId) ?? -Infinity, lastUsedAt?.getTime() ?? -Infinity) < touchEveryMs) return
    touched.set(keyId, now)
    const write = touchKey(db, keyId, new Date(now)).catch(onError).finally(() => writing.delete(write))
    writing.add(write)
  }

  return {
    async authenticate(secret) {
      if (secret === undefined || secret === '') throw fail('account.missing_key')
      if (secret.length > secretCharsMax) throw fail('account.invalid_key')
      const hash = hashSecret(secret)
      const known = await find(hash)
      if (!known || !sameHash(known.hash, hash)) throw fail('account.invalid_key')
      if (known.revokedAt) throw fail('account.revoked_key')
      if (known.expiresAt && known.expiresAt.getTime() <= clock()) throw fail('account.expired_key', { expiredAt: known.expiresAt.toISOString() })
      touch(known)
      if (known.unlimited) unlimited.set(known.actor, performance.now() + cacheMs)
      return known.actor
    },

    // An actor that came from elsewhere, or long ago, counts as limited: always correct, only dearer.
    isUnlimited: (actor) => (unlimited.get(actor) ?? -Infinity) > performance.now(),

    forget() {
      generation++
      cache.clear()
    },

    async drain() {
      await Promise.all(writing)
    },
  }
}
