import { siteOf } from './site.ts'

interface Held {
  cookies: { domain: string }[]
  origins: { origin: string }[]
}

const isOf = (site: string, host: string): boolean => siteOf(host) === site

/** The part of a profile that belongs to the site of a URL. The rest never leaves for it. */
export const ofSite = <S extends Held>(state: S, url: string): S => {
  const host = URL.parse(url)?.hostname
  const site = host === undefined ? '' : siteOf(host)
  return { ...state, cookies: state.cookies.filter(({ domain }) => isOf(site, domain)), origins: state.origins.filter(({ origin }) => isOf(site, URL.parse(origin)?.hostname ?? '')) }
}

/** The profile with what became of that part in its place. */
export const withSite = <S extends Held>(state: S, url: string, changed: S): S => {
  const old = ofSite(state, url)
  const mine = ofSite(changed, url)
  return {
    ...state,
    cookies: [...state.cookies.filter((cookie) => !old.cookies.includes(cookie)), ...mine.cookies],
    origins: [...state.origins.filter((origin) => !old.origins.includes(origin)), ...mine.origins],
  }
}
