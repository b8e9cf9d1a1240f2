import { fail } from '../../../failure/failure.ts'
import type { DocumentConverter } from './document.ts'

/** Office files behind a password are wrapped in the container of the old formats, which have no converter. */
export const ole: DocumentConverter = async ({ body, type }) => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  throw bytes.includes('EncryptedPackage', 0, 'utf16le') ? fail('content.encrypted') : fail('content.unsupported_type', { contentType: type })
}
