import { lookup, Resolver as DnsResolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { raced } from './race.ts'
import type { Address, Resolver, TxtResolver } from './types.ts'

const namesMax = 4096
const ttlMinMs = 1000
const ttlMaxMs = 60_000
const patienceMs = 1400
const lookupTimeoutMs = 10_000
const hostsFileMaxAgeMs = 30_000

interface Answer {
  addresses: Address[]
  untilMs: number
}

/**
 * The system's resolver. Names go to its DNS servers without a thread each; those of the hosts file, and those
 * that DNS does not know, go to getaddrinfo, which occupies one of libuv's few threads while it waits.
 */
export const systemResolver = (): Resolver => {
  const dns = new DnsResolver({ timeout: 1500, tries: 2, maxTimeout: 3000 })
  const answers = new Map<string, Answer>()
  const pending = new Map<string, Promise<Address[]>>()
  const hosts = hostsFile()

  const resolve = async (host: string): Promise<Address[]> => {
    const startedMs = performance.now()
    let answer = (await hosts()).has(host) ? undefined : await viaDns(dns, host)
    if (!answer) {
      // Servers that did not answer in time would keep one of few threads waiting just as long again.
      if (performance.now() - startedMs > patienceMs) throw new Error('name servers do not answer')
      answer = await raced(viaGetaddrinfo(host), AbortSignal.timeout(lookupTimeoutMs))
    }
    if (answers.size >= namesMax) for (const oldest of answers.keys()) { answers.delete(oldest); break }
    if (answer.addresses.length > 0) answers.set(host, answer)
    return answer.addresses
  }

  return (host) => {
    const known = answers.get(host)
    if (known && known.untilMs > Date.now()) return Promise.resolve(known.addresses)
    answers.delete(host)
    const running = pending.get(host)
    if (running) return running
    const started = resolve(host).finally(() => pending.delete(host))
    pending.set(host, started)
    return started
  }
}

/** From the system's DNS servers. */
export const systemTxt = (): TxtResolver => {
  const dns = new DnsResolver({ timeout: 1500, tries: 2, maxTimeout: 3000 })
  // A name without such records is the usual case, and rejects.
  return (name, signal) => raced(dns.resolveTxt(name).then((records) => records.map((parts) => parts.join('')), () => []), signal)
}

const viaDns = async (dns: DnsResolver, host: string): Promise<Answer | undefined> => {
  const [v4, v6] = await Promise.allSettled([dns.resolve4(host, { ttl: true }), dns.resolve6(host, { ttl: true })])
  const records = [
    ...(v4.status === 'fulfilled' ? v4.value.map((record) => ({ ...record, family: 4 as const })) : []),
    ...(v6.status === 'fulfilled' ? v6.value.map((record) => ({ ...record, family: 6 as const })) : []),
  ]
  if (records.length === 0) return undefined
  const ttlMs = Math.min(...records.map((record) => record.ttl * 1000))
  return {
    addresses: records.map(({ address, family }) => ({ address, family })),
    untilMs: Date.now() + Math.min(ttlMaxMs, Math.max(ttlMinMs, ttlMs)),
  }
}

const viaGetaddrinfo = async (host: string): Promise<Answer> => {
  const found = await lookup(host, { all: true, order: 'ipv4first' })
  return { addresses: found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })), untilMs: Date.now() + ttlMinMs }
}

/** The names in the hosts file: an operator who puts one there means it to win over DNS. */
const hostsFile = (): (() => Promise<ReadonlySet<string>>) => {
  let names: Promise<ReadonlySet<string>> | undefined
  let readAtMs = 0
  const read = async (): Promise<ReadonlySet<string>> => {
    const path = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts'
    // A machine without the file simply names nothing there.
    const text = await readFile(path, 'utf8').catch(() => '')
    const found = new Set<string>()
    for (const line of text.split('\n')) {
      const [address = '', ...aliases] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/)
      if (isIP(address) !== 0) for (const alias of aliases) found.add(alias)
    }
    return found
  }
  return () => {
    const now = Date.now()
    if (!names || now - readAtMs > hostsFileMaxAgeMs) [names, readAtMs] = [read(), now]
    return names
  }
}
