import { STATUS_CODES } from 'node:http'
import { number, send, type Exchange, type Handler } from '../exchange.ts'
import { escapeHtml, page } from '../html.ts'

/** An error page as servers send them; also for `target-http-error-<n>`. */
export const sendStatus = (x: Exchange, code: number, retryAfter = x.query.get('retry_after')): void => {
  const name = STATUS_CODES[code] ?? 'Unknown'
  const headers = {
    ...(retryAfter !== null && /^[\w ,:+-]{1,64}$/.test(retryAfter) ? { 'retry-after': retryAfter } : {}),
    ...(code === 401 ? { 'www-authenticate': 'Basic realm="lab"' } : {}),
    ...(code === 405 ? { allow: 'PUT' } : {}),
  }
  const html = page({
    title: `${code} ${name}`,
    body: `<h1>${code} ${escapeHtml(name)}</h1>\n<p>The server answered with status ${code}.</p>\n<hr><address>Lyrebird Lab</address>`,
  })
  send(x, html, { status: code, headers })
}

export const status: Record<string, Handler> = {
  /** /status/503?retry_after=7 */
  status: (x) => {
    const code = Number(x.path.split('/')[2])
    return Number.isInteger(code) && code >= 200 && code <= 599 ? sendStatus(x, code) : false
  },
  'soft-404': (x) => send(x, softNotFound()),
  empty: (x) => (x.query.has('length') ? send(x, ' '.repeat(number(x, 'length', 1, 65_536)), {}) : send(x, '', {})),
  'robots.txt': (x) => send(x, 'User-agent: *\nDisallow: /private/\nAllow: /\n', { type: 'text/plain; charset=utf-8' }),
  'favicon.svg': (x) =>
    send(x, '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#2f6f73"/><path d="M9 22c8 0 13-5 13-13" stroke="#fff" stroke-width="3" fill="none"/></svg>', { type: 'image/svg+xml' }),
}

/** "Not found" in words under a status of success. */
export const softNotFound = (): string =>
  page({
    title: 'Page not found – Harbour Gazette',
    body: `<header><a href="/">Harbour Gazette</a> <nav><a href="/news">News</a> <a href="/sport">Sport</a> <a href="/weather">Weather</a></nav></header>
<main><h1>404 – Page not found</h1>
<p>Sorry, the page you are looking for does not exist or has been moved.</p>
<p><a href="/">Go back to the homepage</a> or use the search.</p>
<form action="/search"><input name="q" aria-label="Search"><button>Search</button></form></main>
<footer>© Harbour Gazette</footer>`,
  })
