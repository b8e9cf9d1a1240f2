import ipaddr from 'ipaddr.js'
import { isIP } from 'node:net'
import type { Ip } from './policy.ts'

interface Rule {
  /** A suffix with its leading dot for `*.host`. */
  name?: string
  range?: [Ip, number]
  port: number | undefined
}

export interface AllowList {
  /** The name passes with whatever address it has. */
  name(host: string, port: number): boolean
  address(ip: Ip, port: number): boolean
  /** A rule names this very port, so the list of ports does not matter. */
  port(host: string, ip: Ip | undefined, port: number): boolean
}

/** Rules: `host`, `*.host`, an address, a CIDR, each with `:port` if wanted (`[v6]:port`). */
export const readAllow = (rules: readonly string[]): AllowList => {
  const parsed = rules.map(readRule)
  const named = (rule: Rule, host: string) =>
    rule.name !== undefined && (rule.name.startsWith('.') ? host.endsWith(rule.name) && host.length > rule.name.length : host === rule.name)
  const ranged = (rule: Rule, ip: Ip) => rule.range !== undefined && rule.range[0].kind() === ip.kind() && ip.match(rule.range)
  const onPort = (rule: Rule, port: number) => rule.port === undefined || rule.port === port
  return {
    name: (host, port) => parsed.some((rule) => onPort(rule, port) && named(rule, host)),
    address: (ip, port) => parsed.some((rule) => onPort(rule, port) && ranged(rule, ip)),
    port: (host, ip, port) => parsed.some((rule) => rule.port === port && (named(rule, host) || (ip !== undefined && ranged(rule, ip)))),
  }
}

const readRule = (text: string): Rule => {
  const bad = new Error(`"${text}" is not a rule for egress: expected a host, *.host, an address or a CIDR, with :port or without`)
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^[\]]*?))(?::(\d{1,5}))?$/.exec(isBareV6(text) ? `[${text}]` : text) ?? []
  const subject = (bracketed ?? plain ?? '').toLowerCase()
  const port = portText === undefined ? undefined : Number(portText)
  if (subject === '' || (port !== undefined && (port < 1 || port > 65_535))) throw bad
  const range = readRange(subject, bad)
  if (range) return { range, port }
  if (bracketed !== undefined) throw bad
  return { name: readName(subject, bad), port }
}

const isBareV6 = (text: string): boolean => isIP(text.replace(/\/\d{1,3}$/, '')) === 6

const readRange = (text: string, bad: Error): [Ip, number] | undefined => {
  const [address = '', bits] = text.split('/')
  if (isIP(address) === 0) {
    if (bits !== undefined) throw bad
    return undefined
  }
  const ip = ipaddr.parse(address)
  const width = ip.kind() === 'ipv4' ? 32 : 128
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > width)) throw bad
  return [ip, bits === undefined ? width : Number(bits)]
}

const readName = (text: string, bad: Error): string => {
  const wild = text.startsWith('*.')
  const host = URL.parse(`http://${wild ? text.slice(2) : text}/`)
  // A name that URL turns into something else than a name (numbers, a path, userinfo) is a mistake of the operator.
  if (!host || host.pathname !== '/' || host.username !== '' || /[*/@\s]/.test(text.slice(wild ? 2 : 0)) || isIP(host.hostname) !== 0) throw bad
  const name = host.hostname.replace(/\.$/, '')
  return wild ? `.${name}` : name
}

/** Reads '80', '1024-65535' and '*'. */
export const readPorts = (specs: readonly string[]): ((port: number) => boolean) => {
  const ranges = specs.map((spec): [number, number] => {
    if (spec === '*') return [1, 65_535]
    const [, low, high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(spec) ?? []
    const range: [number, number] = [Number(low), Number(high)]
    if (low === undefined || range[0] < 1 || range[1] > 65_535 || range[0] > range[1]) throw new Error(`"${spec}" is not a port, a range of ports or *`)
    return range
  })
  return (port) => ranges.some(([low, high]) => port >= low && port <= high)
}
