import { createHash } from 'node:crypto'

// Parameters that say where a visitor came from and never what the page is.
const tracking = /^(?:utm_\w+|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi|mkt_tok|vero_id|oly_anon_id|oly_enc_id|phpsessid|jsessionid|sessionid)$/i

export interface CanonicalUrl {
  /** What is fetched and shown: without fragment, credentials and tracking parameters. */
  url: string
  /** Lower case, with a port that is not the default one. */
  host: string
  /** Equal for URLs that are taken to be the same page. */
  key: string
}

/** Undefined where the text is no http(s) URL. `query: 'drop'` takes URLs that differ in their query for the same. */
export const canonicalUrl = (input: string | URL, query: 'sort' | 'drop' = 'sort'): CanonicalUrl | undefined => {
  const url = typeof input === 'string' ? URL.parse(input) : new URL(input)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined
  url.hash = ''
  url.username = ''
  url.password = ''
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.replace(/\.+$/, '')
  const session = /;jsessionid=[^/?]*$/i
  if (session.test(url.pathname)) url.pathname = url.pathname.replace(session, '')
  if (query === 'drop') url.search = ''
  // Parts are compared as they were sent: parsing and printing a query would change its spelling.
  const parts = url.search.slice(1).split('&').filter((part) => part !== '' && !tracking.test(nameOf(part)))
  url.search = parts.join('&')
  const path = normalPath(url.pathname)
  const identity = `${url.protocol}//${url.host}${path}${parts.length > 0 ? `?${parts.toSorted().join('&')}` : ''}`
  return { url: url.href, host: url.host, key: createHash('sha256').update(identity).digest().subarray(0, 16).toString('base64') }
}

const nameOf = (part: string): string => part.split('=', 1)[0] ?? ''

/** Without a slash at the end; escapes of plain letters undone, all others in upper case. */
const normalPath = (path: string): string =>
  path
    .replace(/%[0-9a-f]{2}/gi, (escape) => {
      const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
      return /[\w.~-]/.test(char) ? char : escape.toUpperCase()
    })
    .replace(/\/+$/, '')
