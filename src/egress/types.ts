import type { Socket } from 'node:net'
import type { Attempt } from '../failure/evidence.ts'
import type { Failure } from '../failure/failure.ts'
import type { Deadline } from '../lib/deadline.ts'

export interface Address {
  address: string
  family: 4 | 6
}

/** All addresses of a name. Rejects, or resolves to none, where the name has no address. */
export type Resolver = (host: string, signal: AbortSignal) => Promise<Address[]>

/** The TXT records of a name, each as one text; none where there are none or nobody answers. Rejects only when aborted. */
export type TxtResolver = (name: string, signal: AbortSignal) => Promise<string[]>

/** A name that the operator serves himself: dialled as given, never judged. `address: null`: the name does not resolve. */
export interface Site {
  address: string | null
  port?: number
  /** PEM of the only authority trusted for this name. */
  ca?: string
}

/** Opens the raw TCP connection to an address already judged. */
export type Dial = (target: { address: string; port: number; host: string }, signal: AbortSignal) => Promise<Socket> | Socket

export interface EgressOptions {
  userAgent: string
  /** Rules of LYREBIRD_EGRESS_ALLOW. A bad one throws an `Error` that names it. */
  allow?: readonly string[]
  /** Ports of targets: '80', '1024-65535', '*'. */
  ports?: readonly string[]
  bodyLimitBytes: number
  /** Most bytes of all bodies that are arriving at one time. */
  bufferedBytesMax?: number
  maxRedirects: number
  resolver?: Resolver
  txt?: TxtResolver
  sites?: (host: string) => Site | undefined
  /** When set, a host that `sites` does not know fails with what this returns. */
  only?: (host: string) => Failure | undefined
  dial?: Dial
}

/** `operator`: the address comes from a setting, so private ones are allowed. */
export type Trust = 'target' | 'operator'

/** A cookie that outlives a request. `domain` has no leading dot. */
export interface StoredCookie {
  name: string
  value: string
  domain: string
  hostOnly: boolean
  path: string
  secure: boolean
  httpOnly?: boolean
  sameSite?: 'Strict' | 'Lax' | 'None'
  /** Seconds since 1970. */
  expires?: number
}

export interface EgressRequest {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Sent to the host asked for only; cookies set on the way live as long as this request. */
  cookies?: Record<string, string>
  /** Cookies of a client that was here before, sent where they fit. */
  stored?: readonly StoredCookie[]
  signal: AbortSignal
  deadline?: Deadline
  /** Most bytes of the decoded body. */
  maxBytes?: number
  maxRedirects?: number
  trust?: Trust
  /** Called with the head of the final answer before its body is read; throw a Failure to stop. */
  accept?: (head: { url: string; status: number; headers: Headers }) => void
  /** Called with each part of the final answer's body, decoded, as it arrives. */
  onData?: (part: Uint8Array) => void
}

export type Protocol = 'http/1.1' | 'h2'

/** Milliseconds of the last hop. `dns`, `connect` and `tls` are absent where a pooled connection served. */
export interface Timings {
  dns?: number
  connect?: number
  tls?: number
  first_byte?: number
  body?: number
}

export interface EgressResponse {
  /** Where the answer came from, without a fragment. */
  url: string
  status: number
  headers: Headers
  /** Decoded. */
  body: Uint8Array
  /** One per hop, in order. */
  attempts: Attempt[]
  /** The URLs that redirected, in order. */
  redirects: string[]
  protocol: Protocol
  address: string
  timings: Timings
  /** `stored` as the answers left it. */
  stored: StoredCookie[]
}

export interface RobotsVerdict {
  allowed: boolean
  /** The line that decided, or ''. */
  rule: string
  crawlDelayS?: number
  sitemaps: string[]
}

export interface Egress {
  request(input: EgressRequest): Promise<EgressResponse>
  /** Judges a URL and its addresses without connecting; throws policy.url_blocked or target.dns_failed. */
  judge(url: string, signal: AbortSignal): Promise<void>
  /** A guarded raw TCP connection. */
  connect(host: string, port: number, signal: AbortSignal): Promise<Socket>
  robots(url: string, userAgent: string, signal: AbortSignal): Promise<RobotsVerdict>
  txt: TxtResolver
  /** Ends every connection; requests in flight fail with platform.shutting_down. */
  close(): Promise<void>
}
