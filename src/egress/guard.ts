import { networkInterfaces } from 'node:os'
import { fail } from '../failure/failure.ts'
import { readAllow, readPorts } from './allow.ts'
import { blocked, judgeAddress, judgeName, readAddress, readAuthority, readUrl, type Ip, type Target } from './policy.ts'
import { raced } from './race.ts'
import { systemResolver } from './resolve.ts'
import type { Address, EgressOptions, Trust } from './types.ts'

/** Where a request goes: every address in it was judged, and nothing else is dialled. */
export interface Route extends Target {
  addresses: Address[]
  dialPort: number
  ca: string | undefined
  dnsMs: number | undefined
}

export interface Guard {
  /** Throws where the URL itself is refused; `route` then judges its addresses. */
  read(url: string, trust: Trust, charsMax?: number): Target
  readAuthority(host: string, port: number): Target
  route(target: Target, trust: Trust, signal: AbortSignal): Promise<Route>
}

const defaultPorts = ['80', '443', '1024-65535']
const addressesMax = 64

export const createGuard = (options: EgressOptions): Guard => {
  const allow = readAllow(options.allow ?? [])
  const portOpen = readPorts(options.ports ?? defaultPorts)
  const resolver = options.resolver ?? systemResolver()
  const isOurs = ownAddresses()

  const site = (host: string) => options.sites?.(host)

  /** Everything that can be said without asking a resolver. */
  const judge = (target: Target, trust: Trust): Target => {
    const { host, port, literal } = target
    if (site(host)) return target
    if (trust === 'target') {
      if (!portOpen(port) && !allow.port(host, literal, port)) throw blocked('port')
      if (literal) {
        if (!allow.address(literal, port)) refuse(judgeAddress(literal) ?? (isOurs(literal) ? 'private' : undefined))
      } else if (!allow.name(host, port)) refuse(judgeName(host))
    }
    const closed = options.only?.(host)
    if (closed) throw closed
    return target
  }

  const passes = (ip: Ip, target: Target): boolean =>
    allow.name(target.host, target.port) || allow.address(ip, target.port) || (judgeAddress(ip, true) === undefined && !isOurs(ip))

  const resolve = async (target: Target, trust: Trust, signal: AbortSignal): Promise<Address[]> => {
    let found: Address[]
    try {
      found = await raced(resolver(target.host, signal), signal)
    } catch (error) {
      if (signal.aborted) throw error
      throw fail('target.dns_failed', {}, { cause: error })
    }
    if (found.length === 0) throw fail('target.dns_failed')
    // One bad record refuses the name: which of them would be dialled is not for its owner to choose.
    const judged = found.map(({ address }) => {
      const ip = readAddress(address)
      if (!ip || (trust === 'target' && !passes(ip, target))) throw blocked('resolved_private')
      return pin(ip)
    })
    return judged.slice(0, addressesMax)
  }

  return {
    read: (url, trust, charsMax) => judge(readUrl(url, charsMax), trust),
    readAuthority: (host, port) => judge(readAuthority(host, port), 'target'),
    async route(target, trust, signal) {
      const served = site(target.host)
      if (served) {
        const ip = served.address === null ? undefined : readAddress(served.address)
        if (!ip) throw fail('target.dns_failed')
        return { ...target, addresses: [pin(ip)], dialPort: served.port ?? target.port, ca: served.ca, dnsMs: undefined }
      }
      if (target.literal) return { ...target, addresses: [pin(target.literal)], dialPort: target.port, ca: undefined, dnsMs: undefined }
      const started = performance.now()
      const addresses = await resolve(target, trust, signal)
      return { ...target, addresses, dialPort: target.port, ca: undefined, dnsMs: performance.now() - started }
    },
  }
}

const refuse = (reason: ReturnType<typeof judgeName>): void => {
  if (reason) throw blocked(reason)
}

// The canonical text of what was judged, never the resolver's own spelling of it.
const pin = (ip: Ip): Address => ({ address: ip.toString(), family: ip.kind() === 'ipv4' ? 4 : 6 })

const interfacesMaxAgeMs = 60_000

/** This machine's own addresses, also public ones: behind them are our API and whatever else listens on every interface. */
const ownAddresses = (): ((ip: Ip) => boolean) => {
  let known = new Set<string>()
  let readAtMs = -Infinity
  return (ip) => {
    const now = performance.now()
    if (now - readAtMs > interfacesMaxAgeMs) {
      readAtMs = now
      known = new Set(
        Object.values(networkInterfaces())
          .flatMap((list) => list ?? [])
          .flatMap(({ address }) => readAddress(address.replace(/%.*/, ''))?.toString() ?? []),
      )
    }
    return known.has(ip.toString())
  }
}
