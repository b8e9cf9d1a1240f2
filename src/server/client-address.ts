import ipaddr from 'ipaddr.js'

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Reads addresses and CIDRs; throws on one that is neither. */
export const parseRanges = (list: readonly string[]): Range[] =>
  list.map((item) => {
    if (item.includes('/')) return ipaddr.parseCIDR(item)
    const address = ipaddr.parse(item)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  })

/**
 * The address of the client: the nearest one that is no trusted proxy.
 * X-Forwarded-For is read from its end and only as far as trusted proxies wrote it.
 */
export const clientAddress = (peer: string, forwardedFor: string | null, trusted: readonly Range[]): string => {
  const chain = [...(forwardedFor?.split(',').map((item) => item.trim()) ?? []), peer]
  let address = plain(peer)
  while (chain.length > 0) {
    const next = plain(chain.pop() ?? '')
    if (next === undefined) break
    address = next
    if (!isTrusted(next, trusted)) break
  }
  return address ?? peer
}

export const isTrusted = (address: string, trusted: readonly Range[]): boolean => {
  if (trusted.length === 0 || !ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return trusted.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range as ipaddr.IPv4, bits))
}

const plain = (address: string): string | undefined =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : undefined
