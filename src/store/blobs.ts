import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blobPath, type BlobStore, type StoredBlob } from '../contract/blobs.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'

export interface BlobsOptions {
  /** Undefined keeps them in memory. */
  folder: string | undefined
  /** Instead of a folder. */
  place?: BlobPlace | undefined
  ttlS: number
  clock: Clock
}

export interface Blobs extends BlobStore {
  /** Deletes those whose time is over; resolves to their number. */
  sweep(): Promise<number>
}

const extensions: Record<string, string> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'application/pdf': 'pdf' }
const typeOf = (name: string): string | undefined => Object.entries(extensions).find(([, extension]) => name.endsWith(`.${extension}`))?.[0]
/** Nothing else is ever a file here, so that no name leads out of the folder. */
const namePattern = /^blob_[0-9a-z]{26}\.(?:png|jpg|webp|pdf)$/

/** Bytes behind signed addresses that end: in a folder, or in memory. */
export const createBlobs = ({ folder, place: given, ttlS, clock }: BlobsOptions): Blobs => {
  const place = given ?? (folder === undefined ? inMemory() : inFolder(folder))
  const sign = async (name: string, expires: string): Promise<Buffer> =>
    createHmac('sha256', await place.secret()).update(`${name}\n${expires}`).digest()

  return {
    async put(data, contentType) {
      const extension = extensions[contentType]
      if (extension === undefined) throw new Error(`no blobs are kept of ${contentType}`)
      const name = `${newId('blob', clock())}.${extension}`
      await place.write(name, data, clock(), contentType)
      const expiresMs = clock() + ttlS * 1000
      const expires = String(Math.floor(expiresMs / 1000))
      const signature = (await sign(name, expires)).toString('base64url')
      return { path: `${blobPath}${name}?expires=${expires}&signature=${signature}`, expiresAt: new Date(Number(expires) * 1000).toISOString() }
    },
    async get(name, query): Promise<StoredBlob | undefined> {
      const expires = query.get('expires') ?? ''
      const contentType = typeOf(name)
      if (!namePattern.test(name) || contentType === undefined || !/^\d{1,12}$/.test(expires) || Number(expires) * 1000 <= clock()) return undefined
      const given = Buffer.from(query.get('signature') ?? '', 'base64url')
      const wanted = await sign(name, expires)
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined
      const data = await place.read(name)
      return data && { data, contentType }
    },
    sweep: () => place.sweep(clock() - ttlS * 1000),
  }
}

/** Where blobs lie. */
export interface BlobPlace {
  secret(): Promise<Buffer>
  write(name: string, data: Uint8Array, nowMs: number, contentType: string): Promise<void>
  read(name: string): Promise<Uint8Array | undefined>
  /** Deletes what was written before. */
  sweep(beforeMs: number): Promise<number>
}

const inMemory = (): BlobPlace => {
  const secret = randomBytes(32)
  const kept = new Map<string, { data: Uint8Array; at: number }>()
  return {
    secret: async () => secret,
    write: async (name, data, at) => void kept.set(name, { data, at }),
    read: async (name) => kept.get(name)?.data,
    sweep: async (before) => {
      const old = [...kept].filter(([, { at }]) => at < before)
      for (const [name] of old) kept.delete(name)
      return old.length
    },
  }
}

const inFolder = (folder: string): BlobPlace => {
  let known: Promise<Buffer> | undefined
  const secretFile = join(folder, '.signing-key')
  const readSecret = async (): Promise<Buffer> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    try {
      // Only the first of two processes that start at once writes it.
      await writeFile(secretFile, randomBytes(32), { flag: 'wx', mode: 0o600 })
    } catch {
      // It is there already.
    }
    return readFile(secretFile)
  }
  return {
    secret: () => {
      known ??= readSecret()
      known.catch(() => { known = undefined })
      return known
    },
    async write(name, data) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const staged = join(folder, `.${name}.${process.pid}`)
      await writeFile(staged, data, { mode: 0o600 })
      await rename(staged, join(folder, name))
    },
    read: (name) => readFile(join(folder, name)).catch(() => undefined),
    async sweep(beforeMs) {
      let swept = 0
      for (const name of await readdir(folder).catch(() => [])) {
        if (!namePattern.test(name.replace(/^\./, '').replace(/\.\d+$/, ''))) continue
        const file = join(folder, name)
        if (((await stat(file).catch(() => undefined))?.mtimeMs ?? Infinity) >= beforeMs) continue
        await rm(file, { force: true })
        swept++
      }
      return swept
    },
  }
}
