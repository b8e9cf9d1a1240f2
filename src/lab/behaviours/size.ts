import { number, stream, type Exchange, type Handler } from '../exchange.ts'
import { bomb, isBombEncoding } from './bomb.ts'

const row = '<p>One more paragraph of a page that has no end, as long as someone is willing to read it.</p>\n'
const block = Buffer.from(row.repeat(680))

function* paragraphs(bytes: number): Generator<Buffer> {
  yield Buffer.from('<!doctype html><title>Huge</title><h1>Huge</h1>\n')
  for (let left = bytes; left > 0; left -= block.length) yield left < block.length ? block.subarray(0, left) : block
}

/** A page that goes on for as long as it is read. */
export const endless = (x: Exchange): Promise<void> => stream(x, paragraphs(Infinity))

export const size: Record<string, Handler> = {
  /** /huge?bytes=100000000; ?announce sends a content length. */
  huge: (x) => {
    const bytes = number(x, 'bytes', 100_000_000, 1e12)
    const headers = x.query.has('announce') ? { headers: { 'content-length': String(bytes + 48) } } : {}
    return x.query.has('endless') ? endless(x) : stream(x, paragraphs(bytes), headers)
  },
  /** /bomb?encoding=gzip|deflate|br|zstd&bytes=: a few kB that become `bytes` bytes. */
  bomb: (x) => {
    const encoding = x.query.get('encoding') ?? 'gzip'
    if (!isBombEncoding(encoding)) return false
    return stream(x, bomb(encoding, number(x, 'bytes', 10_737_418_240, 1e12)), { headers: { 'content-encoding': encoding } })
  },
}
