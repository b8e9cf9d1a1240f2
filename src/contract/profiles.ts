/** A cookie as it is kept. `domain` has no leading dot; `hostOnly`: for that host alone. */
export interface ProfileCookie {
  name: string
  value: string
  domain: string
  hostOnly: boolean
  path: string
  secure: boolean
  httpOnly?: boolean
  sameSite?: 'Strict' | 'Lax' | 'None'
  /** Seconds since 1970; absent for as long as the profile lives. */
  expires?: number
}

export interface ProfileState {
  cookies: ProfileCookie[]
  /** Local storage, by origin. */
  origins: { origin: string; local: [name: string, value: string][] }[]
}

export const profileLimits = { cookies: 500, origins: 50, bytes: 1_048_576 } as const

/** Which profile is used, and whether what came of it is kept. With `save` one that is not there is begun. */
export interface ProfileUse {
  name: string
  save: boolean
}

/** A profile as shown to people: never its values. Times are ISO 8601. */
export interface ProfileRecord {
  name: string
  mode: 'live' | 'test'
  cookies: number
  /** Hosts and origins that it holds something of. */
  sites: string[]
  createdAt: string
  updatedAt: string
  lastUsedAt: string | null
}
