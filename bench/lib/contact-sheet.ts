import sharp from 'sharp'

const cell = { width: 240, height: 130 }
const columns = 5

/** Pictures side by side with their names, as one PNG, to be looked at. Resolves to how many could be drawn. */
export const contactSheet = async (items: readonly { name: string; svg: Buffer; dark: boolean }[], file: string): Promise<number> => {
  const rows = Math.ceil(items.length / columns)
  let drawn = 0
  const parts = await Promise.all(items.map(async ({ name, svg, dark }, i) => {
    const [left, top] = [(i % columns) * cell.width, Math.floor(i / columns) * cell.height]
    const ground = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${cell.width}" height="${cell.height}"><rect x="4" y="4" width="${cell.width - 8}" height="${cell.height - 30}" fill="${dark ? '#222' : '#fff'}"/><text x="8" y="${cell.height - 10}" font-family="sans-serif" font-size="12" fill="#333">${name}</text></svg>`)
    try {
      const logo = await sharp(svg, { density: 150 }).resize(cell.width - 24, cell.height - 46, { fit: 'inside' }).png().toBuffer()
      drawn++
      return [{ input: ground, left, top }, { input: logo, left: left + 12, top: top + 10 }]
    } catch {
      return [{ input: ground, left, top }]
    }
  }))
  await sharp({ create: { width: columns * cell.width, height: Math.max(1, rows) * cell.height, channels: 3, background: '#ddd' } }).composite(parts.flat()).png().toFile(file)
  return drawn
}
