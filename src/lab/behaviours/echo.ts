import { createHash } from 'node:crypto'
import { number, send, sendJson, type Exchange, type Handler } from '../exchange.ts'
import { page } from '../html.ts'

const bodyMax = 65_536

export const echo: Record<string, Handler> = {
  headers: (x) => sendJson(x, { headers: x.req.headers }),
  cookies: (x) => sendJson(x, { cookies: cookiesOf(x) }),
  echo: async (x) => sendJson(x, { method: x.method, url: x.origin + (x.req.url ?? '/'), headers: x.req.headers, body: await bodyOf(x) }),
  /** /set-cookie?name=value&other=value&attributes=Path=/;HttpOnly */
  'set-cookie': (x) => {
    const attributes = clean(x.query.get('attributes') ?? 'Path=/')
    const set = [...x.query].filter(([name]) => name !== 'attributes' && name !== 'to').map(([name, value]) => `${clean(name)}=${clean(value)}; ${attributes}`)
    const to = x.query.get('to')
    return send(x, page({ title: 'Cookies set', body: `<h1>Cookies set</h1>\n<p>${set.length} cookies were set.</p>\n<p><a href="/cookies">See them</a></p>` }), {
      status: to === null ? 200 : 302,
      headers: { 'set-cookie': set, ...(to === null ? {} : { location: encodeURI(to) }) },
    })
  },
  /** /header-flood?count=500&bytes=100 */
  'header-flood': (x) => {
    const value = 'x'.repeat(number(x, 'bytes', 100, 1_000_000))
    const headers = Object.fromEntries(Array.from({ length: number(x, 'count', 500, 20_000) }, (_, i) => [`x-flood-${i}`, value]))
    send(x, '<!doctype html><title>Flood</title><h1>Flood</h1>', { headers })
  },
  /** Revalidates by ETag and by date; the content, and so the tag, follows ?version=. */
  etag: (x) => {
    const body = page({ title: 'Tagged', body: `<h1>Tagged</h1>\n<p>Edition ${number(x, 'version', 1, 1e9)} of a page that can be revalidated.</p>` })
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
    const modified = 'Wed, 01 Oct 2025 08:00:00 GMT'
    const headers = { etag: tag, 'last-modified': modified, 'cache-control': 'max-age=0, must-revalidate' }
    const match = x.req.headers['if-none-match']
    const fresh = match === undefined ? x.req.headers['if-modified-since'] === modified : match.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
    return fresh ? send(x, '', { status: 304, headers }) : send(x, body, { headers })
  },
  /** /type?ct=video/mp4 */
  type: (x) => {
    const type = x.query.get('ct') ?? 'application/octet-stream'
    if (!/^[\x20-\x7e]{1,200}$/.test(type)) return false
    return send(x, x.query.get('body') ?? page({ title: 'Typed', body: '<h1>Typed</h1>\n<p>The header says what this is.</p>' }), { type })
  },
}

const clean = (value: string): string => value.replaceAll(/[^\x20-\x7e]/g, '')

export const cookiesOf = (x: Exchange): Record<string, string> =>
  Object.fromEntries(
    (x.req.headers.cookie ?? '').split(';').flatMap((pair) => {
      const at = pair.indexOf('=')
      return at < 1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]]
    }),
  )

/** The body as text, cut at a limit. */
export const bodyOf = async (x: Exchange): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of x.req as AsyncIterable<Buffer>) {
    if (size < bodyMax) chunks.push(chunk)
    size += chunk.length
  }
  return Buffer.concat(chunks).subarray(0, bodyMax).toString()
}
