/** Tiers of proxies that an operator may configure, cheapest first. */
export const proxyTiers = ['standard', 'premium'] as const
export type ProxyTier = (typeof proxyTiers)[number]

/** `auto` begins without one and climbs where a site refuses. */
export const proxyModes = ['none', ...proxyTiers, 'auto'] as const
export type ProxyMode = (typeof proxyModes)[number]

/** Through what a page is fetched. */
export interface ProxyWish {
  mode: ProxyMode
  /** Two letters, lower case: only proxies that the operator tagged so. */
  country?: string
  /** Requests that name the same session leave through the same proxy, as long as it works. */
  session?: string
  /** Where the tier is not configured, the page is fetched without. */
  optional?: boolean
}
