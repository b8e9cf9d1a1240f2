import type { TlsReason } from '../failure/facts.ts'
import { failureOfHost, labelOf } from './names.ts'

export type TlsFault = TlsReason
const faults: Record<string, TlsFault> = {
  expired: 'expired',
  'self-signed': 'self_signed',
  hostname: 'hostname',
  untrusted: 'untrusted',
  protocol: 'protocol',
}

/** What is wrong with TLS at `<fault>.tls.lab.test` and `target-tls-invalid[-<fault>].fail.test`. */
export const tlsFaultOf = (host: string): TlsFault | undefined => {
  const label = labelOf(host, 'tls.lab.test')
  if (label !== undefined) return faults[label]
  const failure = failureOfHost(host)
  if (failure?.code !== 'target.tls_invalid') return undefined
  return faults[failure.variant] ?? 'expired'
}

export const badCertificateOf = (host: string): Exclude<TlsReason, 'protocol'> | undefined => {
  const fault = tlsFaultOf(host)
  return fault === 'protocol' ? undefined : fault
}

export const isHttp2Host = (host: string): boolean => labelOf(host, 'lab.test') === 'h2'
