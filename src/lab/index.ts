import type { IncomingMessage, ServerResponse } from 'node:http'
import { failureCodes, type FailureCode } from '../failure/catalog.ts'
import { makeCertificates } from './certificates.ts'
import type { Exchange } from './exchange.ts'
import { rowOf } from './failures.ts'
import { openDoor } from './listen.ts'
import { codeOfHost, failHost, failureOfHost, labelOf, normalHost } from './names.ts'
import { pages } from './pages/index.ts'
import { answer } from './route.ts'
import { tlsFaultOf } from './tls-hosts.ts'

export { codeOfHost, failHost }

/** Where a name leads. No address: it does not resolve. `port` is for the scheme's default port, http and https alike. */
export interface LabSite {
  address: string | null
  port?: number
  ca?: string
}

export interface Seen {
  host: string
  method: string
  url: string
  headers: Record<string, string>
  at: number
}

export interface Lab {
  /** What *.lab.test and *.fail.test names dial; undefined for every other host. */
  site: (host: string) => LabSite | undefined
  /** TXT records of its names. */
  txt: (name: string) => Promise<string[]>
  readonly port: number
  /** PEM of the authority that signs the lab's certificates. */
  readonly ca: string
  /** PEM of the certificate that names with nothing wrong about them show. */
  readonly certificate: string
  readonly pages: readonly { name: string; title: string; description: string }[]
  /** `lab`: the site really does it. `raised`: nothing that a site can do; the verbs raise it. */
  readonly failures: readonly { code: FailureCode; host: string; produced: 'lab' | 'raised' }[]
  /** Requests seen, newest last; only the latest are kept. */
  readonly seen: Seen[]
  close: () => Promise<void>
}

const seenMax = 2000
const visitKeysMax = 10_000

export const startLab = async (options: { port?: number; host?: string } = {}): Promise<Lab> => {
  const host = options.host ?? '127.0.0.1'
  const certificates = await makeCertificates()
  const seen: Seen[] = []
  const visits = new Map<string, number>()
  const running = new Set<AbortController>()
  const visit = (key: string): number => {
    const count = (visits.get(key) ?? 0) + 1
    visits.delete(key)
    visits.set(key, count)
    const oldest = visits.size > visitKeysMax ? visits.keys().next().value : undefined
    if (oldest !== undefined) visits.delete(oldest)
    return count
  }

  const door = await openDoor(certificates, (req, res, tcp) => {
    const gone = new AbortController()
    running.add(gone)
    res.on('close', () => {
      running.delete(gone)
      gone.abort()
    })
    // A write to a client that has just gone: the abort deals with it.
    for (const side of [req, res]) side.on('error', () => gone.abort())
    const x = exchangeOf(req, res, { visit, signal: gone.signal, tcp })
    seen.push({ host: x.host, method: x.method, url: req.url ?? '/', headers: flatHeaders(req), at: Date.now() })
    if (seen.length > seenMax) seen.splice(0, seen.length - seenMax)
    void answer(x)
  }, { port: options.port ?? 0, host })

  const address = host === '0.0.0.0' ? '127.0.0.1' : host
  const here = { address, port: door.port, ca: certificates.ca }
  return {
    site: (name) => {
      const place = placeOf(name)
      if (place === 'elsewhere') return undefined
      if (place === 'nowhere') return { address: null }
      if (place === 'closed') return { address, port: door.closedPort }
      return place === 'old-tls' ? { ...here, port: door.oldTlsPort } : here
    },
    txt: (name) => Promise.resolve(name === 'default._bimi.brand.lab.test' ? ['v=BIMI1; l=https://brand.lab.test/bimi.svg; a=;'] : []),
    port: door.port,
    ca: certificates.ca,
    certificate: certificates.identity.cert,
    pages: pages.map(({ name, title, description }) => ({ name, title, description })),
    failures: failureCodes.map((code) => ({ code, host: failHost(code), produced: rowOf(code).produced })),
    seen,
    close: async () => {
      for (const one of running) one.abort()
      await door.close()
    },
  }
}

type Place = 'here' | 'elsewhere' | 'nowhere' | 'closed' | 'old-tls'

const placeOf = (host: string): Place => {
  const name = normalHost(host)
  const lab = labelOf(name, 'lab.test')
  const fail = labelOf(name, 'fail.test')
  if (lab === undefined && fail === undefined) return 'elsewhere'
  if (tlsFaultOf(name) === 'protocol') return 'old-tls'
  if (lab !== undefined) return /^([a-z0-9-]+(\.(tls|site|amazon))?)?$/.test(lab) ? 'here' : 'nowhere'
  const code = failureOfHost(name)?.code
  if (fail === '') return 'here'
  if (code === undefined || code === 'target.dns_failed') return 'nowhere'
  return code === 'target.connection_refused' ? 'closed' : 'here'
}

const exchangeOf = (req: IncomingMessage, res: ServerResponse, around: Pick<Exchange, 'visit' | 'signal' | 'tcp'>): Exchange => {
  const authority = (req.headers.host ?? String(req.headers[':authority'] ?? '')).replaceAll(/[^\w.:[\]-]/g, '')
  const secure = (req.socket as { encrypted?: boolean }).encrypted === true
  const origin = `${secure ? 'https' : 'http'}://${authority}`
  const target = req.url ?? '/'
  const mark = target.indexOf('?')
  return {
    req, res, secure, origin,
    host: normalHost(authority),
    method: req.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    ...around,
  }
}

const flatHeaders = (req: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]))
