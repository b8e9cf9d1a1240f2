import { type ChildNode, Document, Element, type ParentNode, Text } from 'domhandler'
import type { Handler } from 'htmlparser2'
import { depthMax } from './limits.ts'
import { isSegment, isSlot } from './streamed.ts'

type Attributes = Record<string, string>

/** What the head and the scripts of a page say, gathered in the same pass that builds the tree. */
export interface Gathered {
  title: string | undefined
  base: string | undefined
  html: Attributes
  body: Attributes
  metas: Attributes[]
  /** Attributes of `<link>`. */
  links: Attributes[]
  jsonLd: string[]
  /** Scripts that are data, or begin like an assignment of some. */
  stateScripts: { id: string; text: string }[]
  headings: Element[]
  times: Element[]
  noscripts: Element[]
  /** Parts of a page that React streamed, see `streamed.ts`. */
  slots: Element[]
  segments: Element[]
  /** Hidden elements, outermost only, with the characters of text inside. */
  concealed: { element: Element; chars: number }[]
  /** Characters of text outside of scripts and styles. */
  textChars: number
  scripts: number
  /** Characters of inline script. */
  scriptChars: number
  scriptSources: string[]
  stylesheets: number
  elements: number
  /** The page has an element with `itemscope`. */
  microdata: boolean
}

const gatheredMax = 2000
const jsonLdChars = 1_000_000
const stateChars = 4_000_000

/** Whitespace between the parts of these is never seen. */
const structural = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr', 'colgroup', 'ul', 'ol', 'dl', 'select', 'head', 'html', 'picture', 'datalist', 'video', 'audio'])

/** What an opening tag ends even where something unclosed lies between, and what stops the search. */
const listScope = new Set(['ul', 'ol', 'menu', 'dir', 'table', 'td', 'th', 'blockquote', 'section', 'article', 'main', 'body', 'details', 'form', 'figure', 'fieldset', 'header', 'footer', 'aside', 'nav', 'center'])
const tableScope = new Set(['table', 'template', 'html'])
const implied: Readonly<Record<string, { ends: ReadonlySet<string>; within: ReadonlySet<string> }>> = {
  li: { ends: new Set(['li']), within: listScope },
  dt: { ends: new Set(['dt', 'dd']), within: new Set([...listScope, 'dl']) },
  dd: { ends: new Set(['dt', 'dd']), within: new Set([...listScope, 'dl']) },
  td: { ends: new Set(['td', 'th']), within: new Set([...tableScope, 'tr']) },
  th: { ends: new Set(['td', 'th']), within: new Set([...tableScope, 'tr']) },
  tr: { ends: new Set(['tr']), within: new Set([...tableScope, 'thead', 'tbody', 'tfoot']) },
  tbody: { ends: new Set(['thead', 'tbody', 'tfoot']), within: tableScope },
  tfoot: { ends: new Set(['thead', 'tbody', 'tfoot']), within: tableScope },
}

/** Builds the tree from parser events. Scripts, styles, templates, comments and the inside of pictures in SVG are left out. */
export class TreeBuilder implements Partial<Handler> {
  readonly root = new Document([])
  readonly gathered: Gathered = {
    title: undefined, base: undefined, html: {}, body: {}, metas: [], links: [], jsonLd: [], stateScripts: [], headings: [], times: [], noscripts: [], slots: [], segments: [], concealed: [], textChars: 0,
    scripts: 0, scriptChars: 0, scriptSources: [], stylesheets: 0, elements: 0, microdata: false,
  }
  full = false
  /** Told of elements that an opening tag ended; false where the parser still waits for their closing tags. */
  onended: (names: readonly string[]) => boolean = () => false
  readonly #elementsMax: number
  /** Mirrors the parser's stack; `#alive` lacks those that were ended before their own tag. */
  readonly #open: Element[] = []
  readonly #alive: Element[] = []
  readonly #names: string[] = []
  #parent: ParentNode = this.root
  #lastText: Text | null = null
  /** Open elements inside one that is left out. */
  #skipping = 0
  #concealed: Element | null = null
  #concealedFrom = 0
  #capture: ((text: string) => void) | null = null
  #titleDone = false
  #jsonLdLeft = jsonLdChars
  #stateLeft: number

  /** `states` keeps the scripts that hold data. */
  constructor(elementsMax: number, states = false) {
    this.#elementsMax = elementsMax
    this.#stateLeft = states ? stateChars : 0
  }

  /** True when nothing more may nest. Elements ended before their own tag still lie on the parser's stack, so they count a little. */
  get deep(): boolean {
    return this.#alive.length + this.#skipping >= depthMax || this.#open.length >= depthMax * 16
  }

  get top(): string {
    return this.#names.at(-1) ?? ''
  }

