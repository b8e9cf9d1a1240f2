import { describe, expect, it } from 'vitest'
import { highlightsOf } from './highlights.ts'
import { passagesOf } from './passages.ts'

const filler = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo.'

describe('highlightsOf', () => {
  it('puts the passage that answers the query first', () => {
    const page = [`# Kettles`, filler, `## Boiling`, `A litre of water boils in two minutes in an electric kettle of 3 kW. ${filler}`, `## Price`, `The price of a kettle is 40 euros. ${filler}`].join('\n\n')
    const [first, ...rest] = highlightsOf(page, 'kettle prices')
    expect(first).toContain('40 euros')
    expect(rest.join()).not.toContain('40 euros')
  })

  it('gives nothing where no word of the query occurs', () => {
    expect(highlightsOf(`# Kettles\n\n${filler}`, 'submarine')).toEqual([])
    expect(highlightsOf('', 'kettle')).toEqual([])
    expect(highlightsOf(filler, '?!')).toEqual([])
  })

  it('gives five at most', () => {
    const page = Array.from({ length: 12 }, (_, i) => `Kettle ${i}. ${filler}`).join('\n\n')
    expect(highlightsOf(page, 'kettle')).toHaveLength(5)
  })

  it('matches across case, accents and plural', () => {
    const page = [filler, `Cafés of PARIS. ${filler}`].join('\n\n')
    expect(highlightsOf(page, 'cafe paris')[0]).toContain('Cafés')
  })

  it('finds words in scripts without spaces', () => {
    const page = [filler, `电热水壶的价格是四十欧元。${filler}`].join('\n\n')
    expect(highlightsOf(page, '水壶价格')[0]).toContain('四十')
  })
})

describe('passagesOf', () => {
  it('keeps the header with every part of a long table', () => {
    const rows = Array.from({ length: 100 }, (_, i) => `| item ${i} | ${i} euros and some more words |`)
    const passages = passagesOf(['| Name | Price |', '| --- | --- |', ...rows].join('\n'))
    expect(passages.length).toBeGreaterThan(1)
    for (const passage of passages) expect(passage.text).toMatch(/^\| Name \| Price \|\n\| --- \| --- \|\n\| item/)
  })

  it('keeps code with blank lines whole', () => {
    const code = `\`\`\`js\nconst a = 1\n\n# no heading\nconst b = 2 // ${filler}\n\`\`\``
    expect(passagesOf(`Before. ${filler}\n\n${code}\n\nAfter. ${filler}`).map((passage) => passage.text)).toContain(code)
  })

  it('divides text that never ends and text without a single space, losing nothing', () => {
    for (const text of ['x'.repeat(5000), 'word '.repeat(2000).trim(), `${'a. '.repeat(2000)}`.trim()]) {
      const passages = passagesOf(text)
      expect(Math.max(...passages.map((passage) => passage.text.length))).toBeLessThanOrEqual(2500)
      expect(passages.map((passage) => passage.text.replace(/\s/g, '')).join('')).toBe(text.replace(/\s/g, ''))
    }
  })
})
