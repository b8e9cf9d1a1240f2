import ipaddr from 'ipaddr.js'
import { isIP } from 'node:net'
import type { BlockReason } from '../failure/facts.ts'
import { fail } from '../failure/failure.ts'

export type Ip = ipaddr.IPv4 | ipaddr.IPv6

export interface Target {
  url: URL
  /** Lower case, without brackets and without a trailing dot. */
  host: string
  port: number
  secure: boolean
  /** Set where the host is an address. */
  literal: Ip | undefined
}

const urlCharsMax = 2048

export const blocked = (reason: BlockReason) => fail('policy.url_blocked', { reason })

/** Parses a URL the way it will be used, so that no second parser can read another host in it. */
export const readUrl = (raw: string, charsMax = urlCharsMax): Target => {
  const text = raw.trim()
  if (text.length > charsMax || /[\u0000-\u001f\u007f]/.test(text)) throw blocked('malformed')
  const url = URL.parse(text)
  if (!url) throw blocked('malformed')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw blocked('scheme')
  // URL reads `\` as `/` and drops spaces around userinfo; others do not, so neither is let through before the path.
  if (/^[^:]*:[\\/]*[^\\/?#]*[\\\s]/.test(text) || /^[^:]*:\/?\\/.test(text)) throw blocked('malformed')
  if (url.username !== '' || url.password !== '') throw blocked('credentials')
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return { url, secure, port, ...readHost(url.hostname) }
}

/** A host as URL wrote it: brackets around IPv6, dotted decimal IPv4, names in punycode. */
const readHost = (hostname: string): Pick<Target, 'host' | 'literal'> => {
  if (hostname.startsWith('[')) {
    const literal = ipaddr.IPv6.parse(hostname.slice(1, -1))
    return { host: literal.toString(), literal }
  }
  const host = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
  if (host.length > 253 || !/^[^.]{1,63}(\.[^.]{1,63})*$/.test(host)) throw blocked('malformed')
  return { host, literal: isIP(host) === 4 ? ipaddr.IPv4.parse(host) : undefined }
}

/** The same for a bare host and port, as a CONNECT request names them. */
export const readAuthority = (host: string, port: number): Target => {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw blocked('port')
  const bare = isIP(host) === 6 ? `[${host}]` : host
  if (/[/?#@\\%\s]/.test(bare) || (bare.includes(':') && !/^\[.*\]$/.test(bare))) throw blocked('malformed')
  const target = readUrl(`http://${bare}/`)
  return { ...target, port }
}

/** An address as a resolver wrote it, or undefined where it is not one that can be dialled as it stands. */
export const readAddress = (text: string): Ip | undefined => {
  if (isIP(text) === 0 || text.includes('%')) return undefined
  return ipaddr.parse(text)
}

const reservedTlds = new Set([
  'localhost', 'localdomain', 'local', 'internal', 'test', 'invalid', 'onion', 'alt', 'arpa',
  'lan', 'intranet', 'corp', 'home', 'private', 'svc', 'cluster', 'docker', 'workgroup',
])
const metadataNames = new Set([
  'metadata.google.internal', 'metadata.goog', 'metadata', 'instance-data', 'instance-data.ec2.internal',
  'metadata.azure.internal', 'metadata.azure.com', 'metadata.tencentyun.com', 'metadata.platformequinix.com',
])

export const judgeName = (host: string): BlockReason | undefined => {
  if (metadataNames.has(host)) return 'metadata'
  const dot = host.lastIndexOf('.')
  return dot < 0 || reservedTlds.has(host.slice(dot + 1)) ? 'reserved_tld' : undefined
}

// Azure's and Alibaba's lie in ranges that are public or merely shared, so a range test alone misses them.
const metadataAddresses = new Set([
  '169.254.169.254', '169.254.169.253', '169.254.170.2', '169.254.170.23', '100.100.100.200', '168.63.129.16', '192.0.0.192',
  'fd00:ec2::254', 'fd00:ec2::253', 'fd00:ec2::23', 'fd20:ce::254', 'fd00:42::42',
])
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

const rangeReasons: Record<string, BlockReason> = {
  unspecified: 'loopback',
  loopback: 'loopback',
  linkLocal: 'link_local',
  private: 'private',
  carrierGradeNat: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
}

/** Why an address is never dialled, or undefined where it is a public one. `resolved`: it came from a name, not from a URL. */
export const judgeAddress = (ip: Ip, resolved = false): BlockReason | undefined => {
  if (metadataAddresses.has(ip.toString())) return 'metadata'
  const range = ip.range()
  if (ip.kind() === 'ipv4') return range === 'unicast' ? undefined : (rangeReasons[range] ?? 'reserved_address')
  const v6 = ip as ipaddr.IPv6
  const listed = rangeReasons[range]
  if (listed) return listed
  const inner = embedded(v6)
  if (inner) {
    const reason = judgeAddress(inner)
    if (reason) return reason
    // DNS64 answers with these on networks without IPv4; nobody has reason to write one in a URL.
    return resolved && isWellKnownNat64(v6) ? undefined : 'reserved_address'
  }
  return range === 'unicast' && v6.match(globalUnicast) ? undefined : 'reserved_address'
}

const isWellKnownNat64 = ({ parts }: ipaddr.IPv6): boolean =>
  parts[0] === 0x64 && parts[1] === 0xff9b && parts.slice(2, 6).every((part) => part === 0)

/** The IPv4 address inside one of IPv6's ways to carry it. */
const embedded = (v6: ipaddr.IPv6): ipaddr.IPv4 | undefined => {
  const p = v6.parts
  const at = (index: number, flip = 0): ipaddr.IPv4 => {
    const [high, low] = [(p[index] ?? 0) ^ flip, (p[index + 1] ?? 0) ^ flip]
    return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff])
  }
  if (p[0] === 0x2002) return at(1)
  if (p[0] === 0x2001 && p[1] === 0) return at(6, 0xffff)
  if (p[0] === 0x64 && p[1] === 0xff9b) return at(6)
  if (p.slice(0, 4).every((part) => part === 0)) return at(6)
  // ISATAP: any prefix, then 0:5efe or 200:5efe.
  if (p[5] === 0x5efe && (p[4] === 0 || p[4] === 0x200)) return at(6)
  return undefined
}
