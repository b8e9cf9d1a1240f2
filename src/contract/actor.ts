/** `scrape` does work, `read` only looks at what is stored, `admin` manages keys and credits, `evaluate` runs scripts in pages. */
export const scopes = ['scrape', 'read', 'admin', 'evaluate'] as const
export type Scope = (typeof scopes)[number]

/** `test` keys reach nothing but the lab and cost nothing. */
export type KeyMode = 'live' | 'test'

/** Limits of a key; null is no limit. */
export interface KeyLimits {
  rpm: number | null
  concurrency: number | null
  creditLimit: number | null
  dailyCreditCap: number | null
}

/** Who asks: a key of a workspace, proven by its secret. */
export interface Actor {
  workspaceId: string
  keyId: string
  keyName: string
  mode: KeyMode
  scopes: readonly Scope[]
  limits: KeyLimits
  /** Hosts (`example.com`), wildcards (`*.example.com`) and URL prefixes (`https://example.com/private/`). */
  urlBlocklist: readonly string[]
  /** False keeps what the key fetches out of the search index. */
  index?: boolean
}

/** A key as shown to people; never its secret. Times are ISO 8601. */
export interface KeyRecord extends KeyLimits {
  id: string
  name: string
  prefix: string
  /** The end of the secret; empty where the secret is too short to show any of it. */
  lastFour: string
  mode: KeyMode
  scopes: Scope[]
  urlBlocklist: string[]
  index: boolean
  creditsUsed: number
  createdAt: string
  lastUsedAt: string | null
  expiresAt: string | null
  revokedAt: string | null
}

export interface NewKey extends Partial<KeyLimits> {
  name: string
  mode?: KeyMode
  scopes?: Scope[]
  urlBlocklist?: string[]
  index?: boolean
  /** ISO 8601. */
  expiresAt?: string | null
}
