import { isGood, prefixWords, type Totals } from './page-features.ts'
import { blockTags, contextBit, contextNames, type Block, type Page } from './scan.ts'
import type { Structured } from './structured.ts'
import { markupNames, phraseNames } from './vocabulary.ts'

export const kindNames = ['article', 'documentation', 'service', 'forum', 'collection', 'listing', 'product'] as const

const around = ['prev1', 'prev2', 'next1', 'next2'] as const
const levels = ['up1', 'up2', 'up3', 'up4'] as const
const groupNames = ['near', 'outer'] as const

export const blockFeatureNames: string[] = [
  'words', 'linkDensity', 'links', 'sentences', 'commas', 'stopRatio', 'digitRatio', 'upperRatio', 'capitalRatio', 'wordLength', 'separators', 'currency',
  'images', 'strongRatio', 'timeTags', 'inlineCode', 'endsSentence', 'endsColon', 'startsLower', 'hasDate', 'hasPrice', 'longestWord',
  'tag', 'headingLevel', 'depth', 'position', 'wordsBefore', 'wordsAfter', 'fromFirstGood', 'toLastGood', 'insideGood', 'fromH1', 'h1Levels', 'mainLevels', 'inMain60', 'inMain90',
  'copies', 'copyBefore', 'titleMatch', 'titleCover', 'structuredMatch', 'descriptionMatch',
  'fromHeading', 'headingWords', 'governingLevel', 'goodNear5', 'goodNear15', 'linkNear5', 'sectionWords', 'sectionLinkDensity', 'sectionGood', 'sectionBlocks',
  'templateCount', 'templateWords', 'templateSpread', 'templateLinkDensity', 'templateShare', 'parentImages', 'alike', 'siblingIndex',
  ...around.flatMap((name) => [`${name}:words`, `${name}:linkDensity`, `${name}:tag`, `${name}:same`]),
  ...levels.flatMap((name) => [`${name}:words`, `${name}:linkDensity`, `${name}:good`, `${name}:blocks`, `${name}:place`]),
  ...groupNames.flatMap((name) => [`${name}:items`, `${name}:wordsPerItem`, `${name}:share`, `${name}:linkDensity`, `${name}:itemWords`, `${name}:itemBlocks`, `${name}:itemPlace`]),
  ...contextNames.map((name) => `in:${name}`),
  ...markupNames.map((name) => `markup:${name}`),
  ...phraseNames.map((name) => `says:${name}`),
  ...phraseNames.map((name) => `lead:${name}`),
  ...phraseNames.map((name) => `under:${name}`),
  'page:words', 'page:linkDensity', 'page:goodShare', 'page:blocks', 'page:goodBlocks', 'page:mainWords', 'page:stopRatio',
  ...kindNames.map((name) => `kind:${name}`),
]

export const blockFeatureCount = blockFeatureNames.length

const log = (value: number): number => Math.log2(1 + value)
const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)