  onopentag(name: string, attribs: Attributes): void {
    this.#names.push(name)
    if (this.#skipping > 0) {
      this.#skipping++
      return
    }
    const gathered = this.gathered
    if (++gathered.elements >= this.#elementsMax) this.full = true
    switch (name) {
      case 'script':
        return this.#script(attribs)
      case 'style':
        gathered.stylesheets++
        return this.#skip()
      case 'template':
        if ('shadowrootmode' in attribs) break
        if (isSlot(name, attribs)) {
          const slot = new Element(name, attribs)
          this.#append(slot)
          keep(gathered.slots, slot)
        }
        return this.#skip()
      case 'title':
        if (this.#titleDone) return this.#skip()
        gathered.title = ''
        this.#capture = (text) => (gathered.title += text)
        return this.#skip()
      case 'meta':
        keep(gathered.metas, attribs)
        if (!('itemprop' in attribs)) return this.#skip()
        break
      case 'link':
        keep(gathered.links, attribs)
        if (attribs.rel === 'stylesheet') gathered.stylesheets++
        if (!('itemprop' in attribs)) return this.#skip()
        break
      case 'base':
        gathered.base ??= attribs.href
        return this.#skip()
      case 'html':
        Object.assign(gathered.html, { ...attribs, ...gathered.html })
        break
      case 'body':
        Object.assign(gathered.body, { ...attribs, ...gathered.body })
        break
      default:
    }
    if ('itemscope' in attribs) gathered.microdata = true
    this.#endImplied(name)
    const element = new Element(name, attribs)
    this.#append(element)
    if (name === 'h1' || name === 'h2') keep(gathered.headings, element)
    else if (name === 'time') keep(gathered.times, element)
    else if (name === 'noscript') keep(gathered.noscripts, element)
    if (name === 'svg') return this.#skip()
    if (isSegment(attribs)) keep(gathered.segments, element)
    else if (this.#concealed === null && isConcealing(attribs)) {
      this.#concealed = element
      this.#concealedFrom = gathered.textChars
    }
    this.#open.push(element)
    this.#alive.push(element)
    this.#parent = element
  }

  onclosetag(): void {
    this.#names.pop()
    this.#lastText = null
    if (this.#skipping > 0) {
      if (--this.#skipping === 0 && this.#capture) {
        this.#capture = null
        if (this.gathered.title !== undefined) this.#titleDone = true
      }
      return
    }
    const closed = this.#open.pop()
    if (closed === this.#concealed && closed) {
      keep(this.gathered.concealed, { element: closed, chars: this.gathered.textChars - this.#concealedFrom })
      this.#concealed = null
    }
    if (closed !== this.#alive.at(-1)) return
    this.#alive.pop()
    this.#parent = this.#alive.at(-1) ?? this.root
  }

  ontext(data: string): void {
    if (this.#skipping > 0) {
      this.#capture?.(data)
      return
    }
    this.gathered.textChars += data.length
    if (this.#lastText) {
      this.#lastText.data += data
      return
    }
    const parent = this.#parent
    if (parent !== this.root && structural.has((parent as Element).name) && isBlank(data)) return
    const text = new Text(data)
    this.#append(text)
    this.#lastText = text
  }

  #append(node: ChildNode): void {
    const parent = this.#parent
    const siblings = parent.children
    const previous = siblings[siblings.length - 1]
    if (previous) {
      node.prev = previous
      previous.next = node
    }
    siblings.push(node)
    node.parent = parent
    this.#lastText = null
  }

  #skip(): void {
    this.#skipping = 1
    this.#lastText = null
  }

  #script(attribs: Attributes): void {
    const gathered = this.gathered
    gathered.scripts++
    if (attribs.src) keep(gathered.scriptSources, attribs.src)
    const type = attribs.type ?? ''
    if (type.startsWith('math/tex')) {
      const element = new Element('script', attribs)
      this.#append(element)
      const text = new Text('')
      element.children = [text]
      text.parent = element
      this.#capture = (data) => (text.data += data)
    } else if (/^application\/ld\+json/i.test(type) && this.#jsonLdLeft > 0) {
      const at = gathered.jsonLd.push('') - 1
      this.#capture = (data) => {
        this.#jsonLdLeft -= data.length
        gathered.jsonLd[at] += data
      }
    } else if (this.#stateLeft > 0 && !attribs.src && (type === '' || /json|javascript|^module$/i.test(type))) {
      this.#captureState(attribs.id ?? '', /json/i.test(type))
    } else {
      this.#capture = (data) => (gathered.scriptChars += data.length)
    }
    this.#skip()
  }

  #captureState(id: string, isData: boolean): void {
    const script = { id, text: '' }
    let wanted: boolean | undefined = isData ? true : undefined
    this.#capture = (data) => {
      this.gathered.scriptChars += data.length
      wanted ??= data.trim() === '' ? undefined : /^[^=]{0,200}(?:window|self|globalThis|__\w+)[^=]{0,100}=\s*(?:[[{]|JSON\.parse)/.test(data)
      if (wanted !== true || (this.#stateLeft -= data.length) < 0) return
      if (script.text === '') keep(this.gathered.stateScripts, script)
      script.text += data
    }
  }

  #endImplied(name: string): void {
    const rule = implied[name]
    if (!rule) return
    for (let i = this.#alive.length - 1; i >= 0; i--) {
      const element = this.#alive[i]
      if (!element || rule.within.has(element.name)) return
      if (rule.ends.has(element.name)) {
        const ended = this.#alive.splice(i)
        // Dead elements below would no longer be the innermost ones; they stay until their own tags come.
        if (this.#open.length - ended.length === this.#open.lastIndexOf(element) && this.onended(ended.map((inner) => inner.name))) {
          this.#open.length -= ended.length
          this.#names.splice(-1 - ended.length, ended.length)
        }
        this.#parent = element.parent ?? this.root
        return
      }
    }
  }
}

const isConcealing = ({ style, hidden, 'aria-hidden': ariaHidden }: Attributes): boolean =>
  hidden !== undefined || ariaHidden === 'true' || (style !== undefined && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style))

const keep = <T>(list: T[], item: T): void => {
  if (list.length < gatheredMax) list.push(item)
}

/** True for text that a browser would collapse to nothing between blocks. */
export const isBlank = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== 32 && (code < 9 || code > 13)) return false
  }
  return true
}
