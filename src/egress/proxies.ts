import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { fail } from '../failure/failure.ts'
import { readProxy, type ProxyAddress } from './proxy-address.ts'
import { proxyDial } from './proxy-dial.ts'
import type { Dial, Egress } from './types.ts'

/** One proxy as a way out. */
export interface ProxyWay {
  /** Names it to whoever needs the same one again. Holds no credential. */
  id: string
  tier: string
  country: string | undefined
  egress: Egress
}

export interface Proxies {
  /** Tiers with at least one proxy. */
  readonly tiers: readonly string[]
  /** Whether any is configured for that. */
  has(tier: string, country?: string): boolean
  /** A proxy of the tier that works, as far as is known. Throws platform.proxy_unavailable. */
  pick(tier: string, wish: { country?: string; sticky?: string }): Promise<ProxyWay>
  /** The egress of a way that was picked. */
  egressOf(id: string): Egress
  /** What is known of each, without credentials. */
  state(): { id: string; tier: string; country: string | undefined; usable: boolean }[]
  /** Tries to reach all of them now. */
  probe(): Promise<void>
  close(): Promise<void>
}

interface Options {
  /** Tier → addresses, as settings have them. */
  tiers: Readonly<Record<string, readonly string[]>>
  /** A way out of its own for each proxy: connections through one are never used for another. */
  open(dial: Dial): Promise<Egress>
}

interface Member {
  id: string
  tier: string
  address: ProxyAddress
  way: Promise<ProxyWay> | undefined
  egress: Egress | undefined
  failures: number
  brokenUntil: number
  usedAt: number
}

const restMs = 15_000
const restMsMax = 600_000
const probeEveryMs = 30_000
const probeMs = 5_000

export const createProxies = ({ tiers, open }: Options): Proxies => {
  const members: Member[] = Object.entries(tiers).flatMap(([tier, list]) => list.map((text, i) => {
    const address = readProxy(text)
    return { id: `${tier}/${i}/${address.host}:${address.port}`, tier, address, way: undefined, egress: undefined, failures: 0, brokenUntil: 0, usedAt: 0 }
  }))
  let uses = 0

  const broken = (member: Member): void => {
    member.failures++
    member.brokenUntil = performance.now() + Math.min(restMsMax, restMs * 2 ** Math.min(10, member.failures - 1))
  }
  const works = (member: Member): void => {
    member.failures = 0
    member.brokenUntil = 0
  }
  const isUsable = ({ brokenUntil }: Member): boolean => performance.now() >= brokenUntil

  const wayOf = (member: Member): Promise<ProxyWay> => (member.way ??= open(proxyDial(member.address, { broken: () => broken(member), works: () => works(member) })).then((egress) => {
    member.egress = egress
    return { id: member.id, tier: member.tier, country: member.address.country, egress }
  }))

  const probe = async (): Promise<void> => {
    await Promise.all(members.map(async (member) => ((await reaches(member.address)) ? works(member) : broken(member))))
  }

  // One that rests is looked at before anybody needs it.
  const probing = members.length === 0 ? undefined : setInterval(() => {
    for (const member of members) if (member.failures > 0) void reaches(member.address).then((reached) => reached && works(member))
  }, probeEveryMs).unref()

  return {
    tiers: [...new Set(members.map(({ tier }) => tier))],
    has: (tier, country) => members.some((member) => member.tier === tier && (country === undefined || member.address.country === country)),
    async pick(tier, { country, sticky }) {
      const fitting = members.filter((member) => member.tier === tier && (country === undefined || member.address.country === country) && isUsable(member))
      // Rendezvous: each session ranks the proxies in an order of its own, which others' troubles do not change.
      const chosen = sticky === undefined
        ? fitting.toSorted((a, b) => a.usedAt - b.usedAt)[0]
        : fitting.toSorted((a, b) => (rank(sticky, a) < rank(sticky, b) ? -1 : 1))[0]
      if (!chosen) throw fail('platform.proxy_unavailable')
      chosen.usedAt = ++uses
      return wayOf(chosen)
    },
    egressOf(id) {
      const found = members.find((member) => member.id === id)?.egress
      if (!found) throw fail('platform.proxy_unavailable')
      return found
    },
    state: () => members.map((member) => ({ id: member.id, tier: member.tier, country: member.address.country, usable: isUsable(member) })),
    probe,
    async close() {
      clearInterval(probing)
      await Promise.all(members.map(async ({ way }) => (await way?.catch(() => undefined))?.egress.close()))
    },
  }
}

const rank = (sticky: string, { id }: Member): string => createHash('sha256').update(`${sticky}\n${id}`).digest('hex')

const reaches = ({ host, port }: ProxyAddress): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: probeMs })
    const end = (reached: boolean): void => {
      socket.destroy()
      resolve(reached)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false)).once('timeout', () => end(false))
  })
