import type { Document, Element } from 'domhandler'
import { isHidden } from '../dom/hidden.ts'
import { imageOf } from '../dom/image.ts'
import type { Resolve } from '../dom/url.ts'
import { collapse, eachElement, hasClass, holds, isElement, rawTextOf, walk } from '../dom/walk.ts'
import { writeCode, writePre } from './codes.ts'
import { emphasis, quoted, ruby, strike, strong, tags, type Delimiter } from './delimiters.ts'
import { roleOf, type Role } from './elements.ts'
import { frameOf, mediaOf, type Embed } from './embed.ts'
import { collapseSpace, destination, titleOf } from './escape.ts'
import { createFootnotes } from './footnotes.ts'
import { isControlPanel } from './forms.ts'
import { blocked, contained, stay, type Leave } from './leave.ts'
import { Lists } from './lists.ts'
import { formulaOf, formulaOfScript, type Formula } from './math.ts'
import { Tables } from './tables.ts'
import { Writer } from './writer.ts'

const blockStyle = /(?:^|[;\s])display\s*:\s*(?:block|flex|grid|table|list-item)/i
const mathLayout = /^(?:MathJax(?:_Preview|_SVG|_CHTML|_Display)?|katex-html|mjx-chtml)\b/
const permalinkText = /^(?:[\s#¶§⚓\u{1F517}\u{21A9}]|\u{FE0E}|\u{FE0F})*$|^(?:permalink|anchor|link to (?:this )?(?:heading|section)|copy link|direct link to .*)$/iu
const permalinkClass = /(?:^|\s)(?:headerlink|header-?anchor|anchor(?:-?link|js-link)?|permalink|heading-?link|hash-?link|direct-link)(?=\s|$)/i
const skipText = /^(?:skip|jump) to\b/i

/** Markdown of a tree: deterministic, and linear in the size of the tree. */
export const toMarkdown = (root: Document, resolve: Resolve): string => new Serializer(root, resolve).run()

class Serializer {
  readonly #root: Document
  readonly #resolve: Resolve
  readonly #writer = new Writer()
  readonly #leaves: Leave[] = []
  readonly #lists = new Lists(this.#writer)
  readonly #tables = new Tables(this.#writer)
  readonly #footnotes
  #link: Element | null = null
  #lastImage = ''

  constructor(root: Document, resolve: Resolve) {
    this.#root = root
    this.#resolve = resolve
    this.#footnotes = createFootnotes(root)
  }

  run(): string {
    walk(this.#root, {
      enter: (element) => {
        const leave = this.#enter(element)
        if (leave) this.#leaves.push(leave)
        return leave !== null
      },
      leave: () => this.#leaves.pop()?.(),
      text: (data) => this.#writer.text(data),
    })
    return this.#writer.toString().trimEnd()
  }

  /** What to do on the way out, or null where the element's children are left out. */
  #enter(element: Element): Leave | null {
    const role = roleOf(element.name)
    if (role === 'skip') return null
    if (isHidden(element)) return this.#hidden(element)
    const writer = this.#writer
    switch (role) {
      case 'inline':
        return this.#inline(element)
      case 'block':
        return this.#block(element)
      case 'paragraph':
      case 'terms':
      case 'caption':
        return blocked(writer)
      case 'heading':
        return this.#heading(Number(element.name[1]))
      case 'list':
        return this.#lists.list(element)
      case 'item':
        return this.#note(element) ?? this.#lists.item(element)
      case 'quote':
        return contained(writer, '> ', '> ')
      case 'code':
        writeCode(element, writer, this.#resolve)
        return null
      case 'pre':
        writePre(element, writer)
        return null
      case 'table':
        return this.#tables.table(element)
      case 'row':
        return this.#tables.row(element)
      case 'cell':
        return this.#tables.cell(element)
      case 'strong':
        return writer.inHeading ? stay : this.#delimited(strong)
      case 'emphasis':
        return this.#delimited(emphasis)
      case 'strike':
        return this.#delimited(strike)
      case 'quoted':
        return this.#delimited(quoted)
      case 'ruby':
        return this.#delimited(ruby)
      case 'tag':
        return this.#tag(element)
      case 'link':
        return this.#enterLink(element)
      case 'break':
        writer.lineBreak()
        return null
      default:
        return this.#special(element, role)
    }
  }

  #special(element: Element, role: Role): Leave | null {
    const writer = this.#writer
    switch (role) {
      case 'image':
        this.#image(element)
        return null
      case 'rule':
        if (element.attribs.class === 'page-break' && /^page-\d{1,6}$/.test(element.attribs.id ?? '')) {
          writer.block(`<!-- ${(element.attribs.id ?? '').replace('-', ' ')} -->`)
          return null
        }
        // After a list marker, dashes would make a rule of the whole line.
        if (writer.layout === 'block') writer.block(writer.containerIsFresh ? '***' : '---')
        else writer.break(1)
        return null
      case 'term':
        return this.#term()
      case 'definition':
        return this.#definition()
      case 'summary':
        return this.#summary()
      case 'frame':
        return this.#embed(frameOf(element, this.#resolve))
      case 'media':
        return this.#embed(mediaOf(element, this.#resolve))
      case 'math':
        return this.#formula(formulaOf(element))
      case 'script':
        return this.#formula(element.attribs.type?.startsWith('math/tex') ? formulaOfScript(element) : undefined)
      case 'noscript':
        this.#noscript(element)
        return null
      case 'button':
        return this.#button(element)
      case 'form':
        return isControlPanel(element) ? null : blocked(writer)
      case 'input':
        this.#lists.checkbox(element)
        return null
      case 'dialog':
        return 'open' in element.attribs ? blocked(writer) : null
      default:
        return stay
    }
  }

  /** Formulas are hidden beside the picture or the layout that shows them. */
  #hidden(element: Element): Leave | null {
    const holder = element.name === 'math' && element.parent && isElement(element.parent) ? element.parent : undefined
    return holder && hasClass(holder, /mwe-math|MJX_Assistive|mjx-assistive/) ? this.#formula(formulaOf(element)) : null
  }

  #inline(element: Element): Leave | null {
    const { attribs, name } = element
    if (attribs.role === 'heading') return this.#heading(Number(attribs['aria-level']) || 2)
    if (hasClass(element, mathLayout)) return holds(element, (inner) => inner.name === 'math') ? stay : null
    if (attribs.style !== undefined && blockStyle.test(attribs.style)) return blocked(this.#writer)
    if (!name.includes('-')) return stay
    // A custom element is a box of its own more often than a part of a word.
    this.#writer.space()
    return () => this.#writer.space()
  }

  #block(element: Element): Leave {
    if (element.attribs.role === 'heading') return this.#heading(Number(element.attribs['aria-level']) || 2)
    return this.#note(element) ?? blocked(this.#writer)
  }

  #note(element: Element): Leave | undefined {
    const label = this.#writer.layout === 'block' ? this.#footnotes.noteOf(element) : undefined
    return label === undefined ? undefined : contained(this.#writer, `[^${label}]: `, '    ')
  }

  #delimited(delimiter: Delimiter): Leave {
    this.#writer.open(delimiter)
    return () => this.#writer.close(delimiter.kind)
  }

  #tag(element: Element): Leave | null {
    const delimiter = tags[element.name]
    if (!delimiter) return stay
    const [only, ...more] = element.children
    const label = element.name === 'sup' && only && more.length === 0 && isElement(only) && only.name === 'a' ? this.#footnotes.referenceOf(only) : undefined
    if (label === undefined) return this.#delimited(delimiter)
    this.#writer.inline(`[^${label}]`)
    return null
  }

  #heading(level: number): Leave {
    const writer = this.#writer
    writer.break(2)
    if (writer.layout !== 'block' || writer.inHeading) return () => writer.break(2)
    writer.lineHead(`${'#'.repeat(Math.min(Math.max(level, 1), 6))} `)
    writer.layout = 'line'
    writer.inHeading = true
    return () => {
      writer.endHeading()
      writer.dropLineHead()
      writer.layout = 'block'
      writer.break(2)
      writer.inHeading = false
    }
  }

  #term(): Leave {
    const writer = this.#writer
    writer.break(2)
    writer.open(strong)
    return () => {
      writer.close('strong')
      writer.break(1)
    }
  }

  #definition(): Leave {
    const writer = this.#writer
    writer.setBreak(1)
    if (writer.layout !== 'block' || !writer.openContainer(': ', '  ')) return () => writer.break(1)
    return () => {
      writer.closeContainer()
      writer.setBreak(1)
    }
  }

  #summary(): Leave {
    const writer = this.#writer
    writer.break(2)
    writer.open(strong)
    return () => {
      writer.close('strong')
      writer.break(2)
    }
  }

  /** Controls are left out; headings that open something, and labels of what they open, are not. */
  #button(element: Element): Leave | null {
    if (this.#writer.inHeading || holds(element, (inner) => roleOf(inner.name) === 'heading')) return stay
    return 'aria-expanded' in element.attribs && 'aria-controls' in element.attribs ? blocked(this.#writer) : null
  }

  #enterLink(element: Element): Leave | null {
    const writer = this.#writer
    const { href } = element.attribs
    if (href === undefined) return stay
    if (this.#footnotes.isBackReference(element)) return null
    const label = this.#footnotes.referenceOf(element)
    if (label !== undefined) {
      writer.inline(`[^${label}]`)
      return null
    }
    if (href.startsWith('#')) {
      const text = collapse(rawTextOf(element, 80))
      if (writer.inHeading || hasClass(element, permalinkClass)) return permalinkText.test(text) ? null : stay
      if (href.length === 1) return stay
      if (skipText.test(text) || (text !== '' && permalinkText.test(text))) return null
    }
    const url = this.#resolve(href)
    if (url === undefined) return stay
    if (this.#link) writer.closeLink()
    this.#link = element
    writer.openLink(url, element.attribs.title ?? '')
    return () => {
      if (this.#link !== element) return
      this.#link = null
      writer.closeLink()
    }
  }

  #image(element: Element): void {
    const writer = this.#writer
    if (hasClass(element, /(?:^|\s)(?:emoji|wp-smiley|twemoji|emojione)(?=\s|$)/)) {
      if (element.attribs.alt) writer.text(element.attribs.alt)
      return
    }
    if (hasClass(element, /mwe-math-fallback-image/)) return
    const image = imageOf(element, this.#resolve)
    if (!image) return
    this.#lastImage = image.url
    const alt = collapseSpace(image.alt).trim().replace(/[[\]\\]/g, '\\$&')
    const markdown = `![${alt}](${destination(image.url)}${titleOf(image.title)})`
    writer.inline(writer.layout === 'cell' ? markdown.replaceAll('|', '\\|') : markdown)
  }

  /** The copy of a lazy image for browsers without scripts; anything else in there is not part of the page. */
  #noscript(element: Element): void {
    eachElement(element, (inner) => {
      if (inner.name !== 'img') return true
      const image = imageOf(inner, this.#resolve)
      if (image && image.url !== this.#lastImage) this.#image(inner)
      return false
    })
  }

  #embed(embed: Embed | undefined): null {
    if (!embed) return null
    const writer = this.#writer
    writer.break(2)
    if (this.#link) writer.closeLink()
    this.#link = null
    writer.openLink(embed.url, '')
    writer.text(embed.label)
    writer.closeLink()
    writer.break(2)
    return null
  }

  #formula(formula: Formula | undefined): null {
    const writer = this.#writer
    if (!formula) return null
    const tex = writer.layout === 'cell' ? formula.tex.replaceAll('|', '\\|') : formula.tex
    if (formula.display && writer.layout === 'block') writer.block(`$$\n${tex}\n$$`)
    else writer.inline(`$${tex}$`)
    return null
  }
}
