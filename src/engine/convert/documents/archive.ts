import { unzipSync, type UnzipFileInfo } from 'fflate'
import { fail } from '../../../failure/failure.ts'

const entriesMax = 20_000
const totalBytesMax = 128 * 1024 * 1024

/** The wanted entries of a ZIP archive, bounded by what its directory says that they come to. */
export interface Archive {
  /** All names, in the order of the directory. */
  readonly names: readonly string[]
  /** The bytes of one entry. Throws `content.too_large` where all that was read would exceed the bound. */
  bytes(name: string): Uint8Array | undefined
  /** As UTF-8, or UTF-16 where it begins with a mark. */
  text(name: string): string | undefined
}

/** Sizes are believed: an entry that lies about its own is cut where it said that it would end. */
export const openArchive = (body: Uint8Array): Archive => {
  const names: string[] = []
  unzipSync(body, {
    filter: ({ name }) => {
      if (names.length >= entriesMax) throw fail('content.too_large', { limitBytes: totalBytesMax })
      names.push(name)
      return false
    },
  })
  if (isLocked(body)) throw fail('content.encrypted')
  let total = 0
  const bytes = (wanted: string): Uint8Array | undefined => {
    let taken = false
    const filter = ({ name, originalSize }: UnzipFileInfo): boolean => {
      if (name !== wanted || taken) return false
      taken = true
      total += originalSize
      if (total > totalBytesMax) throw fail('content.too_large', { limitBytes: totalBytesMax })
      return true
    }
    return unzipSync(body, { filter })[wanted]
  }
  return {
    names,
    bytes,
    text: (name) => {
      const found = bytes(name)
      return found && new TextDecoder(found[0] === 0xff && found[1] === 0xfe ? 'utf-16le' : found[0] === 0xfe && found[1] === 0xff ? 'utf-16be' : 'utf-8').decode(found)
    },
  }
}

/** Bit 0 of the flags of the first entry: its content needs a password. */
const isLocked = (body: Uint8Array): boolean => body[0] === 0x50 && body[2] === 0x03 && ((body[6] ?? 0) & 1) === 1

/** A path that one part of an archive names, from the place of that part. */
export const resolvePart = (from: string, reference: string): string => {
  const path = reference.split('#', 1)[0]?.replaceAll('\\', '/') ?? ''
  const steps = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const step of path.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  const plain = steps.join('/')
  try {
    return decodeURIComponent(plain)
  } catch {
    return plain
  }
}
