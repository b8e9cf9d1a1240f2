import { createHash, X509Certificate } from 'node:crypto'
import type { Config } from './config.ts'
import type { KeyMode } from './contract/actor.ts'
import { createEgress, createProxies, type Egress, type EgressOptions, type Proxies } from './egress/index.ts'
import { fail } from './failure/failure.ts'
import { startLab, type Lab } from './lab/index.ts'

export interface Ways {
  live(): Promise<Egress>
  test(): Promise<Egress>
  lab(): Promise<Lab>
  /** Of live keys. */
  proxies: Proxies
  /** Public keys, as browsers want them, that vouch for the lab where it is reached. */
  labKeys: Record<KeyMode, () => Promise<string[]>>
  close(): Promise<void>
}

/** The ways out: the web for live keys; for test keys the lab, started when it is first asked for. */
export const createWays = (config: Config, labForLive: boolean): Ways => {
  let lab: Promise<Lab> | undefined
  let test: Promise<Egress> | undefined
  let live: Promise<Egress> | undefined
  const common = {
    userAgent: config.userAgent,
    ports: config.egressPorts,
    bodyLimitBytes: config.fetchLimitBytes,
    maxRedirects: config.maxRedirects,
  }
  const startedLab = (): Promise<Lab> => (lab ??= startLab())
  const testWay = async (): Promise<Egress> => {
    const { site, txt } = await startedLab()
    return createEgress({ ...common, sites: site, txt, only: (host) => (site(host) ? undefined : fail('account.scope_denied', { needs: 'a live key: a test key reaches only *.lab.test and *.fail.test' })) })
  }
  const liveWay = async (more: Partial<EgressOptions> = {}): Promise<Egress> => createEgress({ ...common, allow: config.egressAllow, ...(labForLive ? { sites: (await startedLab()).site, txt: (await startedLab()).txt } : {}), ...more })
  const proxies = createProxies({ tiers: { standard: config.proxiesStandard, premium: config.proxiesPremium }, open: (dial) => liveWay({ dial }) })
  return {
    live: () => (live ??= liveWay()),
    test: () => (test ??= testWay()),
    lab: startedLab,
    proxies,
    labKeys: {
      live: async () => (labForLive ? [keyOf((await startedLab()).certificate)] : []),
      test: async () => [keyOf((await startedLab()).certificate)],
    },
    close: async () => {
      await proxies.close()
      await Promise.all([live, test].map(async (way) => (await way)?.close()))
      await (await lab)?.close()
    },
  }
}

const keyOf = (certificate: string): string =>
  createHash('sha256').update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })).digest('base64')
