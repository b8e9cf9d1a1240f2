import type { BrowserContext, BrowserContextOptions } from 'playwright-core'
import type { ProfileCookie, ProfileState } from '../contract/profiles.ts'

type StorageState = Exclude<NonNullable<BrowserContextOptions['storageState']>, string>

/** A cookie as DevTools and Playwright write it: a domain with a leading dot holds for what is below it. */
export interface BrowserCookie {
  name: string
  value: string
  domain: string
  path: string
  secure: boolean
  httpOnly: boolean
  sameSite?: 'Strict' | 'Lax' | 'None'
  /** Seconds since 1970; -1 or absent ends with the browser. */
  expires?: number
}

export const toBrowserCookie = ({ hostOnly, domain, httpOnly = false, ...cookie }: ProfileCookie): BrowserCookie => ({ ...cookie, domain: hostOnly ? domain : `.${domain}`, httpOnly })

export const fromBrowserCookie = ({ name, value, domain, path, secure, httpOnly, sameSite, expires }: BrowserCookie): ProfileCookie => ({
  name, value, domain: domain.replace(/^\./, ''), hostOnly: !domain.startsWith('.'), path, secure, httpOnly,
  ...(sameSite === undefined ? {} : { sameSite }),
  ...(expires === undefined || expires < 0 ? {} : { expires }),
})

export const toStorageState = ({ cookies, origins }: ProfileState): StorageState => ({
  cookies: cookies.map((cookie) => ({ sameSite: 'Lax', expires: -1, ...toBrowserCookie(cookie) })),
  origins: origins.map(({ origin, local }) => ({ origin, localStorage: local.map(([name, value]) => ({ name, value })) })),
})

export const stateOf = async (context: BrowserContext): Promise<ProfileState> => {
  const { cookies, origins } = await context.storageState()
  return {
    cookies: cookies.map(fromBrowserCookie),
    origins: origins.map(({ origin, localStorage }) => ({ origin, local: localStorage.map(({ name, value }) => [name, value]) })),
  }
}
