import { brotliDecompressSync, constants, createBrotliCompress, createDeflateRaw, crc32 } from 'node:zlib'
import type { BrotliCompress, DeflateRaw } from 'node:zlib'

export type BombEncoding = 'gzip' | 'deflate' | 'br' | 'zstd'

export const isBombEncoding = (value: string): value is BombEncoding => ['gzip', 'deflate', 'br', 'zstd'].includes(value)

/** What the bomb expands to: this many spaces at a time. */
const blockBytes = 1_048_576
const block = Buffer.alloc(blockBytes, ' ')

/** A valid stream that expands to about `bytes` spaces. Made of one compressed block sent again and again: costs no work and no memory here. */
export const bomb = (encoding: BombEncoding, bytes: number): AsyncIterable<Buffer> => {
  const blocks = Math.max(1, Math.ceil(bytes / blockBytes))
  return { gzip, deflate, br, zstd }[encoding](blocks)
}

async function* gzip(blocks: number): AsyncGenerator<Buffer> {
  const part = await deflatePart()
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
  let crc = 0
  for (let i = 0; i < blocks; i++) {
    yield part
    crc = crc32(block, crc)
  }
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc, 0)
  trailer.writeUInt32LE(Number((BigInt(blocks) * BigInt(blockBytes)) & 0xffffffffn), 4)
  yield Buffer.concat([emptyLastBlock, trailer])
}

async function* deflate(blocks: number): AsyncGenerator<Buffer> {
  const part = await deflatePart()
  yield Buffer.from([0x78, 0xda])
  for (let i = 0; i < blocks; i++) yield part
  const trailer = Buffer.alloc(4)
  trailer.writeUInt32BE(adlerOfSpaces(BigInt(blocks) * BigInt(blockBytes)))
  yield Buffer.concat([emptyLastBlock, trailer])
}

const emptyLastBlock = Buffer.from([0x03, 0x00])

/** Adler-32 of n equal bytes in closed form. */
const adlerOfSpaces = (n: bigint): number => {
  const prime = 65_521n
  const a = (1n + 32n * n) % prime
  const b = (n + (32n * n * (n + 1n)) / 2n) % prime
  return Number((b << 16n) | a)
}

async function* br(blocks: number): AsyncGenerator<Buffer> {
  const { first, next } = await brotliParts()
  yield first
  for (let i = 1; i < blocks; i++) yield next
  yield Buffer.from([0x03])
}

/** Zstandard can say "this byte, 128 KiB times" in four bytes. */
async function* zstd(blocks: number): AsyncGenerator<Buffer> {
  const runBytes = 131_072
  const run = Buffer.from([...int24((runBytes << 3) | 0b010), 0x20])
  const part = Buffer.concat(Array.from({ length: blockBytes / runBytes }, () => run))
  yield Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50])
  for (let i = 0; i < blocks; i++) yield part
  yield Buffer.from(int24(0b001))
}

const int24 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255]

/** One block of spaces as raw deflate that ends on a byte and refers to nothing before it. */
const deflatePart = once(async () => {
  const encoder = createDeflateRaw({ level: 9 })
  const [part] = await flushedParts(encoder, constants.Z_FULL_FLUSH, 1)
  return part ?? Buffer.alloc(0)
})

// Later parts refer back to earlier ones, all of which are alike; the second is already the steady state.
const brotliParts = once(async () => {
  const encoder = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  const [first = Buffer.alloc(0), next = Buffer.alloc(0)] = await flushedParts(encoder, constants.BROTLI_OPERATION_FLUSH, 2)
  const size = brotliDecompressSync(Buffer.concat([first, next, next, Buffer.from([0x03])])).length
  if (size !== 3 * blockBytes) throw new Error('the brotli bomb does not repeat')
  return { first, next }
})

const flushedParts = async (encoder: DeflateRaw | BrotliCompress, kind: number, count: number): Promise<Buffer[]> => {
  const parts: Buffer[] = []
  let chunks: Buffer[] = []
  encoder.on('data', (chunk: Buffer) => chunks.push(chunk))
  for (let i = 0; i < count; i++) {
    chunks = []
    encoder.write(block)
    await new Promise<void>((resolve) => encoder.flush(kind, () => resolve()))
    parts.push(Buffer.concat(chunks))
  }
  encoder.destroy()
  return parts
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
