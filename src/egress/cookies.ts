import { getPublicSuffix } from 'tldts'
import { fail } from '../failure/failure.ts'
import type { StoredCookie } from './types.ts'

interface Cookie extends StoredCookie {
  /** The caller's own for this request. */
  given?: boolean
}

const cookiesMax = 50
const cookieCharsMax = 4096
/** As browsers have it: 400 days. */
const maxAgeMax = 34_560_000
const sameSites = new Map([['strict', 'Strict'], ['lax', 'Lax'], ['none', 'None']] as const) as ReadonlyMap<string, 'Strict' | 'Lax' | 'None'>
const nameShape = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const valueShape = /^[\u0020-\u007e\u0080-\u00ff]*$/

/** Cookies for the length of one redirect chain. */
export class CookieJar {
  #cookies: Cookie[] = []
  readonly #max: number

  /** The caller's cookies: for the host asked for, and never in the clear where it was asked over TLS. */
  constructor(given: Record<string, string>, url: URL, stored: readonly StoredCookie[] = []) {
    this.#max = cookiesMax + stored.length
    for (const cookie of stored) this.#put({ ...cookie })
    for (const [name, value] of Object.entries(given)) {
      if (!nameShape.test(name) || !valueShape.test(value) || value.includes(';')) {
        throw fail('caller.invalid_request', { issues: [{ path: ['cookies', name], code: 'invalid_cookie', message: 'HTTP cannot carry this cookie.' }] })
      }
      this.#put({ name, value, domain: url.hostname, hostOnly: true, path: '/', secure: url.protocol === 'https:', given: true })
    }
  }

  store(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const read = line.length > cookieCharsMax ? undefined : readSetCookie(line, url)
      if (!read) continue
      const { expired, ...cookie } = read
      if (expired) this.#drop(cookie)
      else this.#put(cookie)
    }
  }

  header(url: URL): string | undefined {
    const fitting = this.#cookies.filter((cookie) => fits(cookie, url))
    return fitting.length === 0 ? undefined : fitting.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  /** What a client that comes again would bring: neither the caller's own nor what is over. */
  stored(): StoredCookie[] {
    return this.#cookies.flatMap(({ given, ...cookie }) => (given ? [] : [cookie]))
  }

  #put(cookie: Cookie): void {
    this.#drop(cookie)
    this.#cookies.push(cookie)
    if (this.#cookies.length > this.#max) this.#cookies.shift()
  }

  #drop({ name, domain, path }: Cookie): void {
    this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name || cookie.domain !== domain || cookie.path !== path)
  }
}

const fits = (cookie: Cookie, url: URL): boolean => {
  if (cookie.secure && url.protocol !== 'https:') return false
  if (url.hostname !== cookie.domain && (cookie.hostOnly || !url.hostname.endsWith(`.${cookie.domain}`))) return false
  return cookie.path === '/' || url.pathname === cookie.path || url.pathname.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`)
}

const readSetCookie = (line: string, url: URL): (Cookie & { expired: boolean }) | undefined => {
  const [pair = '', ...attributes] = line.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, equals).trim()
  const value = pair.slice(equals + 1).trim()
  if (equals < 1 || !nameShape.test(name) || !valueShape.test(value)) return undefined
  const cookie: Cookie & { expired: boolean } = { name, value, domain: url.hostname, hostOnly: true, path: defaultPath(url), secure: false, expired: false }
  let maxAge: number | undefined
  for (const attribute of attributes) {
    const [key = '', ...rest] = attribute.split('=')
    const given = rest.join('=').trim()
    switch (key.trim().toLowerCase()) {
      case 'domain': {
        const domain = given.replace(/^\./, '').toLowerCase()
        const isSuffix = getPublicSuffix(domain, { allowPrivateDomains: true }) === domain
        if (domain === '' || (isSuffix && domain === url.hostname)) break
        if (isSuffix || !`.${url.hostname}`.endsWith(`.${domain}`)) return undefined
        cookie.domain = domain
        cookie.hostOnly = false
        break
      }
      case 'path': if (given.startsWith('/')) cookie.path = given; break
      case 'secure': cookie.secure = true; break
      case 'max-age': if (/^-?\d+$/.test(given)) maxAge = Number(given); break
      case 'httponly': cookie.httpOnly = true; break
      case 'samesite': { const found = sameSites.get(given.toLowerCase()); if (found) cookie.sameSite = found; break }
      case 'expires': {
        const at = Date.parse(given)
        if (at <= Date.now()) cookie.expired = true
        else if (at > 0) cookie.expires = Math.floor(at / 1000)
        break
      }
    }
  }
  if (maxAge !== undefined) {
    cookie.expired = maxAge <= 0
    cookie.expires = Math.floor(Date.now() / 1000) + Math.min(maxAge, maxAgeMax)
  }
  return cookie
}

const defaultPath = ({ pathname }: URL): string => pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')))
