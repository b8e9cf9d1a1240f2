import fc from 'fast-check'
import { unzipSync, zipSync } from 'fflate'
import type { Seed } from './seeds.ts'

/** One change. Places and lengths are shares, so that they mean something whatever the size. */
export interface Step {
  what: 'cut' | 'repeat' | 'move' | 'flip' | 'insert' | 'splice' | 'end' | 'number'
  at: number
  length: number
  value: number
}

const share = fc.double({ min: 0, max: 1, noNaN: true })
export const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('cut', 'repeat', 'move', 'flip', 'insert', 'splice', 'end', 'number'),
  at: share,
  length: share,
  value: fc.nat(0xffff),
})

const snippets = [
  '<div>', '</div>', '<table><tr><td>', '</table>', '<ul><li>', '<!--', '-->', '<![CDATA[', ']]>', '<script>', '</script>', '<a href="', '<a href="javascript:x">', '<svg><math>', '<pre><code>', '```\n', '\n\n| a | b |\n| --- | --- |\n', '&amp;&#x0;', '\u0000', '\uFEFF', '\u202E', '"', "'", '<', '>', '\\', '{', '}', '{\\rtf1 ',
  '<template>', '<noscript>', '<style>', '<select><option>', '<td colspan=9999 rowspan=9999>', '<blockquote>', '<b><i>', '<h1>', '<base href="//x">', '<p hidden>', '\\u-1?', '\\\'ff', '<w:p><w:r><w:t>', '<row><c r="XFD1048576"><v>1e999</v></c></row>', ' 0 R ', '<< /Kids [2 0 R] >>', 'endobj', '[[[[[[[[', '((((((((', '%', '\n', ' '.repeat(500), '<div>'.repeat(600), '*_`['.repeat(100),
].map((text) => new TextEncoder().encode(text))

/** The bytes of a seed after the steps; those of an archive go into one of its parts, so that what is inside is reached. */
export const mutate = (seed: Seed, steps: readonly Step[], all: readonly Seed[]): Uint8Array => {
  const [first] = steps
  if (!seed.isArchive || !first || first.value % 4 === 0) return apply(seed.body, steps, seed, all)
  const parts = unzipSync(seed.body)
  const names = Object.keys(parts).filter((name) => /\.(?:xml|rels|x?html|opf)$/.test(name)).toSorted()
  const name = names[first.value % names.length]
  if (name === undefined) return seed.body
  return zipSync({ ...parts, [name]: apply(parts[name] as Uint8Array, steps, seed, all) }, { level: 1, mtime: new Date(2025, 10, 2, 12) })
}

const apply = (body: Uint8Array, steps: readonly Step[], seed: Seed, all: readonly Seed[]): Uint8Array => steps.reduce((bytes, one) => applyOne(bytes, one, seed, all), body)

const bytesMax = 2_000_000

const applyOne = (bytes: Uint8Array, { what, at, length, value }: Step, seed: Seed, all: readonly Seed[]): Uint8Array => {
  const from = Math.min(bytes.length, Math.floor(at * bytes.length))
  // Mostly short pieces: a square.
  const to = Math.min(bytes.length, from + 1 + Math.floor(length ** 3 * bytes.length))
  const before = bytes.subarray(0, from)
  const piece = bytes.subarray(from, to)
  const after = bytes.subarray(to)
  switch (what) {
    case 'cut':
      return Buffer.concat([before, after])
    case 'repeat':
      return Buffer.concat([before, ...Array.from({ length: Math.min(1 + (value % 200), Math.max(1, Math.floor(bytesMax / Math.max(1, piece.length)))) }, () => piece), after]).subarray(0, bytesMax)
    case 'move':
      return Buffer.concat([after, piece, before])
    case 'flip': {
      const changed = Buffer.from(bytes)
      if (from < changed.length) changed[from] = (changed[from] ?? 0) ^ (1 << (value % 8))
      return changed
    }
    case 'insert':
      return Buffer.concat([before, snippets[value % snippets.length] ?? new Uint8Array(), bytes.subarray(from)])
    case 'splice': {
      const alike = all.filter((one) => one.kind === seed.kind)
      const other = alike[value % alike.length]?.body ?? bytes
      return Buffer.concat([before, other.subarray(Math.floor(length * other.length))]).subarray(0, bytesMax)
    }
    case 'end':
      return before
    case 'number': {
      // The next number in the text becomes another.
      const text = Buffer.from(bytes).toString('latin1')
      const found = /\d+/.exec(text.slice(from, from + 2000))
      if (!found) return bytes
      const numbers = ['0', '-1', '1', '65536', '2147483648', '99999999999', '1e308', String(value)]
      return Buffer.from(text.slice(0, from + found.index) + (numbers[value % numbers.length] ?? '0') + text.slice(from + found.index + found[0].length), 'latin1')
    }
  }
}
