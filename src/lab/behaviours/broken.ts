import { breakOff, send, type Exchange, type Handler } from '../exchange.ts'
import { page } from '../html.ts'

const whole = page({ title: 'Cut short', body: `<h1>Cut short</h1>\n<p>${'The end of this text never arrives. '.repeat(40)}</p>` })

/** Resets the connection: at once, after the headers or in mid body. */
export const resetAt = (x: Exchange, point: string): void => {
  if (point !== 'headers' && point !== 'body') return reset(x)
  x.res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': String(whole.length) })
  x.res.flushHeaders()
  if (point === 'body') x.res.write(whole.slice(0, 300), () => setImmediate(reset, x))
  else setImmediate(reset, x)
}

const reset = (x: Exchange): void => {
  x.tcp.resetAndDestroy()
}

/** Bytes that are not HTTP, in place of an answer. */
export const garbage = (x: Exchange): void => {
  breakOff(x, Buffer.from(`\x00\x17GARBAGE ${'\xff\xfe\x01'.repeat(64)}\r\n\r\n`, 'latin1'))
}

export const broken: Record<string, Handler> = {
  /** /reset, /reset?after=headers, /reset?after=body; also /reset/headers, /reset/body */
  reset: (x) => resetAt(x, x.query.get('after') ?? x.path.split('/')[2] ?? ''),
  /** Announces more bytes than it sends, then closes in good order; ?chunked: a chunked body without its last chunk. */
  truncate: (x) => {
    const chunked = x.query.has('chunked')
    x.res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...(chunked ? {} : { 'content-length': String(whole.length) }) })
    x.res.write(whole.slice(0, 300), () => breakOff(x))
  },
  garbage,
  /** Closes without a byte. */
  hangup: (x) => breakOff(x),
  'bad-header': (x) => breakOff(x, 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nthis line is no header\r\n\r\n<h1>Hello</h1>'),
  'bad-chunk': (x) => breakOff(x, 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<h1>Hello</h1>\r\n0\r\n\r\n'),
  'bad-status': (x) => breakOff(x, 'HTTP/1.1 abc\r\n\r\n'),
  /** Two lengths that differ: the classic of request smuggling, answered the wrong way round. */
  'two-lengths': (x) => breakOff(x, 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\nContent-Length: 3\r\n\r\n<h1>Hello</h1>'),
  'http-1.0': (x) => breakOff(x, 'HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<!doctype html><title>Old</title><h1>Old</h1><p>An answer of HTTP/1.0, ended by closing.</p>'),
  'no-type': (x) => {
    x.res.writeHead(200)
    x.res.end(page({ title: 'Untyped', body: '<h1>Untyped</h1><p>A page without a Content-Type.</p>' }))
  },
  /** 103 Early Hints before the answer. */
  'early-hints': (x) => {
    x.res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' })
    send(x, page({ title: 'Hinted', body: '<h1>Hinted</h1><p>The hints came first.</p>' }))
  },
}
