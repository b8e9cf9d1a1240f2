import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { nameOf, toneOf } from './color.ts'
import { check } from './logos/check.ts'
import { paletteOf } from './palette.ts'

const bands = (parts: readonly [string, number][]): Promise<Buffer> => {
  let x = 0
  const rects = parts.map(([fill, share]) => {
    const rect = `<rect x="${x}" width="${share}" height="100" fill="${fill}"/>`
    x += share
    return rect
  })
  return sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="600" viewBox="0 0 100 100" preserveAspectRatio="none" shape-rendering="crispEdges">${rects.join('')}</svg>`)).png().toBuffer()
}

describe('colours of a picture', () => {
  it('are those that are in it, with their shares', async () => {
    const colors = await paletteOf(await bands([['#ffffff', 70], ['#635bff', 15], ['#0a2540', 10], ['#00d4ff', 5]]), 6)
    expect(colors.map(({ hex }) => hex)).toEqual(['#ffffff', '#635bff', '#0a2540', '#00d4ff'])
    for (const [i, share] of [0.7, 0.15, 0.1, 0.05].entries()) expect(colors[i]?.share).toBeCloseTo(share, 2)
  })

  it('are at most as many as were asked for, and a small strong one is among them', async () => {
    const colors = await paletteOf(await bands([['#ffffff', 60], ['#dddddd', 18], ['#bbbbbb', 18], ['#ff3300', 4]]), 3)
    expect(colors).toHaveLength(3)
    expect(colors.map(({ hex }) => hex)).toContain('#ff3300')
  })
})

describe('bytes that claim to be a picture', () => {
  it.each([['nothing', ''], ['HTML', '<!doctype html><p>404</p>'], ['broken SVG', '<svg xmlns="http://www.w3.org/2000/svg"><path'], ['an SVG too large to draw', '<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"><rect width="90000" height="90000"/></svg>'], ['an SVG with nothing to see', '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"/>'], ['a cut-off icon', '\0\0\u0001\0']])('are none: %s', async (_, text) => {
    expect(await check(Buffer.from(text, 'latin1'))).toBeUndefined()
  })

  it('are what they are, whatever they are called', async () => {
    expect(await check(await bands([['#123456', 100]]))).toMatchObject({ format: 'png', width: 1000, height: 600, colors: [{ hex: '#123456', share: 1 }] })
    const png = await sharp({ create: { width: 48, height: 48, channels: 4, background: '#ff0000' } }).png().toBuffer()
    const icon = Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 0, 48, 48, 0, 0, 1, 0, 32, 0]), Buffer.alloc(4), Buffer.from([22, 0, 0, 0]), png])
    icon.writeUInt32LE(png.length, 14)
    expect(await check(icon)).toMatchObject({ format: 'ico', width: 48, height: 48, colors: [{ hex: '#ff0000' }] })
  })
})

describe('colours of CSS', () => {
  it.each([['rgb(31, 122, 92)', '#1f7a5c', 'teal'], ['#FA0', '#ffaa00', 'orange'], ['hsl(0 100% 50%)', '#ff0000', 'red'], ['rebeccapurple', '#663399', 'rebeccapurple'], ['rgb(0 0 0 / 0)', '#000000', 'black']])('%s', (text, hex, name) => {
    expect(toneOf(text)?.hex).toBe(hex)
    expect(nameOf(hex)).toBe(name)
  })

  it.each(['currentcolor', 'var(--x)', 'linear-gradient(red, blue)', '', 'x'.repeat(500)])('no colour: %s', (text) => {
    expect(toneOf(text)).toBeUndefined()
  })
})
