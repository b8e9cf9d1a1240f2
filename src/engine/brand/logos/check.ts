import sharp from 'sharp'
import type { Logo, Swatch } from '../../../contract/brand.ts'
import { paletteOf, pixelsMax, secondsMax } from '../palette.ts'

export interface Checked {
  format: NonNullable<Logo['format']>
  width?: number
  height?: number
  bytes: number
  colors: Swatch[]
  /** Mean lightness of what is not transparent, 0 to 1; absent where nothing is transparent. */
  lightness?: number
}

const formats: Readonly<Record<string, Checked['format']>> = { svg: 'svg', png: 'png', jpeg: 'jpeg', webp: 'webp', gif: 'gif', avif: 'avif', heif: 'avif' }

/** What a picture's bytes say it is; undefined for anything that is no picture. */
export const check = async (bytes: Uint8Array): Promise<Checked | undefined> => {
  const icon = largestOfIcon(bytes)
  if (icon) return { ...((icon.png && (await pictureOf(icon.png))) ?? { colors: [] }), format: 'ico', bytes: bytes.byteLength, width: icon.width, height: icon.height }
  const picture = await pictureOf(bytes)
  return picture && { ...picture, bytes: bytes.byteLength }
}

const pictureOf = async (bytes: Uint8Array): Promise<Omit<Checked, 'bytes'> | undefined> => {
  try {
    const { format, width, height } = await sharp(bytes, { limitInputPixels: pixelsMax }).metadata()
    const known = formats[format ?? '']
    if (!known || !width || !height) return undefined
    const colors = await paletteOf(bytes, 5)
    // Nothing on it can be seen: what its page would have given it is not in it.
    if (colors.length === 0) return undefined
    const lightness = await lightnessOf(bytes)
    return { format: known, width, height, colors, ...(lightness === undefined ? {} : { lightness }) }
  } catch {
    // Not a picture, or one that nothing here can read: as good as none.
    return undefined
  }
}

const lightnessOf = async (bytes: Uint8Array): Promise<number | undefined> => {
  const { data, info } = await sharp(bytes, { limitInputPixels: pixelsMax }).resize(64, 64, { fit: 'inside', withoutEnlargement: true }).ensureAlpha().toColourspace('srgb').raw().timeout({ seconds: secondsMax }).toBuffer({ resolveWithObject: true })
  let sum = 0
  let weight = 0
  let transparent = 0
  for (let i = 0; i + 3 < data.length; i += info.channels) {
    const alpha = (data[i + 3] ?? 0) / 255
    if (alpha < 0.1) transparent++
    sum += alpha * (0.2126 * (data[i] ?? 0) + 0.7152 * (data[i + 1] ?? 0) + 0.0722 * (data[i + 2] ?? 0)) / 255
    weight += alpha
  }
  return weight > 0 && transparent > (info.width * info.height) / 20 ? sum / weight : undefined
}

/** The largest picture of a Windows icon; the bytes where it is a PNG. */
const largestOfIcon = (bytes: Uint8Array): { width: number; height: number; png?: Uint8Array } | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 22 || view.getUint32(0, false) !== 0x00000100) return undefined
  let best: { width: number; height: number; png?: Uint8Array } | undefined
  for (let i = 0, at = 6; i < Math.min(50, view.getUint16(4, true)) && at + 16 <= bytes.byteLength; i++, at += 16) {
    const [width, height] = [view.getUint8(at) || 256, view.getUint8(at + 1) || 256]
    if (best && best.width >= width) continue
    const [size, offset] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)]
    const isPng = offset + 8 <= bytes.byteLength && view.getUint32(offset, false) === 0x89504e47
    best = { width, height, ...(isPng ? { png: bytes.subarray(offset, offset + size) } : {}) }
  }
  return best
}
