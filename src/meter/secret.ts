import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyMode } from '../contract/actor.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const length = 36

/** A new secret: `lb_live_` or `lb_test_` and 180 random bits. */
export const newSecret = (mode: KeyMode): string =>
  // 32 letters divide 256 evenly: every letter is as likely as any other.
  `lb_${mode}_${Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join('')}`

/** What is stored. Secrets are random, so that one round of SHA-256 is enough. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret, 'utf8').digest()

export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => a.byteLength === b.byteLength && timingSafeEqual(a, b)

/** The part that is kept for display: too little to guess the rest from. */
export const displayPrefix = (secret: string): string => secret.slice(0, Math.min(12, Math.floor(secret.length / 3)))

/** The end of it, by which people tell keys apart; nothing of a secret that is short. */
export const displayEnd = (secret: string): string => (secret.length < 24 ? '' : secret.slice(-4))
