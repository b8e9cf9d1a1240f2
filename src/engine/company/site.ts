import { getDomain, getDomainWithoutSuffix } from 'tldts'

/** Whether an address (a URL or an e-mail) belongs to the registrable domain of a page. */
export const sameSite = (address: string, url: string): boolean => {
  const own = getDomain(url)
  const other = getDomain(address.includes('@') && !address.includes('/') ? address.slice(address.lastIndexOf('@') + 1) : address)
  return own !== null && own === other
}

/** `acme` of `https://shop.acme.co.uk/`. */
export const siteLabel = (url: string): string => getDomainWithoutSuffix(url) ?? URL.parse(url)?.hostname.split('.').at(-2) ?? ''

/** Letters and digits only, for comparing names. */
export const squeeze = (text: string): string => text.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
