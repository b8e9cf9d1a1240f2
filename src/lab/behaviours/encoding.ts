import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { send, type Exchange, type Handler } from '../exchange.ts'
import { page } from '../html.ts'

const html = Buffer.from(page({
  title: 'Packed',
  body: `<h1>Packed</h1>\n<p>If this can be read, the encoding was undone. Ligatures and accents too: naïve café, ﬁn, 日本語.</p>\n${'<p>A paragraph that packs well.</p>\n'.repeat(40)}`,
}))

/** Content-Encoding header and body for each last segment of /encoding/<name>. */
const packed: Record<string, () => readonly [header: string, body: Buffer]> = {
  identity: () => ['identity', html],
  gzip: () => ['gzip', gzipSync(html)],
  'x-gzip': () => ['x-gzip', gzipSync(html)],
  br: () => ['br', brotliCompressSync(html)],
  zstd: () => ['zstd', zstdCompressSync(html)],
  deflate: () => ['deflate', deflateSync(html)],
  /** What old servers meant by "deflate": no zlib wrapper. */
  'raw-deflate': () => ['deflate', deflateRawSync(html)],
  stacked: () => ['gzip, br', brotliCompressSync(gzipSync(html))],
  'stacked-three': () => ['deflate, gzip, br', brotliCompressSync(gzipSync(deflateSync(html)))],
  'gzip-twice': () => ['gzip, gzip', gzipSync(gzipSync(html))],
  /** Says gzip, is plain. */
  wrong: () => ['gzip', html],
  'wrong-br': () => ['br', html],
  'wrong-zstd': () => ['zstd', html],
  /** Says gzip, ends in the middle. */
  truncated: () => ['gzip', gzipSync(html).subarray(0, 120)],
  corrupt: () => ['gzip', flipped(gzipSync(html))],
  'trailing-garbage': () => ['gzip', Buffer.concat([gzipSync(html), Buffer.from('and then some')])],
  'two-members': () => ['gzip', Buffer.concat([gzipSync(html.subarray(0, 300)), gzipSync(html.subarray(300))])],
  empty: () => ['gzip', Buffer.alloc(0)],
  unknown: () => ['x-lab', html],
  upper: () => ['GZIP', gzipSync(html)],
}

const flipped = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  for (let i = 60; i < 90; i++) copy[i] = (copy[i] ?? 0) ^ 0xff
  return copy
}

export const encodingNames = Object.keys(packed)

/** Claims gzip and is not. */
export const notGzip = (x: Exchange): void => send(x, html, { headers: { 'content-encoding': 'gzip' } })

export const encoding: Record<string, Handler> = {
  encoding: (x) => {
    const made = packed[x.path.split('/')[2] ?? '']?.()
    return made ? send(x, made[1], { headers: { 'content-encoding': made[0] } }) : false
  },
}