const datePattern = /\b(?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\bago\b|\d{1,2}:\d\d/i
const pricePattern = /[$€£¥₹]\s?\d|\d\s?(?:€|kr|zł|usd|eur)\b/i

/** A hash of each run of three words, for overlap with what the page says in its structured data. */
const trigrams = (text: string, wordsMax: number): number[] => {
  const hashes: number[] = []
  const keys: number[] = []
  for (const match of text.slice(0, wordsMax * 12).toLowerCase().matchAll(/[\p{L}\p{N}_]+/gu)) {
    let hash = 2166136261
    for (let i = 0; i < match[0].length; i++) hash = Math.imul(hash ^ match[0].charCodeAt(i), 16777619)
    hashes.push(hash)
    if (hashes.length > wordsMax) break
  }
  for (let i = 0; i + 2 < hashes.length; i++) keys.push((Math.imul(hashes[i] ?? 0, 31) ^ Math.imul(hashes[i + 1] ?? 0, 131) ^ (hashes[i + 2] ?? 0)) | 0)
  return keys
}

const overlap = (keys: readonly number[], set: ReadonlySet<number>): number => {
  if (keys.length === 0 || set.size === 0) return 0
  let shared = 0
  for (const key of keys) if (set.has(key)) shared++
  return shared / keys.length
}

const headingLevel = (page: Page, block: Block): number => {
  let index = block.element
  for (let up = 0; up < 3 && index >= 0; up++, index = page.parent[index] ?? -1) {
    const name = page.elements[index]?.name ?? ''
    if (name.length === 2 && name[0] === 'h' && name >= 'h1' && name <= 'h6') return Number(name[1])
  }
  return (page.context[block.element] ?? 0) & contextBit('heading') ? 3 : 0
}

/** Everything about the page that the features of its blocks refer to. Made once, in time linear in elements and blocks. */
export const describe = (page: Page, structured: Structured, totals: Totals, phrases: Int32Array) => {
  const { blocks } = page
  const n = blocks.length
  const prefix = prefixWords(page)
  const words = (from: number, to: number): number => (prefix.all[to] ?? 0) - (prefix.all[from] ?? 0)
  const links = (from: number, to: number): number => (prefix.links[to] ?? 0) - (prefix.links[from] ?? 0)
  const good = (from: number, to: number): number => (prefix.good[to] ?? 0) - (prefix.good[from] ?? 0)

  const tags = new Uint8Array(n)
  const headings = new Uint8Array(n)
  const copies = new Map<string, number>()
  const earlier = new Int32Array(n)
  const headingAt = new Int32Array(n).fill(-1)
  let h1 = -1
  let lastHeading = -1
  let firstGood = -1
  let lastGood = -1
  blocks.forEach((block, i) => {
    tags[i] = Math.max(0, (blockTags as readonly string[]).indexOf(page.elements[block.element]?.name ?? ''))
    const level = headingLevel(page, block)
    headings[i] = level
    headingAt[i] = lastHeading
    if (level > 0) lastHeading = i
    if (level === 1 && h1 < 0 && block.size.words > 0 && ((page.context[block.element] ?? 0) & contextBit('hidden')) === 0) h1 = i
    if (isGood(block)) {
      if (firstGood < 0) firstGood = i
      lastGood = i
    }
    const key = block.text.slice(0, 120)
    const count = copies.get(key) ?? 0
    earlier[i] = count
    copies.set(key, count + 1)
  })

  // The deepest elements that hold 60 and 90 percent of the good text.
  const goodTotal = totals.goodWords > 0 ? totals.goodWords : totals.words
  const holds = (i: number): number => {
    const from = page.firstBlock[i] ?? 0
    const to = page.lastBlock[i] ?? 0
    return totals.goodWords > 0 ? good(from, to) : words(from, to)
  }
  let main60 = -1
  let main90 = -1
  // What heads the element (its first short block) is inherited by everything in it.
  const lead = new Int32Array(page.elements.length)
  const near = new Int32Array(page.elements.length).fill(-1)
  const outer = new Int32Array(page.elements.length).fill(-1)
  const groups = new Map<number, { words: number; links: number; items: number }>()
  const groupKey = (i: number): number => ((page.parent[i] ?? -1) + 1) * 0x400000 + (page.signature[i] ?? 0)
  const place = new Int32Array(page.elements.length)
  for (let i = 0; i < page.elements.length; i++) {
    const from = page.firstBlock[i] ?? 0
    const to = page.lastBlock[i] ?? 0
    const parent = page.parent[i] ?? -1
    const held = holds(i)
    if (held >= 0.6 * goodTotal && goodTotal > 0 && (main60 < 0 || (page.depth[i] ?? 0) > (page.depth[main60] ?? 0))) main60 = i
    if (held >= 0.9 * goodTotal && goodTotal > 0 && (main90 < 0 || (page.depth[i] ?? 0) > (page.depth[main90] ?? 0))) main90 = i
    const first = blocks[from]
    const inherited = parent < 0 ? 0 : lead[parent] ?? 0
    lead[i] = inherited | (to - from > 1 && first !== undefined && first.size.words <= 10 && words(from, to) < 0.5 * totals.words ? phrases[from] ?? 0 : 0)
    if (to > from && (page.alike[i] ?? 0) >= 3) {
      const key = groupKey(i)
      let group = groups.get(key)
      if (group === undefined) groups.set(key, (group = { words: 0, links: 0, items: 0 }))
      place[i] = group.items
      group.words += words(from, to)
      group.links += links(from, to)
      group.items++
      near[i] = i
      outer[i] = parent >= 0 && (outer[parent] ?? -1) >= 0 ? outer[parent] ?? -1 : i
    } else {
      near[i] = parent < 0 ? -1 : near[parent] ?? -1
      outer[i] = parent < 0 ? -1 : outer[parent] ?? -1
    }
  }

  interface Template { count: number; words: number; squares: number; links: number }
  const templates = new Map<number, Template>()
  const templateKey = (block: Block): number => page.template[block.element] ?? -1
  for (const block of blocks) {
    let entry = templates.get(templateKey(block))
    if (entry === undefined) templates.set(templateKey(block), (entry = { count: 0, words: 0, squares: 0, links: 0 }))
    entry.count++
    entry.words += block.size.words
    entry.squares += log(block.size.words) ** 2
    entry.links += block.linkWords
  }

  const titleWords = new Set(structured.title.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [])
  const known = new Set<number>()
  for (const item of structured.texts) if (item.key !== 'name' && item.key !== 'headline' && known.size < 50_000) for (const key of trigrams(item.text, 5000)) known.add(key)
  const description = new Set(trigrams(structured.description, 500))

  return {
    page, structured, totals, phrases, words, links, good, tags, headings, copies, earlier, headingAt, h1, firstGood, lastGood, main60, main90,
    lead, near, outer, groups, groupKey, place, templates, templateKey, titleWords, known, description, prefix,
  }
}

export type Description = ReturnType<typeof describe>

/** Writes the features of block `i` into `into` from `offset` on, in the order of `blockFeatureNames`. */
export const writeBlockFeatures = (d: Description, kinds: ArrayLike<number>, i: number, into: Float32Array, offset: number): void => {
  const { page, totals, phrases } = d
  const { blocks } = page
  const n = blocks.length
  const block = blocks[i]
  if (block === undefined) return
  const { size, element } = block
  let at = offset
  const put = (value: number): void => { into[at++] = value }
  const { words } = size
  const chars = size.letters + size.digits
  const { text } = block
  const tail = text.slice(-3)

  put(log(words)); put(ratio(block.linkWords, words)); put(log(block.links)); put(log(size.sentences)); put(ratio(size.commas, words))
  put(ratio(size.stops, words)); put(ratio(size.digits, chars)); put(ratio(size.upper, chars)); put(ratio(size.capitalised, words)); put(ratio(chars, words))
  put(log(size.separators)); put(log(size.currency)); put(log(block.images)); put(ratio(block.strongWords, words)); put(log(block.timeTags)); put(log(block.inlineCode))
  put(/[.!?。！？…]["”')\]]?\s*$/.test(tail) ? 1 : 0); put(/[:：]\s*$/.test(tail) ? 1 : 0); put(/^\p{Ll}/u.test(text) ? 1 : 0)
  const start = text.length > 200 ? text.slice(0, 200) : text
  put(datePattern.test(start) ? 1 : 0); put(pricePattern.test(start) ? 1 : 0); put(size.longestWord)

  const level = d.headings[i] ?? 0
  put(d.tags[i] ?? 0); put(level); put(page.depth[element] ?? 0); put(ratio(i, n)); put(ratio(d.prefix.all[i] ?? 0, totals.words)); put(log(totals.words - (d.prefix.all[i] ?? 0)))
  put(d.firstGood < 0 ? 0 : Math.sign(i - d.firstGood) * log(Math.abs(i - d.firstGood)))
  put(d.lastGood < 0 ? 0 : Math.sign(d.lastGood - i) * log(Math.abs(d.lastGood - i)))
  put(d.firstGood < 0 ? -1 : i < d.firstGood ? 0 : i > d.lastGood ? 2 : 1)
  put(d.h1 < 0 ? -20 : Math.sign(i - d.h1) * log(Math.abs(i - d.h1)))
  put(d.h1 < 0 ? -1 : levelsTo(page, element, d.h1, d.h1 + 1))
  put(d.main60 < 0 ? -1 : levelsTo(page, element, page.firstBlock[d.main60] ?? 0, page.lastBlock[d.main60] ?? 0))
  put(d.main60 >= 0 && i >= (page.firstBlock[d.main60] ?? 0) && i < (page.lastBlock[d.main60] ?? 0) ? 1 : 0)
  put(d.main90 >= 0 && i >= (page.firstBlock[d.main90] ?? 0) && i < (page.lastBlock[d.main90] ?? 0) ? 1 : 0)

  put(log(d.copies.get(text.slice(0, 120)) ?? 1)); put(log(d.earlier[i] ?? 0))
  let match = 0
  let cover = 0
  if (words <= 30 && d.titleWords.size > 0) {
    const own = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []
    const shared = new Set(own.filter((word) => d.titleWords.has(word))).size
    match = ratio(shared, own.length)
    cover = ratio(shared, d.titleWords.size)
  }
  put(match); put(cover)
  const keys = (d.known.size > 0 || d.description.size > 0) && words >= 4 ? trigrams(text, 60) : []
  put(overlap(keys, d.known)); put(overlap(keys, d.description))

  const heading = d.headingAt[i] ?? -1
  put(heading < 0 ? -1 : log(i - heading)); put(heading < 0 ? 0 : log(d.words(heading, i))); put(heading < 0 ? 0 : d.headings[heading] ?? 0)
  const lo5 = Math.max(0, i - 5), hi5 = Math.min(n, i + 6), lo15 = Math.max(0, i - 15), hi15 = Math.min(n, i + 16)
  put(log(d.good(lo5, hi5))); put(log(d.good(lo15, hi15))); put(ratio(d.links(lo5, hi5), d.words(lo5, hi5)))
  putSection(d, element, put)

  const template = d.templates.get(d.templateKey(block))
  const count = template?.count ?? 1
  const average = ratio(template?.words ?? words, count)
  put(log(count)); put(log(average)); put(ratio(template?.squares ?? 0, count) - log(average) ** 2); put(ratio(template?.links ?? 0, template?.words ?? 0)); put(ratio(template?.words ?? 0, totals.words))
  put(log(page.images[page.parent[element] ?? -1] ?? 0)); put(log(page.alike[element] ?? 1))
  put(log(i - (page.firstBlock[page.parent[element] ?? -1] ?? 0)))

  for (const step of [-1, -2, 1, 2]) {
    const other = blocks[i + step]
    if (other === undefined) { put(-1); put(-1); put(-1); put(-1) }
    else { put(log(other.size.words)); put(ratio(other.linkWords, other.size.words)); put(d.tags[i + step] ?? 0); put(d.templateKey(other) === d.templateKey(block) ? 1 : 0) }
  }
  putLevels(d, element, i, put)
  putGroup(d, d.near[element] ?? -1, i, put)
  putGroup(d, d.outer[element] ?? -1, i, put)

  const context = page.context[element] ?? 0
  for (let bit = 0; bit < contextNames.length; bit++) put((context >> bit) & 1)
  const own = (page.ownMarkup[element] ?? 0) | block.inlineMarkup
  const nearby = page.nearMarkup[element] ?? 0
  const all = page.allMarkup[element] ?? 0
  for (let bit = 0; bit < markupNames.length; bit++) put((own >> bit) & 1 ? 3 : (nearby >> bit) & 1 ? 2 : (all >> bit) & 1)
  const says = phrases[i] ?? 0
  const leads = d.lead[element] ?? 0
  const under = heading < 0 ? 0 : phrases[heading] ?? 0
  for (let bit = 0; bit < phraseNames.length; bit++) put((says >> bit) & 1)
  for (let bit = 0; bit < phraseNames.length; bit++) put((leads >> bit) & 1)
  for (let bit = 0; bit < phraseNames.length; bit++) put((under >> bit) & 1)

  put(log(totals.words)); put(ratio(totals.linkWords, totals.words)); put(ratio(totals.goodWords, totals.words)); put(log(n))
  put(log(d.lastGood - d.firstGood + 1)); put(d.main60 < 0 ? 0 : ratio(d.words(page.firstBlock[d.main60] ?? 0, page.lastBlock[d.main60] ?? 0), totals.words)); put(ratio(totals.stops, totals.words))
  for (let kind = 0; kind < kindNames.length; kind++) put(kinds[kind] ?? 0)
}

/** Levels from an element up to the first ancestor that holds the given blocks; bounded, so that deep pages stay linear. */
const levelsTo = (page: Page, element: number, from: number, to: number): number => {
  let index = element
  for (let level = 0; level < 16; level++) {
    if (index < 0 || ((page.firstBlock[index] ?? 0) <= from && (page.lastBlock[index] ?? 0) >= to)) return level
    index = page.parent[index] ?? -1
  }
  return 16
}

/** The smallest ancestor with five blocks or more. */
const putSection = (d: Description, element: number, put: (value: number) => void): void => {
  const { page } = d
  let index = element
  for (let up = 0; up < 16 && index >= 0 && (page.lastBlock[index] ?? 0) - (page.firstBlock[index] ?? 0) < 5; up++) index = page.parent[index] ?? -1
  const from = index < 0 ? 0 : page.firstBlock[index] ?? 0
  const to = index < 0 ? page.blocks.length : page.lastBlock[index] ?? 0
  const words = d.words(from, to)
  put(log(words)); put(ratio(d.links(from, to), words)); put(ratio(d.good(from, to), words)); put(log(to - from))
}

/** The first four ancestors that each hold more blocks than the one before. */
const putLevels = (d: Description, element: number, i: number, put: (value: number) => void): void => {
  const { page } = d
  let index = page.parent[element] ?? -1
  let before = (page.lastBlock[element] ?? 0) - (page.firstBlock[element] ?? 0)
  let found = 0
  for (let up = 0; up < 24 && index >= 0 && found < 4; up++, index = page.parent[index] ?? -1) {
    const from = page.firstBlock[index] ?? 0
    const to = page.lastBlock[index] ?? 0
    if (to - from <= before) continue
    before = to - from
    found++
    const words = d.words(from, to)
    put(log(words)); put(ratio(d.links(from, to), words)); put(ratio(d.good(from, to), words)); put(log(to - from)); put(ratio(i - from, to - from))
  }
  for (; found < 4; found++) { put(-1); put(-1); put(-1); put(-1); put(-1) }
}

const putGroup = (d: Description, item: number, i: number, put: (value: number) => void): void => {
  const group = item < 0 ? undefined : d.groups.get(d.groupKey(item))
  if (group === undefined) {
    for (let k = 0; k < 7; k++) put(-1)
    return
  }
  const from = d.page.firstBlock[item] ?? 0
  const to = d.page.lastBlock[item] ?? 0
  put(log(group.items)); put(log(ratio(group.words, group.items))); put(ratio(group.words, d.totals.words)); put(ratio(group.links, group.words))
  put(log(d.words(from, to))); put(log(to - from)); put(ratio(i - from, to - from))
}
