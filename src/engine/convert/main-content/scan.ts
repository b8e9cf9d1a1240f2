import type { AnyNode, ChildNode, Document, Element, Text } from 'domhandler'
import { emptyMeasure, measure, type TextMeasure } from './measure.ts'
import { reopenCdata } from './repair.ts'
import { consentBit, markupReader } from './vocabulary.ts'

/** Ancestor kinds; the position is the bit in `Page.context`. */
export const contextNames = [
  'nav', 'header', 'footer', 'aside', 'main', 'article', 'section', 'form', 'table', 'list', 'definitions', 'figure',
  'blockquote', 'details', 'control', 'dialog', 'pre', 'noscript', 'hidden', 'link', 'heading', 'tabpanel', 'itemtext', 'itemscope',
] as const
const bit = (name: (typeof contextNames)[number]): number => 1 << contextNames.indexOf(name)

const contextByTag: Record<string, number> = {
  nav: bit('nav'), header: bit('header'), footer: bit('footer'), aside: bit('aside'), main: bit('main'), article: bit('article'),
  section: bit('section'), form: bit('form'), table: bit('table'), ul: bit('list'), ol: bit('list'), dl: bit('definitions'),
  figure: bit('figure'), blockquote: bit('blockquote'), details: bit('details'), button: bit('control'), label: bit('control'),
  legend: bit('control'), dialog: bit('dialog'), pre: bit('pre'), noscript: bit('noscript'), template: bit('noscript'), a: bit('link'),
  h1: bit('heading'), h2: bit('heading'), h3: bit('heading'), h4: bit('heading'), h5: bit('heading'), h6: bit('heading'),
}
const contextByRole: Record<string, number> = {
  navigation: bit('nav'), menu: bit('nav'), menubar: bit('nav'), banner: bit('header'), contentinfo: bit('footer'), complementary: bit('aside'),
  main: bit('main'), article: bit('article'), search: bit('form'), form: bit('form'), dialog: bit('dialog'), alertdialog: bit('dialog'),
  button: bit('control'), tab: bit('control'), tabpanel: bit('tabpanel'), heading: bit('heading'), list: bit('list'),
}
const hiddenBit = bit('hidden')
const linkBit = bit('link')

/** Tags whose own name is a feature of a block; anything else is `other`. */
export const blockTags = [
  'other', 'p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'li', 'tr', 'td', 'dt', 'dd', 'pre', 'blockquote', 'button', 'label', 'figcaption',
  'div', 'span', 'a', 'summary', 'section', 'article',
] as const

const skipped = new Set([
  'script', 'style', 'svg', 'iframe', 'object', 'embed', 'audio', 'video', 'canvas', 'textarea', 'title', 'meta', 'link', 'select', 'datalist',
  'map', 'math-field', 'frameset', 'applet', 'progress', 'meter', 'input', 'base', 'param', 'source', 'track',
])
const inline = new Set([
  'a', 'abbr', 'acronym', 'b', 'bdi', 'bdo', 'big', 'cite', 'code', 'data', 'del', 'dfn', 'em', 'font', 'i', 'ins', 'kbd', 'mark', 'math', 'q',
  'rb', 'rp', 'rt', 'ruby', 's', 'samp', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'time', 'tt', 'u', 'var', 'wbr', 'nobr', 'img',
  'picture', 'annotation', 'semantics', 'mrow', 'mi', 'mo', 'mn', 'msup', 'msub', 'mfrac', 'msqrt', 'mtext', 'mtd', 'mtr', 'mtable', 'mstyle',
])

/** A run of inline text between two block borders: the unit that is kept or dropped. */
export interface Block {
  /** The element (by index) that holds the run. */
  element: number
  text: string
  size: TextMeasure
  linkWords: number
  links: number
  images: number
  strongWords: number
  timeTags: number
  /** Markup vocabulary of the inline elements inside the run. */
  inlineMarkup: number
  inlineCode: number
}

