import { getPublicSuffix } from 'tldts'
import { fail } from '../failure/failure.ts'

interface Cookie {
  name: string
  value: string
  /** Host or domain, without a leading dot. */
  domain: string
  hostOnly: boolean
  path: string
  secure: boolean
}

const cookiesMax = 50
const cookieCharsMax = 4096
const nameShape = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const valueShape = /^[\u0020-\u007e\u0080-\u00ff]*$/

/** Cookies for the length of one redirect chain. */
export class CookieJar {
  #cookies: Cookie[] = []

  /** The caller's cookies: for the host asked for, and never in the clear where it was asked over TLS. */
  constructor(given: Record<string, string>, url: URL) {
    for (const [name, value] of Object.entries(given)) {
      if (!nameShape.test(name) || !valueShape.test(value) || value.includes(';')) {
        throw fail('caller.invalid_request', { issues: [{ path: ['cookies', name], code: 'invalid_cookie', message: 'HTTP cannot carry this cookie.' }] })
      }
      this.#put({ name, value, domain: url.hostname, hostOnly: true, path: '/', secure: url.protocol === 'https:' })
    }
  }

  store(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const cookie = line.length > cookieCharsMax ? undefined : readSetCookie(line, url)
      if (!cookie) continue
      if (cookie.expired) this.#drop(cookie)
      else this.#put(cookie)
    }
  }

  header(url: URL): string | undefined {
    const fitting = this.#cookies.filter((cookie) => fits(cookie, url))
    return fitting.length === 0 ? undefined : fitting.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  #put(cookie: Cookie): void {
    this.#drop(cookie)
    this.#cookies.push(cookie)
    if (this.#cookies.length > cookiesMax) this.#cookies.shift()
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
  const cookie = { name, value, domain: url.hostname, hostOnly: true, path: defaultPath(url), secure: false, expired: false }
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
      case 'expires': if (Date.parse(given) <= Date.now()) cookie.expired = true; break
    }
  }
  if (maxAge !== undefined) cookie.expired = maxAge <= 0
  return cookie
}

const defaultPath = ({ pathname }: URL): string => pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')))
