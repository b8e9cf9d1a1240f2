import ipaddr from 'ipaddr.js'

/** What counts as one client: an IPv4 address in any spelling, or an IPv6 /64, which one subscriber owns whole. */
export const clientOf = (address: string): string => {
  if (!ipaddr.isValid(address)) return address.slice(0, 64)
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${parsed.toNormalizedString().split(':').slice(0, 4).join(':')}::/64`
}
