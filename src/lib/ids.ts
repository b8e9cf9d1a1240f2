import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const encode = (value: bigint, length: number): string => {
  let out = ''
  for (let i = 0, rest = value; i < length; i++, rest >>= 5n) out = alphabet[Number(rest & 31n)] + out
  return out
}

/** A time-ordered id, `<prefix>_<26 characters>` (ULID layout in lower-case Crockford base 32). */
export const newId = (prefix: string, now = Date.now()): string => {
  const random = BigInt(`0x${randomBytes(10).toString('hex')}`)
  return `${prefix}_${encode(BigInt(now), 10)}${encode(random, 16)}`
}
