import { siteOf } from '../../../lib/site.ts'
import { mastodonHosts, networks, reserved } from './networks.ts'

export interface Profile {
  network: string
  /** The network's own form of the address. */
  url: string
  handle?: string
  /** A person, a group, a review or a page about the owner rather than of the owner. */
  aside: boolean
}

const order = new Map(networks.map(({ name }, i) => [name, i]))
/** Of two profiles, the one whose network is listed first. */
export const byNetwork = (a: { network: string }, b: { network: string }): number => (order.get(a.network) ?? 99) - (order.get(b.network) ?? 99)

const asides = new Set(['trustpilot', 'yelp', 'tripadvisor', 'glassdoor', 'kununu', 'crunchbase', 'wellfound', 'goodreads', 'stackoverflow', 'whatsapp'])
const asideKinds = new Set(['in', 'pub', 'groups', 'r', 'u', 'user', 'person', 'profile'])

/** Somebody's page on a network; undefined for anything else there: shares, posts, searches. `isMe`: the link says that it is the same person's. */
export const profileOf = (address: string, isMe = false): Profile | undefined => {
  if (address.length > 1000) return undefined
  const url = URL.parse(address.trim())
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  const host = url.hostname.toLowerCase().replace(/^www\./, '')
  const path = safeDecode(url.pathname).replace(/^\/+|\/+$/g, '').replace(/\/{2,}/g, '/').replace(/^(?:#!\/|intl\/[\w-]+\/)/, '')
  if (mastodonHosts.test(host) || isMe) {
    const handle = /^@(\w{1,60})$/.exec(path)?.[1]
    if (handle && !networks.some(({ hosts }) => hosts.includes(siteOf(host)))) return { network: 'mastodon', url: `https://${host}/@${handle}`, handle: `${handle}@${host}`, aside: false }
  }
  if (host === 'web.whatsapp.com' || host === 'api.whatsapp.com') {
    const number = url.searchParams.get('phone')?.replace(/\D/g, '')
    return number ? { network: 'whatsapp', url: `https://wa.me/${number}`, aside: true } : undefined
  }
  const network = networks.find(({ hosts }) => hosts.some((name) => host === name || host.endsWith(`.${name}`)))
  if (!network || network.not?.test(host)) return undefined
  const label = network.byHost ? host.slice(0, -(network.hosts[0]?.length ?? 0) - 1) : ''
  if (network.byHost && path === '' && label !== '' && !/^(?:www|blog|open|about|help|support)$/.test(label)) return { network: network.name, url: `https://${host}`, handle: label, aside: false }
  const match = network.path.exec(path)
  if (!match || path === '') return undefined
  const groups = match.groups ?? {}
  const handle = (groups.handle ?? groups.name)?.replace(/^@/, '')
  if (reserved.test(handle ?? groups.code ?? '')) return undefined
  const special = specials[network.name]?.(groups, url, path)
  if (special === null) return undefined
  return {
    network: network.name,
    url: special ?? (network.canonical === '' ? `https://${host}/${path}` : fill(network.canonical, groups)),
    ...(handle !== undefined && !/^\d+$/.test(handle) && !groups.code ? { handle: handle.split('/')[0] ?? handle } : {}),
    aside: asides.has(network.name) || (groups.kind !== undefined && asideKinds.has(groups.kind) && network.name !== 'youtube' && network.name !== 'spotify') || (network.name === 'github' && groups.repository !== undefined),
  }
}

/** Forms that a template cannot say; null where the address is no profile after all. */
const specials: Readonly<Record<string, (groups: Readonly<Record<string, string | undefined>>, url: URL, path: string) => string | null | undefined>> = {
  facebook: ({ kind, handle, tail, name }) => `https://www.facebook.com/${kind ? `${kind}/${handle}` : (tail ?? name)}`,
  youtube: ({ kind, handle = '' }) => (!kind && !handle.startsWith('@') && reserved.test(handle) ? null : `https://www.youtube.com/${kind ? `${kind}/` : ''}${handle}`),
  discord: (_groups, url, path) => (/(?:^|\.)discord(?:app)?\.com$/.test(url.hostname) && !path.startsWith('invite/') ? null : undefined),
  github: ({ handle, repository }) => (repository === undefined ? undefined : `https://github.com/${handle}/${repository}`),
  tumblr: ({ handle }) => (handle === undefined ? null : undefined),
  substack: ({ handle }) => (handle === undefined ? null : undefined),
}

const fill = (form: string, groups: Readonly<Record<string, string | undefined>>): string => form.replace(/\$<(\w+)>/g, (_, name: string) => (groups[name] ?? '').replace(/^@(?=.)/, form.includes('medium.com') ? '@' : ''))

const safeDecode = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** `@name` or an address, as `twitter:site` has it. */
export const ofTwitterCard = (value: string): Profile | undefined => {
  const name = /^@?(\w{1,30})$/.exec(value.trim())?.[1]
  return name ? profileOf(`https://x.com/${name}`) : profileOf(value.trim().replace(/^@(?=https?:)/, ''))
}
