import sharp from 'sharp'
import type { Swatch } from '../../contract/brand.ts'
import { distanceOf, nameOf, toneOf } from './color.ts'

/** Pixels that are looked at along the longer side. */
const side = 200
/** Decoded pixels of one picture at most. */
export const pixelsMax = 50_000_000
/** For one look at one picture. */
export const secondsMax = 3

/** Colours of a picture, largest first; pixels that are mostly transparent do not count. Rejects for what is no picture. */
export const paletteOf = async (picture: Uint8Array, count: number): Promise<Swatch[]> => {
  const { data, info } = await sharp(picture, { limitInputPixels: pixelsMax, failOn: 'error' })
    .resize(side, side, { fit: 'inside', kernel: 'nearest', withoutEnlargement: true })
    .ensureAlpha().toColourspace('srgb').raw().timeout({ seconds: secondsMax }).toBuffer({ resolveWithObject: true })
  return quantize(data, info.channels, count)
}

interface Bin {
  hex: string
  pixels: number
}

/** Shades of one colour and the soft edges between two are taken together; a colour of the answer is one of the picture. */
export const quantize = (data: Uint8Array, channels: number, count: number): Swatch[] => {
  const exact = new Map<number, number>()
  let total = 0
  for (let i = 0; i + 3 < data.length; i += channels) {
    if ((data[i + 3] ?? 0) < 128) continue
    const color = ((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0)
    exact.set(color, (exact.get(color) ?? 0) + 1)
    total++
  }
  if (total === 0) return []
  // Each of the coarse boxes is stood for by its commonest colour.
  const boxes = new Map<number, { best: number; most: number; pixels: number }>()
  for (const [color, pixels] of exact) {
    const key = ((color >> 19) << 10) | (((color >> 11) & 31) << 5) | ((color >> 3) & 31)
    const box = boxes.get(key)
    if (!box) boxes.set(key, { best: color, most: pixels, pixels })
    else {
      box.pixels += pixels
      if (pixels > box.most) [box.best, box.most] = [color, pixels]
    }
  }
  const bins: Bin[] = [...boxes.values()].toSorted((a, b) => b.pixels - a.pixels).slice(0, 400).map(({ best, pixels }) => ({ hex: `#${best.toString(16).padStart(6, '0')}`, pixels }))
  return merged(bins, count).map(({ hex, pixels }) => ({ hex, name: nameOf(hex), share: Math.round((pixels / total) * 10_000) / 10_000 })).filter(({ share }) => share >= 0.002)
}

const alike = 0.07

const merged = (bins: readonly Bin[], count: number): Bin[] => {
  const groups: Bin[] = []
  for (const bin of bins) {
    const near = groups.find((group) => distanceOf(group.hex, bin.hex) < alike)
    if (near) near.pixels += bin.pixels
    else groups.push({ ...bin })
  }
  // A small strong colour is worth more than one more grey.
  const worth = ({ hex, pixels }: Bin): number => pixels * (1 + 20 * (toneOf(hex)?.chroma ?? 0))
  return groups.toSorted((a, b) => worth(b) - worth(a)).slice(0, count).toSorted((a, b) => b.pixels - a.pixels)
}