/** The page as arrays over elements in document order, and its blocks. */
export interface Page {
  elements: Element[]
  parent: number[]
  depth: number[]
  /** Vocabulary of the element's own class, id and role; of it and its next two ancestors; of it and all ancestors. */
  ownMarkup: number[]
  nearMarkup: number[]
  allMarkup: number[]
  ownContext: number[]
  context: number[]
  signature: number[]
  /** Interned path of three signatures: elements with the same one are made by the same template. */
  template: number[]
  /** Blocks of the subtree: from (inclusive) and to (exclusive). */
  firstBlock: number[]
  lastBlock: number[]
  /** Siblings with the same signature, itself included. */
  alike: number[]
  images: number[]
  blocks: Block[]
  /** Text nodes with content in document order, and the block of each. */
  texts: Text[]
  blockOfText: number[]
  /** Words of the class and id of `html` and `body`. */
  bodyMarkup: number
  bodyWords: string
  counts: PageCounts
  truncated: boolean
}

export interface PageCounts {
  elements: number
  forms: number
  inputs: number
  buttons: number
  images: number
  codeBlocks: number
  tables: number
  times: number
  videos: number
  headings: number[]
  itemTypes: string[]
}

/** What lies beyond is not looked at: more than any page that fits the size limit of a fetch. */
export const elementsMax = 1_500_000

/** By type, not by class: the tree may come from another copy of domhandler. */
export const isText = (node: AnyNode): node is Text => node.type === 'text'
export const isElement = (node: AnyNode): node is Element => node.type === 'tag'

const isData = (table: Element): boolean => {
  // Bounded: nested tables would otherwise be looked through once per level.
  const stack: ChildNode[] = [...table.children]
  let budget = 400
  let cells = 0
  while (stack.length > 0 && budget-- > 0) {
    const node = stack.pop()
    if (node === undefined || !isElement(node)) continue
    if (node.name === 'table' || node.name === 'form' || node.name === 'h1' || node.name === 'h2' || node.name === 'h3' || node.name === 'ul' || node.name === 'p' || node.name === 'div' || node.name === 'blockquote' || node.name === 'article') {
      return false
    }
    if (node.name === 'td' || node.name === 'th') cells++
    for (let i = Math.min(node.children.length, 60) - 1; i >= 0; i--) {
      const child = node.children[i]
      if (child !== undefined) stack.push(child)
    }
  }
  return cells > 1
}

/** Whether an element named for a consent tool is rather the page itself, with the tool as a mere state of it. */
const holdsPage = (element: Element): boolean => {
  const stack: ChildNode[] = [element]
  for (let budget = 3000; stack.length > 0 && budget > 0; budget--) {
    const node = stack.pop()
    if (node === undefined || !isElement(node)) continue
    if (node.name === 'body' || node.name === 'main' || node.name === 'article' || node.name === 'h1' || node.name === 'nav') return true
    for (let i = Math.min(node.children.length, 100) - 1; i >= 0; i--) {
      const child = node.children[i]
      if (child !== undefined) stack.push(child)
    }
  }
  return false
}

const hides = (attribs: Record<string, string>): boolean =>
  attribs.hidden !== undefined || attribs['aria-hidden'] === 'true'
  || (attribs.style !== undefined && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribs.style.slice(0, 500)))

const hasText = (data: string): boolean => /\S/.test(data)

