import { apply, compose, type Box, type Matrix } from './geometry.ts'

/** A piece of text in one font. */
export interface Run extends Box {
  text: string
  /** y of the line it stands on. */
  base: number
  size: number
  bold: boolean
  italic: boolean
  /** Typewriter letters: code, mostly. */
  mono: boolean
  rtl: boolean
  href?: string
}

export interface TextItem {
  str: string
  dir: string
  width: number
  height: number
  transform: number[]
  fontName: string
}

export interface LinkArea extends Box {
  href: string
}

const runsMax = 60_000

/** The text of a page, upright first; what is turned by a quarter comes apart, in the order of the file. */
export const runsOf = (items: readonly TextItem[], view: Matrix, nameOf: (font: string) => string, links: readonly LinkArea[]): { runs: Run[]; turned: string } => {
  const runs: Run[] = []
  const turned: string[] = []
  for (const { str, dir, width, transform, fontName } of items.slice(0, runsMax)) {
    if (str === '') continue
    // Safe: pdf.js gives six numbers.
    const matrix = compose(view, transform as unknown as Matrix)
    const size = Math.hypot(matrix[2], matrix[3])
    const along = Math.hypot(matrix[0], matrix[1])
    if (size < 0.5 || along === 0) continue
    if (Math.abs(matrix[1]) > 0.3 * along || matrix[0] < 0) {
      turned.push(str)
      continue
    }
    const [x0, base] = apply(matrix, 0, 0)
    const name = nameOf(fontName)
    runs.push(...splitByLinks({ text: str.replaceAll('\0', ''), x0, x1: x0 + width, base, size, top: base - size * 0.8, bottom: base + size * 0.2, bold: /bold|black|heavy|demi/i.test(name), italic: /italic|oblique/i.test(name), mono: /mono|nimbusmon|courier|consol|typewriter|menlo|terminal|(?:^|\+)(?:cmtt|sftt|ectt)/i.test(name), rtl: dir === 'rtl' }, links))
  }
  return { runs, turned: turned.join(' ').replace(/\s+/g, ' ').trim() }
}

/** A run may be a whole line of which a few words are a link; their place is told by their share of its width. */
const splitByLinks = (run: Run, links: readonly LinkArea[]): Run[] => {
  const middle = (run.top + run.bottom) / 2
  const over = links.filter((link) => link.top <= middle && link.bottom >= middle && link.x0 < run.x1 - 1 && link.x1 > run.x0 + 1)
  if (over.length === 0 || run.text.trim() === '') return [run]
  const width = Math.max(run.x1 - run.x0, 0.1)
  const at = (x: number): number => {
    const rough = Math.round(((x - run.x0) / width) * run.text.length)
    if (rough <= 0 || rough >= run.text.length) return Math.min(Math.max(rough, 0), run.text.length)
    // To the nearest border of a word.
    for (let step = 0; step < 4; step++) {
      const place = [rough - step, rough + step].find((one) => isBorder(run.text, one))
      if (place !== undefined) return place
    }
    return rough
  }
  const parts: Run[] = []
  let done = 0
  const push = (from: number, to: number, href?: string): void => {
    if (to <= from) return
    parts.push({ ...run, text: run.text.slice(from, to), x0: run.x0 + (width * from) / run.text.length, x1: run.x0 + (width * to) / run.text.length, ...(href === undefined ? {} : { href }) })
  }
  for (const link of over.toSorted((a, b) => a.x0 - b.x0)) {
    const from = Math.max(done, at(link.x0))
    const to = Math.max(from, at(link.x1))
    push(done, from)
    push(from, to, link.href)
    done = to
  }
  push(done, run.text.length)
  return parts
}

const isBorder = (text: string, place: number): boolean => /\w/.test(text[place - 1] ?? ' ') !== /\w/.test(text[place] ?? ' ')
