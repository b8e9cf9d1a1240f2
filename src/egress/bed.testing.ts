import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { isFailure, type Failure } from '../failure/failure.ts'
import { createEgress } from './egress.ts'
import type { Egress, EgressOptions, EgressRequest, EgressResponse } from './types.ts'

/** Loopback servers, certificates and an egress whose dialled sockets land on them: for the tests of this folder. */

export const publicAddress = '93.184.216.34'

export interface Listening {
  port: number
  sockets: Set<Socket>
  /** Connections ever accepted. */
  accepted: () => number
  close(): Promise<void>
}

export const listen = async (server: Server): Promise<Listening> => {
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    accepted: () => accepted,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A server that says exactly these bytes, whatever it is asked. */
export const listenRaw = (answer: (socket: Socket, request: string) => void): Promise<Listening> =>
  listen(createServer((socket) => { socket.on('data', (data) => answer(socket, data.toString('latin1'))) }))

export interface Bed {
  egress: Egress
  dialled: { address: string; port: number; host: string }[]
  /** The sockets on our side. */
  sockets: Socket[]
}

/** Every name has one public address, and every dial lands on the loopback port of its choice. */
export const bed = (port: number | (() => number), options: Partial<EgressOptions> = {}): Bed => {
  const dialled: Bed['dialled'] = []
  const sockets: Socket[] = []
  const egress = createEgress({
    userAgent: 'Mozilla/5.0 (compatible; Lyrebird/0.1)',
    bodyLimitBytes: 1_000_000,
    maxRedirects: 10,
    resolver: () => Promise.resolve([{ address: publicAddress, family: 4 }]),
    dial: (target) => {
      dialled.push(target)
      const socket = connect(typeof port === 'number' ? port : port(), '127.0.0.1')
      sockets.push(socket)
      return socket
    },
    ...options,
  })
  return { egress, dialled, sockets }
}

export const get = (egress: Egress, url: string, more: Partial<EgressRequest> = {}): Promise<EgressResponse> =>
  egress.request({ url, signal: new AbortController().signal, ...more })

/** The failure that a promise rejects with; anything else is an error of the test. */
export const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  try {
    await promise
  } catch (error) {
    if (isFailure(error)) return error
    throw error
  }
  throw new Error('expected a failure, but it succeeded')
}

export interface Pem {
  key: string
  cert: string
}

export interface Authority extends Pem {
  issue(names: string[], options?: { notBefore?: Date; notAfter?: Date }): Promise<Pem>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000

/** A certificate authority made on the spot. */
export const createAuthority = async (name = 'Test Authority'): Promise<Authority> => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true)],
  })
  return {
    cert: root.toString('pem'),
    key: await keyPem(keys.privateKey),
    async issue(names, { notBefore = new Date(Date.now() - day), notAfter = new Date(Date.now() + day) } = {}) {
      const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const cert = await x509.X509CertificateGenerator.create({
        subject: `CN=${names[0] ?? 'nobody'}`,
        issuer: root.subject,
        notBefore,
        notAfter,
        signingKey: keys.privateKey,
        publicKey: own.publicKey,
        signingAlgorithm: algorithm,
        extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value })))],
      })
      return { cert: cert.toString('pem'), key: await keyPem(own.privateKey) }
    },
  }
}

const keyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
