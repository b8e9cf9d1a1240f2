import type { DocumentConverter } from './document.ts'
import type { DocumentKind } from './types.ts'

/** A new kind of document is a row here and in `types.ts`, and a file beside this one. Libraries are loaded by the first document of their kind. */
export const documents: Readonly<Record<DocumentKind, () => Promise<DocumentConverter>>> = {
  pdf: async () => (await import('./pdf/index.ts')).pdf,
  docx: async () => (await import('./docx.ts')).docx,
  xlsx: async () => (await import('./xlsx.ts')).xlsx,
  pptx: async () => (await import('./pptx.ts')).pptx,
  opendocument: async () => (await import('./opendocument.ts')).openDocument,
  epub: async () => (await import('./epub.ts')).epub,
  rtf: async () => (await import('./rtf.ts')).rtf,
  image: async () => (await import('./image.ts')).image,
  ole: async () => (await import('./ole.ts')).ole,
}
