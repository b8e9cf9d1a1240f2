import { hang, number, pause, stream, type Exchange, type Handler } from '../exchange.ts'
import { page } from '../html.ts'

const text = page({
  title: 'A slow page',
  body: `<h1>A slow page</h1>\n<p>${'These words came over the wire slowly, a few bytes at a time. '.repeat(12)}</p>`,
})

async function* slowly(x: Exchange, bytes: Buffer, size: number, everyMs: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size)
    if (at + size < bytes.length) await pause(x, everyMs)
  }
}

export const slow: Record<string, Handler> = {
  /** /delay?headers_ms=500&body_ms=500&chunk_ms=20&chunk_bytes=64 */
  delay: async (x) => {
    await pause(x, number(x, 'headers_ms', 0, 600_000))
    x.res.writeHead(number(x, 'status', 200, 599, 200), { 'content-type': 'text/html; charset=utf-8' })
    x.res.flushHeaders()
    await pause(x, number(x, 'body_ms', 0, 600_000))
    const chunkMs = number(x, 'chunk_ms', 0, 60_000)
    const chunks = chunkMs === 0 ? [Buffer.from(text)] : slowly(x, Buffer.from(text), number(x, 'chunk_bytes', 64, 65_536, 1), chunkMs)
    for await (const chunk of chunks) x.res.write(chunk)
    x.res.end()
  },
  /** /drip?bytes=100&ms=10: one byte at a time. */
  drip: (x) => stream(x, slowly(x, Buffer.alloc(number(x, 'bytes', 100, 10_000_000), '*'), 1, number(x, 'ms', 10, 60_000)), { type: 'text/plain' }),
  /** /hang, /hang?after=headers, /hang?after=body */
  hang: (x) => hangAfter(x, x.query.get('after') ?? ''),
}

/** Never finishes: not even headers, or after the headers, or in mid body. */
export const hangAfter = async (x: Exchange, point: string): Promise<void> => {
  if (point === 'headers' || point === 'body') {
    x.res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    x.res.flushHeaders()
    if (point === 'body') x.res.write(text.slice(0, 400))
  }
  await hang(x)
}
