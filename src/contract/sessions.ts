import type { BrowserOptions } from './intent.ts'
import type { ProxyWish } from './proxy.ts'
import type { ProfileState, ProfileUse } from './profiles.ts'

/** `stopped`: ended before its time, by whomever; `expired`: its time was over. */
export const sessionStates = ['active', 'stopped', 'expired'] as const
export type SessionState = (typeof sessionStates)[number]

/** Why a session ended. */
export const sessionEnds = {
  deleted: 'its owner ended it',
  expired: 'its time was over',
  idle: 'no client spoke to it for too long',
  credits: 'the next minute could not be paid',
  revoked: 'its key was revoked or expired',
  crashed: 'its browser died',
  memory: 'its browser used more memory than it may',
  shutdown: 'its server process stopped',
  lost: 'its server process died',
} as const
export type SessionEnd = keyof typeof sessionEnds

/** A browser of one's own, to be driven over the DevTools protocol. */
export interface SessionIntent {
  /** It ends after this, whatever happens. */
  ttlMs: number
  /** It ends when no client has spoken for so long. */
  idleMs: number
  browser: Pick<BrowserOptions, 'viewport' | 'locale' | 'timezone'>
  /** What its first context begins with; saved at its end where asked. */
  profile?: ProfileUse
  /** One and the same for all of its life. Of `auto` nothing is known before the first page: it goes without. */
  proxy?: ProxyWish
}

export const sessionDefaults = { ttlMs: 3_600_000, idleMs: 600_000, browser: {} } as const satisfies SessionIntent
export const sessionLimits = { ttlMs: { min: 60_000, max: 21_600_000 }, idleMs: { min: 10_000, max: 21_600_000 } } as const

/** A session as it stands. Times are ISO 8601. */
export interface SessionRecord {
  id: string
  state: SessionState
  /** Null while it is active. */
  reason: SessionEnd | null
  /** Goes into the address of the relay and is the only credential there. */
  token: string
  /** WebSocket address of the very process that has the browser, where the operator set one; otherwise that of the server. */
  address: string | null
  keyId: string
  mode: 'live' | 'test'
  dialect: string
  idleMs: number
  createdAt: string
  expiresAt: string
  lastUsedAt: string
  endedAt: string | null
  /** From its beginning to its end, or to now. */
  durationMs: number
  /** Billed so far: by started minutes. */
  credits: number
}

/** Below the address of the server or of a dialect. */
export const relayPath = ({ id, token }: Pick<SessionRecord, 'id' | 'token'>): string => `/v1/sessions/${id}/cdp?token=${token}`

/** Where a DevTools client connects. `base`: public address of the server or of a dialect, without a trailing slash. */
export const relayUrl = (session: Pick<SessionRecord, 'id' | 'token' | 'address'>, base: string): string =>
  (session.address ?? base.replace(/^http/, 'ws')) + relayPath(session)

/** One DevTools client, as the transport hands it over. */
export interface CdpClient {
  send(message: string): void
  /** Bytes that were given to `send` and have not left yet. */
  readonly buffered: number
  close(reason: string): void
}

/** What the transport calls for that client. */
export interface CdpUplink {
  receive(message: string): void
  closed(): void
}

/** The way from a WebSocket to the browser of a session. */
export interface SessionRelay {
  /** Throws caller.not_found for an unknown id and a wrong token alike, caller.conflict for a session that is over or elsewhere. */
  admit(id: string, token: string): Promise<(client: CdpClient) => Promise<CdpUplink>>
}

export interface SessionBrowserOrder extends Pick<SessionIntent, 'browser'> {
  mode: 'live' | 'test'
  /** True for addresses that the owner's key may not see. */
  isBlocked(url: string): boolean
  state?: ProfileState
  proxy?: ProxyWish
  /** By which it keeps its proxy. */
  sticky: string
}

/** The browser of one session. */
export interface SessionBrowser {
  attach(client: CdpClient): Promise<CdpUplink>
  /** Cookies and storage of its first context. */
  state(): Promise<ProfileState>
  /** When a client last spoke, by the machine's clock in ms. */
  readonly lastUsedAt: number
  /** Resolves when the browser is gone, with why where it was not `close`. */
  readonly gone: Promise<'crashed' | 'memory' | 'closed'>
  /** Ends the browser and all that it left on disk. Safe to call twice. */
  close(): Promise<void>
}

export interface SessionBrowsers {
  /** Most that this process may have at a time; 0 where it may have none. */
  readonly max: number
  /** Throws platform.browser_unavailable. */
  open(order: SessionBrowserOrder, signal: AbortSignal): Promise<SessionBrowser>
}
