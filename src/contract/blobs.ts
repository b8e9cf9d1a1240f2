import type { PageBlob } from './document.ts'

export interface StoredBlob {
  data: Uint8Array
  contentType: string
}

/** Bytes that are handed out for a while under a signed address. */
export interface BlobStore {
  put(data: Uint8Array, contentType: string): Promise<Required<Pick<PageBlob, 'path' | 'expiresAt'>>>
  /** Undefined where there is none, where its time is over, or where the signature is not ours. */
  get(name: string, query: URLSearchParams): Promise<StoredBlob | undefined>
}

/** Where the server hands them out. */
export const blobPath = '/v1/blobs/'
