import type { webcrypto } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { TlsReason } from '../failure/facts.ts'

export interface Identity {
  cert: string
  key: string
}

/** The lab's own authority, fresh at every start, and the certificates that it hands out. */
export interface Certificates {
  readonly ca: string
  readonly good: SecureContext
  /** The good one again, for clients that name no host. */
  readonly identity: Identity
  /** The certificate that is wrong in this way; made on first use. */
  bad: (reason: Exclude<TlsReason, 'protocol'>) => Promise<SecureContext>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000

const labNames = [
  'lab.test', '*.lab.test', '*.tls.lab.test', '*.site.lab.test', '*.amazon.lab.test', 'fail.test', '*.fail.test',
  'lab.localhost', '*.lab.localhost', 'fail.localhost', '*.fail.localhost', 'localhost',
]

export const makeCertificates = async (): Promise<Certificates> => {
  const mint = await loadMint()
  const lab = await mint.authority('Lyrebird Lab CA')
  const context = (identity: Identity) => createSecureContext({ cert: identity.cert, key: identity.key })
  const make = {
    expired: async () => lab.sign({ names: labNames, fromMs: Date.now() - 400 * dayMs, untilMs: Date.now() - 2 * dayMs }),
    self_signed: async () => mint.selfSigned(labNames),
    hostname: async () => lab.sign({ names: ['another-name.lab.invalid'] }),
    untrusted: async () => (await mint.authority('Unknown Authority')).sign({ names: labNames }),
  }
  const made = new Map<string, Promise<SecureContext>>()
  const identity = await lab.sign({ names: labNames })
  return {
    ca: lab.cert,
    good: context(identity),
    identity,
    bad: (reason) => {
      const ready = made.get(reason) ?? make[reason]().then(context)
      made.set(reason, ready)
      return ready
    },
  }
}

interface Leaf {
  names: readonly string[]
  fromMs?: number
  untilMs?: number
}

// Loaded on use: the module takes 0.1 s, and most processes never start a lab.
const loadMint = async () => {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const names = (values: readonly string[]) =>
    new x509.SubjectAlternativeNameExtension([...values.map((value) => ({ type: 'dns' as const, value })), { type: 'ip', value: '127.0.0.1' }])
  const newKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const serial = () => Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString('hex').replace(/^./, '4')
  const times = (leaf: Pick<Leaf, 'fromMs' | 'untilMs'> = {}) => ({
    notBefore: new Date(leaf.fromMs ?? Date.now() - dayMs),
    notAfter: new Date(leaf.untilMs ?? Date.now() + 1825 * dayMs),
  })
  const identity = async (cert: { toString: (format: 'pem') => string }, key: webcrypto.CryptoKey): Promise<Identity> => ({
    cert: cert.toString('pem'),
    key: x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY'),
  })

  const authority = async (name: string) => {
    const keys = await newKeys()
    const cert = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`, serialNumber: serial(), keys, signingAlgorithm: algorithm, ...times(),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    const sign = async (leaf: Leaf): Promise<Identity> => {
      const own = await newKeys()
      const signed = await x509.X509CertificateGenerator.create({
        subject: 'CN=lab.test', issuer: cert.subject, serialNumber: serial(), publicKey: own.publicKey,
        signingKey: keys.privateKey, signingAlgorithm: algorithm, ...times(leaf),
        extensions: [
          new x509.BasicConstraintsExtension(false),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
          names(leaf.names),
        ],
      })
      return identity(signed, own.privateKey)
    }
    return { cert: cert.toString('pem'), sign }
  }

  const selfSigned = async (own: readonly string[]): Promise<Identity> => {
    const keys = await newKeys()
    const cert = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=lab.test', serialNumber: serial(), keys, signingAlgorithm: algorithm, ...times(), extensions: [names(own)],
    })
    return identity(cert, keys.privateKey)
  }
  return { authority, selfSigned }
}
