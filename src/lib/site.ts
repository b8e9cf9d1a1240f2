import { getDomain } from 'tldts'

/** The registrable domain of a host (`example.co.uk` of `www.example.co.uk`); the host itself where it has none. */
export const siteOf = (host: string): string => getDomain(host, { allowPrivateDomains: true }) ?? host.toLowerCase()
