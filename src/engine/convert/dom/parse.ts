import { type Document, DomHandler, type Element } from 'domhandler'
import { type Handler, Parser, type ParserOptions } from 'htmlparser2'
import { depthMax, usualLimits, type Limits } from './limits.ts'
import { closeFrames, holdsContent } from './noscript.ts'
import { holds } from './walk.ts'
import { placeSegments } from './streamed.ts'
import { TreeBuilder, type Gathered } from './tree-builder.ts'

/** A parsed page: its tree without scripts, styles and comments, and what was gathered on the way. */
export interface Page extends Gathered {
  root: Document
  /** The document was longer than the limits; the tree holds its beginning. */
  truncated: boolean
  /** Elements nested deeper than `depthMax` were flattened. */
  flattened: boolean
}

/** Their content is text to the tokenizer, so nothing can nest in them. */
const rawText = new Set(['script', 'style', 'textarea', 'title', 'iframe', 'noembed', 'noframes', 'xmp', 'plaintext'])

const chunkChars = 262_144
const revealedChars = 500
const unopenedMax = 4096
const searchedMax = 64

/** One streaming pass; linear and bounded whatever the input. */
export const parseHtml = (html: string, options: { xhtml?: boolean; limits?: Limits; states?: boolean } = {}): Page => {
  const limits = options.limits ?? usualLimits
  // Outside of SVG and MathML this opens a comment up to the next `>`, which the tokenizer knows by another spelling only.
  const source = options.xhtml ? html : closeFrames(html).replaceAll('<![CDATA[', '<![cdata[')
  const builder = new TreeBuilder(limits.elements, options.states)
  const parser = new CappedParser(builder, source, options.xhtml ? { recognizeSelfClosing: true, recognizeCDATA: true } : {})
  builder.onended = (names) => parser.forget(names)
  const at = feed(parser, source, limits.characters, () => builder.full)
  placeSegments(builder.gathered.slots, builder.gathered.segments)
  reveal(builder.gathered)
  for (const element of builder.gathered.noscripts) if (holdsContent(element)) element.name = 'div'
  return { ...builder.gathered, root: builder.root, truncated: at < source.length || builder.full, flattened: parser.flattened }
}

/** A part that holds most of the page is hidden until scripts have run, not from its readers. */
const reveal = ({ concealed, textChars }: Gathered): void => {
  for (const { element, chars } of concealed) {
    const share = chars / textChars
    if (chars < revealedChars || !(share > 0.5 || (share > 0.15 && holdsMain(element)))) continue
    delete element.attribs.hidden
    delete element.attribs['aria-hidden']
    delete element.attribs.style
  }
}

const holdsMain = (root: Element): boolean => holds(root, (element) => element.name === 'main' || element.name === 'article' || element.name === 'h1')

/** XML as it is written, with the same bounds. */
export const parseXml = (xml: string, limits: Limits = usualLimits): { root: Document; truncated: boolean } => {
  const handler = new XmlHandler(limits.elements)
  const at = feed(new CappedParser(handler, xml, { xmlMode: true }), xml, limits.characters, () => handler.full)
  return { root: handler.root, truncated: at < xml.length || handler.full }
}

const feed = (parser: Parser, text: string, characters: number, full: () => boolean): number => {
  const length = Math.min(text.length, characters)
  let at = 0
  while (at < length && !full()) {
    parser.write(text.slice(at, Math.min(at + chunkChars, length)))
    at += chunkChars
  }
  parser.end()
  return at
}

interface Nesting extends Partial<Handler> {
  /** True when nothing more may nest. */
  readonly deep: boolean
  /** Name of the innermost open element. */
  readonly top: string
}

class XmlHandler extends DomHandler implements Nesting {
  full = false
  readonly top = ''
  readonly #elementsMax: number
  #elements = 0

  constructor(elementsMax: number) {
    super(null, { xmlMode: true })
    this.#elementsMax = elementsMax
  }

  get deep(): boolean {
    return this.tagStack.length > depthMax
  }

  override onopentag(name: string, attribs: Record<string, string>): void {
    if (++this.#elements >= this.#elementsMax) this.full = true
    super.onopentag(name, attribs)
  }
}

/** The parser keeps a second stack for these. */
const contextual = new Set(['svg', 'math', 'mi', 'mo', 'mn', 'ms', 'mtext', 'annotation-xml', 'foreignObject', 'desc', 'title'])

/** Innermost first. Safe while the version of htmlparser2 is pinned: the member is private to its types only, and a test walks through here. */
const stackOf = (parser: Parser): string[] => (parser as unknown as { stack: string[] }).stack

/** htmlparser2's own stack is scanned and shifted per tag, so it must stay short: past `depthMax`, tags open nothing. */
class CappedParser extends Parser {
  flattened = false
  readonly #nesting: Nesting
  readonly #source: string
  #closing = false
  /** Names of tags that opened nothing and whose closing tags may still come. */
  readonly #unopened: string[] = []
  #verdict: boolean | undefined

  constructor(nesting: Nesting, source: string, options: ParserOptions) {
    super(nesting, options)
    this.#nesting = nesting
    this.#source = source
  }

  protected override isVoidElement(name: string): boolean {
    if (super.isVoidElement(name)) return true
    if (this.#closing || rawText.has(name)) return false
    // Asked twice for each opening tag, and the answer must not change in between.
    if (this.#verdict === undefined) {
      this.#verdict = this.#nesting.deep
      if (this.#verdict) {
        if (this.#unopened.length < unopenedMax) this.#unopened.push(name)
        this.flattened = true
      }
    }
    return this.#verdict
  }

  /** The handler has ended these innermost elements, just before the newest one, without their closing tags. */
  forget(names: readonly string[]): boolean {
    if (names.some((name) => contextual.has(name))) return false
    stackOf(this).splice(this.#verdict === true ? 0 : 1, names.length)
    return true
  }

  override onopentagname(start: number, endIndex: number): void {
    this.#verdict = undefined
    super.onopentagname(start, endIndex)
  }

  override onclosetag(start: number, endIndex: number): void {
    if (this.#unopened.length > 0 && !rawText.has(this.#nesting.top)) {
      const closed = this.#source.slice(start, endIndex).toLowerCase()
      const last = this.#unopened.length - 1
      for (let at = last; at >= 0 && at > last - searchedMax; at--) {
        if (this.#unopened[at] !== closed) continue
        this.#unopened.length = at
        return
      }
    }
    const depth = stackOf(this).length
    this.#closing = true
    super.onclosetag(start, endIndex)
    this.#closing = false
    // With a real element, everything inside it ends that was flattened.
    if (stackOf(this).length < depth) this.#unopened.length = 0
  }
}
