import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

const worthwhileBytes = 4_096

export interface Packed {
  body: Uint8Array
  encoding: 'plain' | 'zstd'
}

/** Text as it is stored: compressed where that pays. */
export const pack = async (text: string): Promise<Packed> => {
  const plain = Buffer.from(text, 'utf8')
  return plain.length < worthwhileBytes ? { body: plain, encoding: 'plain' } : { body: await compress(plain), encoding: 'zstd' }
}

export const unpack = async (body: Uint8Array, encoding: string): Promise<string> => {
  const plain = encoding === 'zstd' ? await decompress(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return plain.toString('utf8')
}
