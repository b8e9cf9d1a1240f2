import { fail } from '../failure/failure.ts'

// Owned by the connection: letting a caller write one of these lets him write a second request into it.
const ours = new Set([
  'host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect',
  'keep-alive', 'http2-settings', 'cookie2',
])
/** All that may follow a redirect to another origin: an unknown header may be a secret. */
const carriedOn = new Set([
  'user-agent', 'accept', 'accept-encoding', 'accept-language', 'cache-control', 'pragma', 'dnt', 'sec-gpc',
  'upgrade-insecure-requests', 'priority', 'content-type', 'content-language', 'content-encoding',
])
const ofBody = /^content-/

export type HeaderMap = Map<string, string>

/** The caller's headers in lower case, without those that are not his to send. Throws on what HTTP cannot carry. */
export const readHeaders = (headers: Record<string, string>): HeaderMap => {
  const read: HeaderMap = new Map()
  for (const [written, value] of Object.entries(headers)) {
    const name = written.toLowerCase()
    if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) throw invalid(written, 'is not a header name')
    if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(value)) throw invalid(written, 'has a value that HTTP cannot carry')
    if (!ours.has(name) && !name.startsWith('proxy-')) read.set(name, value)
  }
  return read
}

const invalid = (name: string, message: string) =>
  fail('caller.invalid_request', { issues: [{ path: ['headers', name], code: 'invalid_header', message: `The header ${message}.` }] })

export const withoutSecrets = (headers: HeaderMap): HeaderMap =>
  new Map([...headers].filter(([name]) => carriedOn.has(name) || name.startsWith('sec-ch-') || name.startsWith('sec-fetch-')))

export const withoutBody = (headers: HeaderMap): HeaderMap => new Map([...headers].filter(([name]) => !ofBody.test(name)))

/** The same origin, or its TLS form: a site that moves its visitors to https is still the one that was meant. */
export const isSameSite = (from: URL, to: URL): boolean =>
  from.origin === to.origin ||
  (from.hostname === to.hostname && from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === '')

/** undici's parsed headers as `Headers`; what `Headers` refuses (a control character in a value) is left out. */
export const toHeaders = (raw: Record<string, string | string[] | undefined>): Headers => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined || name.startsWith(':')) continue
    for (const one of Array.isArray(value) ? value : [value]) {
      try {
        headers.append(name, one)
      } catch {
        // Not a header that anyone could have asked for by name.
      }
    }
  }
  return headers
}
