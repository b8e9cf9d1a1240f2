import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'

/** Seals texts with a key from settings. `about` is bound to the text: what was sealed for one name opens for no other. */
export interface Vault {
  seal(text: string, about: string): Promise<Uint8Array>
  /** Undefined where it was sealed with another key or about something else, or was changed. */
  open(sealed: Uint8Array, about: string): Promise<string | undefined>
}

const version = 1
const nonceBytes = 12
const tagBytes = 16
const cipher = 'aes-256-gcm'
const derive = promisify<string, string, number, Buffer>(scrypt)

export const createVault = (passphrase: string): Vault => {
  let derived: Promise<Buffer> | undefined
  const key = (): Promise<Buffer> => (derived ??= derive(passphrase, 'lyrebird profiles 1', 32))
  return {
    async seal(text, about) {
      const nonce = randomBytes(nonceBytes)
      const sealing = createCipheriv(cipher, await key(), nonce).setAAD(Buffer.from(about))
      const body = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()])
      return Buffer.concat([Buffer.from([version]), nonce, sealing.getAuthTag(), body])
    },
    async open(sealed, about) {
      const bytes = Buffer.from(sealed)
      if (bytes[0] !== version || bytes.length < 1 + nonceBytes + tagBytes) return undefined
      try {
        const opening = createDecipheriv(cipher, await key(), bytes.subarray(1, 1 + nonceBytes)).setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes))
        return Buffer.concat([opening.update(bytes.subarray(1 + nonceBytes + tagBytes)), opening.final()]).toString('utf8')
      } catch {
        // The tag does not fit.
        return undefined
      }
    },
  }
}