export const scan = (root: Document): Page => {
  const page: Page = {
    elements: [], parent: [], depth: [], ownMarkup: [], nearMarkup: [], allMarkup: [], ownContext: [], context: [], signature: [], template: [],
    firstBlock: [], lastBlock: [], alike: [], images: [], blocks: [], texts: [], blockOfText: [], bodyMarkup: 0, bodyWords: '',
    counts: { elements: 0, forms: 0, inputs: 0, buttons: 0, images: 0, codeBlocks: 0, tables: 0, times: 0, videos: 0, headings: [0, 0, 0, 0, 0, 0], itemTypes: [] },
    truncated: false,
  }
  const counts = page.counts
  const markupOf = markupReader()
  const signatures = new Map<string, number>()
  const templates = new Map<string, number>()
  const intern = (table: Map<string, number>, key: string): number => {
    const known = table.get(key)
    if (known !== undefined) return known
    table.set(key, table.size)
    return table.size - 1
  }

  // The open run.
  let run: string[] = []
  let runTexts = 0
  let size = emptyMeasure()
  let linkWords = 0, links = 0, images = 0, strongWords = 0, timeTags = 0, inlineMarkup = 0, inlineCode = 0, breaks = 0
  const container: number[] = [-1]
  const reset = (): void => {
    run = []
    runTexts = 0
    size = emptyMeasure()
    linkWords = links = images = strongWords = timeTags = inlineMarkup = inlineCode = breaks = 0
  }
  const flush = (): void => {
    if (runTexts > 0) {
      page.blocks.push({
        element: container[container.length - 1] ?? -1, text: run.join('').replace(/[ \t\u00a0]+/g, ' ').trim(), size, linkWords, links, images,
        strongWords, timeTags, inlineMarkup, inlineCode,
      })
    }
    if (runTexts > 0 || links > 0 || images > 0) reset()
    breaks = 0
    if (run.length > 0) run = []
  }

  let preDepth = 0, anchors = 0, strong = 0, headings = 0
  const dataTables: boolean[] = []

  const enter = (element: Element, parent: number, markup: number): number => {
    const index = page.elements.length
    const attribs = element.attribs
    const name = element.name
    let own = markup
    let context = contextByTag[name] ?? 0
    if (attribs.role !== undefined) context |= contextByRole[attribs.role] ?? 0
    if (hides(attribs)) context |= hiddenBit
    if (attribs.itemprop !== undefined && /^(articleBody|description|text|reviewBody)$/i.test(attribs.itemprop)) context |= bit('itemtext')
    if (attribs.itemtype !== undefined) {
      context |= bit('itemscope')
      if (counts.itemTypes.length < 200) counts.itemTypes.push(attribs.itemtype.slice(-60))
    }
    if (name === 'body' || name === 'html') {
      page.bodyMarkup |= own
      page.bodyWords += ` ${(attribs.class ?? '').slice(0, 600)} ${(attribs.id ?? '').slice(0, 100)}`
      own = 0
      context = 0
    }
    const up = parent < 0 ? 0 : page.parent[parent] ?? -1
    page.elements.push(element)
    page.parent.push(parent)
    page.depth.push(parent < 0 ? 0 : (page.depth[parent] ?? 0) + 1)
    page.ownMarkup.push(own)
    page.nearMarkup.push(own | (page.ownMarkup[parent] ?? 0) | (page.ownMarkup[up] ?? 0))
    page.allMarkup.push(own | (page.allMarkup[parent] ?? 0))
    page.ownContext.push(context)
    page.context.push(context | (page.context[parent] ?? 0))
    const signature = intern(signatures, `${name}.${(attribs.class ?? '').slice(0, 80).replace(/\d+/g, '')}`)
    page.signature.push(signature)
    page.template.push(intern(templates, `${page.signature[up] ?? -1}/${page.signature[parent] ?? -1}/${signature}`))
    page.firstBlock.push(page.blocks.length)
    page.lastBlock.push(page.blocks.length)
    page.alike.push(1)
    page.images.push(0)
    return index
  }

  const tally = (element: Element, index: number): void => {
    switch (element.name) {
      case 'form': counts.forms++; break
      case 'input': case 'select': case 'textarea': counts.inputs++; break
      case 'button': counts.buttons++; break
      case 'pre': counts.codeBlocks++; break
      case 'table': counts.tables++; break
      case 'video': case 'iframe': counts.videos++; break
      case 'time': counts.times++; timeTags++; break
      case 'code': inlineCode++; break
      case 'img': case 'picture':
        counts.images++
        images++
        page.images[index] = (page.images[index] ?? 0) + 1
        break
      default: {
        const level = element.name.length === 2 && element.name.charCodeAt(0) === 104 ? element.name.charCodeAt(1) - 49 : -1
        if (level >= 0 && level < 6) counts.headings[level] = (counts.headings[level] ?? 0) + 1
      }
    }
  }

  interface Frame { children: ChildNode[]; next: number; index: number; block: boolean; element: Element | null }
  const stack: Frame[] = [{ children: root.children, next: 0, index: -1, block: true, element: null }]

  const onText = (node: Text): void => {
    const data = node.data
    if (!hasText(data)) {
      if (run.length > 0 && data !== '') run.push(' ')
      return
    }
    breaks = 0
    const before = size.words
    measure(data, size)
    const words = size.words - before
    if (anchors > 0) linkWords += words
    if (strong > 0) strongWords += words
    run.push(preDepth > 0 ? data : data.replace(/\s+/g, ' '))
    page.texts.push(node)
    page.blockOfText.push(page.blocks.length)
    runTexts++
  }

  const isBlock = (name: string): boolean => {
    if (preDepth > 0) return false
    if (name === 'td' || name === 'th') return dataTables[dataTables.length - 1] !== true
    if (name === 'button') return headings === 0
    return !inline.has(name)
  }

  const open = (element: Element, parent: number): void => {
    const name = element.name
    if (name === 'br') {
      run.push('\n')
      breaks++
      if (breaks >= 2 && preDepth === 0 && headings === 0) flush()
      return
    }
    counts.elements++
    if (name === 'hr') flush()
    if (skipped.has(name) || page.elements.length >= elementsMax) {
      if (name === 'input' || name === 'select' || name === 'textarea' || name === 'video' || name === 'iframe') tally(element, parent)
      if (page.elements.length >= elementsMax) page.truncated = true
      return
    }
    const own = markupOf(element.attribs.class) | markupOf(element.attribs.id) | markupOf(element.attribs['data-testid'])
    if ((own & consentBit) !== 0 && !holdsPage(element)) return
    const block = isBlock(name)
    if (block) flush()
    else if (name === 'td' || name === 'th') run.push(' ')
    const index = enter(element, parent, own & ~consentBit)
    tally(element, index)
    if (name === 'table') dataTables.push(isData(element))
    if (name === 'pre') preDepth++
    if (name === 'a') { anchors++; links++ }
    if (name === 'b' || name === 'strong') strong++
    if ((page.ownContext[index] ?? 0) & bit('heading')) headings++
    if (block) container.push(index)
    else inlineMarkup |= page.ownMarkup[index] ?? 0
    stack.push({ children: element.children, next: 0, index, block, element })
  }

  const close = (frame: Frame): void => {
    const { element, index } = frame
    if (element === null) return
    const name = element.name
    if (frame.block) {
      flush()
      container.pop()
    }
    if (name === 'table') dataTables.pop()
    if (name === 'pre') preDepth--
    if (name === 'a') anchors--
    if (name === 'b' || name === 'strong') strong--
    if ((page.ownContext[index] ?? 0) & bit('heading')) headings--
    // An inline element that ends in mid-run still owns the block to come.
    page.lastBlock[index] = page.blocks.length + (frame.block || runTexts === 0 ? 0 : 1)
    const parent = page.parent[index] ?? -1
    if (parent >= 0) page.images[parent] = (page.images[parent] ?? 0) + (page.images[index] ?? 0)
  }

  for (let frame = stack[stack.length - 1]; frame !== undefined; frame = stack[stack.length - 1]) {
    const node: AnyNode | undefined = frame.children[frame.next++]
    if (node === undefined) {
      close(frame)
      stack.pop()
    } else if (node.type === 'comment') {
      if (reopenCdata(node, frame.children, frame.next - 1, frame.element ?? root)) frame.next--
    } else if (isText(node)) onText(node)
    else if (isElement(node)) open(node, frame.index)
  }
  flush()
  countAlike(page)
  return page
}

const countAlike = (page: Page): void => {
  const total = new Map<number, number>()
  const key = (i: number): number => ((page.parent[i] ?? -1) + 1) * 0x400000 + (page.signature[i] ?? 0)
  for (let i = 0; i < page.elements.length; i++) total.set(key(i), (total.get(key(i)) ?? 0) + 1)
  for (let i = 0; i < page.elements.length; i++) page.alike[i] = total.get(key(i)) ?? 1
}

export { linkBit, hiddenBit, bit as contextBit }
