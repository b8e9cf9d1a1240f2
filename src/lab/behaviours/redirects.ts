import { number, redirect, send, type Exchange, type Handler } from '../exchange.ts'
import { page } from '../html.ts'

export const redirects: Record<string, Handler> = {
  /** /redirect/3 → /redirect/2 → /redirect/1 → /redirect/0, which answers. ?status=301, ?relative=0 */
  redirect: (x) => {
    const left = Number(x.path.split('/')[2])
    if (!Number.isInteger(left) || left < 0 || left > 1000) return false
    if (left === 0) return send(x, page({ title: 'Arrived', body: '<h1>Arrived</h1>\n<p>This page stands at the end of a chain of redirects.</p>' }))
    const next = `/redirect/${left - 1}${x.query.size > 0 ? `?${x.query.toString()}` : ''}`
    return redirect(x, x.query.get('relative') === '0' ? x.origin + next : next, statusOf(x))
  },
  'redirect-loop': (x) => redirect(x, x.path === '/redirect-loop' ? '/redirect-loop/there' : '/redirect-loop', statusOf(x)),
  /** A new URL each time, so that remembering visited ones does not help. */
  'redirect-endless': (x) => redirect(x, `/redirect-endless?n=${number(x, 'n', 0, 1e9) + 1}`, statusOf(x)),
  /** /redirect-to?url=https://…&status=307 */
  'redirect-to': (x) => {
    const url = x.query.get('url') ?? '/'
    return redirect(x, /^[\t\x20-\x7e]*$/.test(url) ? url : encodeURI(url), statusOf(x))
  },
  'redirect-without-location': (x) => send(x, '', { status: statusOf(x) }),
  /** /meta-refresh?url=/redirect/0&s=0 */
  'meta-refresh': (x) => {
    const url = encodeURI(x.query.get('url') ?? '/redirect/0')
    return send(x, page({ title: 'Moving', head: `<meta http-equiv="refresh" content="${number(x, 's', 0, 3600)}; url=${url}">\n`, body: `<p>Moving to <a href="${url}">the new place</a>.</p>` }))
  },
}

const statusOf = (x: Exchange): number => number(x, 'status', 302, 399, 300)
