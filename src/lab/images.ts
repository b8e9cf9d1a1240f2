import { crc32, deflateSync } from 'node:zlib'
import { send, type Exchange } from './exchange.ts'
import { escapeHtml } from './html.ts'

/** Answers /img/<name>-<width>x<height>.<svg|png> at every page host; false for other paths. */
export const sendImage = (x: Exchange): unknown => {
  const match = /^\/img\/([a-z0-9-]{1,60}?)-(\d{1,4})x(\d{1,4})\.(svg|png)$/.exec(x.path)
  if (!match) return false
  const [, name = '', width = '', height = '', kind] = match
  const size = { width: Math.min(2000, Math.max(1, Number(width))), height: Math.min(2000, Math.max(1, Number(height))) }
  const headers = { 'cache-control': 'max-age=3600' }
  if (kind === 'svg') return send(x, svg(name, size), { type: 'image/svg+xml', headers })
  return send(x, png(name, size), { type: 'image/png', headers })
}

interface Size {
  width: number
  height: number
}

/** A hue of its own per name, the same at every start. */
const hueOf = (name: string): number => crc32(name) % 360

const svg = (name: string, { width, height }: Size): string => {
  const hue = hueOf(name)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(name.replaceAll('-', ' '))}">
<rect width="100%" height="100%" fill="hsl(${hue} 35% 82%)"/>
<path d="M0 ${height * 0.8} Q ${width * 0.3} ${height * 0.4} ${width * 0.6} ${height * 0.7} T ${width} ${height * 0.5} V ${height} H 0 Z" fill="hsl(${hue} 40% 45%)"/>
<circle cx="${width * 0.78}" cy="${height * 0.25}" r="${Math.min(width, height) * 0.1}" fill="hsl(${(hue + 40) % 360} 80% 65%)"/>
</svg>
`
}

/** A vertical gradient in the name's hue; a palette keeps it small. */
export const png = (name: string, { width, height }: Size): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const palette = Buffer.alloc(64 * 3)
  for (let i = 0; i < 64; i++) palette.set(rgb(hueOf(name), 0.35 + i / 128), i * 3)
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) rows.fill(Math.floor((y * 64) / height), y * (width + 1) + 1, (y + 1) * (width + 1))
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header), chunk('PLTE', palette), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0)),
  ])
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  out.set(body, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

const rgb = (hue: number, lightness: number): [number, number, number] => {
  const part = (n: number): number => {
    const k = (n + hue / 30) % 12
    return Math.round(255 * (lightness - 0.4 * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  }
  return [part(0), part(8), part(4)]
}
