import type { Picture, PictureChange } from '../../contract/monitors.ts'

/** Pictures are compared at this width: small movements and noise of the coder do not count. */
const width = 320
const heightMax = 1920
/** Of 255: what is nearer is the same. */
const tolerance = 24
/** Fewer pixels than this share of all are noise. */
const shareMin = 0.0005

// Loaded on first use: most monitors look at text.
const sharp = async () => (await import('sharp')).default

/** A PNG in base 64, small enough to be kept. */
export const smallPicture = async (bytes: Uint8Array): Promise<string> =>
  (await (await sharp())(bytes).resize({ width, withoutEnlargement: true }).greyscale().png({ compressionLevel: 9 }).toBuffer()).toString('base64')

/** Null where they look the same. What one has and the other has not is different. */
export const diffPictures = async (before: Picture, after: Picture): Promise<PictureChange | null> => {
  if (before.small === after.small) return null
  const [a, b] = await Promise.all([rawOf(before.small), rawOf(after.small)])
  const [columns, rows] = [Math.max(a.width, b.width), Math.min(heightMax, Math.max(a.height, b.height))]
  const mask = Buffer.alloc(columns * rows)
  let changed = 0
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (Math.abs(pixelOf(a, x, y) - pixelOf(b, x, y)) <= tolerance) continue
      mask[y * columns + x] = 255
      changed++
    }
  }
  const size = columns * rows
  if (changed < Math.max(1, size * shareMin)) return null
  const png = await (await sharp())(mask, { raw: { width: columns, height: rows, channels: 1 } }).png({ compressionLevel: 9, palette: true, colours: 2 }).toBuffer()
  return { size, changed, mask: `data:image/png;base64,${png.toString('base64')}` }
}

interface Raw {
  width: number
  height: number
  data: Uint8Array
}

const rawOf = async (small: string): Promise<Raw> => {
  const { data, info } = await (await sharp())(Buffer.from(small, 'base64')).greyscale().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/** Outside a picture there is a value that no pixel is near. */
const pixelOf = ({ width: columns, height, data }: Raw, x: number, y: number): number => (x < columns && y < height ? (data[y * columns + x] ?? 0) : -255)
