import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const encode = (value: bigint): string => {
  let out = ''
  for (let i = 0, rest = value; i < 26; i++, rest >>= 5n) out = alphabet[Number(rest & 31n)] + out
  return out
}

/** The 128 bits of a UUID of version 7: milliseconds, then chance. */
const newBits = (now: number): bigint => {
  const chance = BigInt(`0x${randomBytes(10).toString('hex')}`)
  const versioned = (chance & ~(0xfn << 76n)) | (7n << 76n)
  return (BigInt(now) << 80n) | (versioned & ~(3n << 62n)) | (2n << 62n)
}

/** A time-ordered id, `<prefix>_<26 characters>`: a UUID of version 7 in lower-case Crockford base 32. */
export const newId = (prefix: string, now = Date.now()): string => `${prefix}_${encode(newBits(now))}`

const bitsOf = (id: string): bigint => {
  let bits = 0n
  for (const letter of id.slice(id.lastIndexOf('_') + 1)) bits = (bits << 5n) | BigInt(Math.max(0, alphabet.indexOf(letter)))
  return bits
}

const bitsOfUuid = (uuid: string): bigint => BigInt(`0x${uuid.replaceAll('-', '')}`)

/** An id of ours as the UUID that it holds; `offset` counts on from there. */
export const uuidOf = (id: string, offset = 0): string => {
  const hex = BigInt.asUintN(128, bitsOf(id) + BigInt(offset)).toString(16).padStart(32, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The id of that kind whose UUID this is, or the one so many before it. */
export const idOf = (prefix: string, uuid: string, back = 0): string => {
  const bits = bitsOfUuid(uuid) - BigInt(back)
  return `${prefix}_${encode(bits < 0n ? 0n : bits)}`
}

/** How far a UUID was counted on from an id. */
export const offsetOf = (id: string, uuid: string): number => Number(bitsOfUuid(uuid) - bitsOf(id))
