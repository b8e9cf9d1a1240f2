import type { Document, Element, ParentNode } from 'domhandler'
import { isHidden } from '../dom/hidden.ts'
import { imageOf } from '../dom/image.ts'
import type { Resolve } from '../dom/url.ts'
import { collapse, eachElement, hasClass, isElement, rawTextOf, walk } from '../dom/walk.ts'
import { codeTextOf, fenced, isGutter, languageOf } from './code.ts'
import { roleOf, type Role } from './elements.ts'
import { frameOf, mediaOf, type Embed } from './embed.ts'
import { collapseSpace, destination, titleOf } from './escape.ts'
import { createFootnotes } from './footnotes.ts'
import { formulaOf, formulaOfScript, type Formula } from './math.ts'
import { alignOf, isInlineRow, isLayoutTable, spanOf, tableMarkdown, type Row } from './table.ts'
import { Writer, type Delimiter } from './writer.ts'

const strong: Delimiter = { kind: 'strong', open: '**', close: '**', htmlOpen: '<strong>', htmlClose: '</strong>' }
const emphasis: Delimiter = { kind: 'emphasis', open: '*', close: '*', htmlOpen: '<em>', htmlClose: '</em>' }
const strike: Delimiter = { kind: 'strike', open: '~~', close: '~~', htmlOpen: '<del>', htmlClose: '</del>' }
const quoted: Delimiter = { kind: 'quoted', open: '“', close: '”' }
const ruby: Delimiter = { kind: 'ruby', open: '(', close: ')' }
const tags: Readonly<Record<string, Delimiter>> = Object.fromEntries(
  ['sub', 'sup', 'kbd', 'mark', 'ins'].map((name) => [name, { kind: name, open: `<${name}>`, close: `</${name}>` }]),
)

type Leave = () => void
const stay: Leave = () => {}

interface List {
  ordered: boolean
  next: number
  step: number
  marker: string
  items: number
  /** Characters of the last item's marker. */
  width: number
}

const blockStyle = /(?:^|[;\s])display\s*:\s*(?:block|flex|grid|table|list-item)/i
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
  readonly #lists: List[] = []
  readonly #footnotes
  #link: Element | null = null
  #lastList: { list: List; at: number } | null = null
  /** Of each open row of a layout table, whether its cells share a line. */
  readonly #inlineRows: boolean[] = []
  #table: { rows: Row[]; row: Row | null; head: boolean } | null = null
  #lastImage = ''
  /** Value of `#blocks` after an item outside of any list. */
  #stray = -1
  /** Counts blocks written, to see whether two lists touch. */
  #blocks = 0

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
      case 'form':
        return role === 'form' && isControlPanel(element) ? null : this.#blocked()
      case 'heading':
        return this.#heading(Number(element.name[1]))
      case 'list':
        return this.#list(element)
      case 'item':
        return this.#item(element)
      case 'quote':
        return this.#quote()
      case 'code':
        return this.#code(element)
      case 'pre':
        return this.#pre(element)
      case 'table':
        return this.#enterTable(element)
      case 'row':
        return this.#row(element)
      case 'cell':
        return this.#cell(element)
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
      case 'rule':
        if (writer.layout === 'block') writer.block(writer.containerIsFresh ? '***' : '---')
        else writer.break(1)
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
      case 'terms':
        return this.#blocked()
      case 'term':
        return this.#term()
      case 'definition':
        return this.#definition()
      case 'summary':
        writer.break(2)
        writer.open(strong)
        return () => {
          writer.close('strong')
          writer.break(2)
        }
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
        return writer.inHeading || holdsHeading(element) ? stay : 'aria-expanded' in element.attribs && 'aria-controls' in element.attribs ? this.#blocked() : null
      case 'input':
        this.#checkbox(element)
        return null
      case 'dialog':
        return 'open' in element.attribs ? this.#blocked() : null
      case 'caption':
        return this.#blocked()
      default:
        return stay
    }
  }

  /** Formulas are hidden beside the picture or the layout that shows them. */
  #hidden(element: Element): Leave | null {
    return element.name === 'math' && element.parent && 'attribs' in element.parent && /mwe-math|MJX_Assistive|mjx-assistive/.test(element.parent.attribs.class ?? '') ? this.#formula(formulaOf(element)) : null
  }

  #inline(element: Element): Leave | null {
    const { attribs, name } = element
    if (attribs.role === 'heading') return this.#heading(Number(attribs['aria-level']) || 2)
    if (attribs.class !== undefined && /^(?:MathJax(?:_Preview|_SVG|_CHTML|_Display)?|katex-html|mjx-chtml)\b/.test(attribs.class)) return hasMathMl(element) ? stay : null
    if (attribs.style !== undefined && blockStyle.test(attribs.style)) return this.#blocked()
    if (name.includes('-')) {
      // A custom element is a box of its own more often than a part of a word.
      this.#writer.space()
      return () => this.#writer.space()
    }
    return stay
  }

  #block(element: Element): Leave | null {
    if (element.attribs.role === 'heading') return this.#heading(Number(element.attribs['aria-level']) || 2)
    const label = this.#footnotes.noteOf(element)
    if (label !== undefined && this.#writer.layout === 'block') return this.#note(label)
    return this.#blocked()
  }

  #blocked(): Leave {
    const writer = this.#writer
    writer.break(2)
    this.#blocks++
    return () => writer.break(2)
  }

  #delimited(delimiter: Delimiter): Leave {
    this.#writer.open(delimiter)
    return () => this.#writer.close(delimiter.kind)
  }

  #tag(element: Element): Leave | null {
    const delimiter = tags[element.name]
    if (!delimiter) return stay
    if (element.name === 'sup') {
      const reference = element.children.length === 1 && element.children[0] && isElement(element.children[0]) && element.children[0].name === 'a' ? element.children[0] : undefined
      const label = reference && this.#footnotes.referenceOf(reference)
      if (label !== undefined) {
        this.#writer.inline(`[^${label}]`)
        return null
      }
    }
    return this.#delimited(delimiter)
  }

  #heading(level: number): Leave {
    const writer = this.#writer
    writer.break(2)
    this.#blocks++
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

  #list(element: Element): Leave {
    const writer = this.#writer
    const ordered = element.name === 'ol'
    const start = ordered && /^-?\d{1,9}$/.test(element.attribs.start ?? '') ? Math.max(0, Number(element.attribs.start)) : undefined
    const nested = this.#lists.length > 0
    if (nested && !(ordered && (start ?? 1) !== 1)) writer.setBreak(1)
    else writer.break(2)
    const list: List = { ordered, next: start ?? 1, step: 1, marker: ordered ? '.' : '-', items: 0, width: 2 }
    if (ordered && 'reversed' in element.attribs) {
      list.step = -1
      list.next = start ?? element.children.filter((child) => isElement(child) && child.name === 'li').length
    }
    // Two lists in a row would read as one.
    const last = this.#lastList
    if (last && last.at === this.#blocks && last.list.ordered === ordered && !writer.containerIsFresh) list.marker = ordered ? (last.list.marker === '.' ? ')' : '.') : last.list.marker === '-' ? '*' : '-'
    const outer = this.#lists.at(-1)
    // A list directly in a list belongs to the item before it.
    const indent = outer && outer.items > 0 && writer.layout === 'block' && isListElement(element.parent) ? ' '.repeat(outer.width) : ''
    const contained = indent !== '' && writer.openContainer(indent, indent)
    this.#lists.push(list)
    return () => {
      this.#lists.pop()
      if (contained) writer.closeContainer()
      writer.break(2)
      this.#lastList = list.items > 0 ? { list, at: this.#blocks } : null
    }
  }

  #item(element: Element): Leave {
    const writer = this.#writer
    const list = this.#lists.at(-1) ?? this.#strayList()
    const label = this.#footnotes.noteOf(element)
    if (label !== undefined && writer.layout === 'block') return this.#note(label)
    if (list.items > 0) writer.setBreak(1)
    else writer.break(this.#lists.length > 0 ? 1 : 2)
    list.items++
    this.#blocks++
    if (list.ordered && /^\d{1,9}$/.test(element.attribs.value ?? '')) list.next = Number(element.attribs.value)
    const number = list.next
    const marker = list.ordered ? `${Math.max(0, number)}${list.marker} ` : `${list.marker} `
    list.next += list.step
    list.width = marker.length
    if (writer.layout !== 'block') {
      if (writer.layout === 'cell') writer.lineHead(list.ordered ? marker : '- ')
      return () => {
        writer.dropLineHead()
        writer.break(1)
      }
    }
    if (!writer.openContainer(marker, ' '.repeat(marker.length))) {
      writer.lineHead(marker)
      return () => {
        writer.dropLineHead()
        writer.break(1)
      }
    }
    return () => {
      // An item that left nothing behind takes no number.
      if (writer.containerIsFresh) list.next = number
      writer.closeContainer()
      writer.setBreak(1)
    }
  }

  /** Items outside of any list make one as long as they follow one another. */
  #strayList(): List {
    const items = this.#stray === this.#blocks ? 1 : 0
    this.#stray = this.#blocks + 1
    return { ordered: false, next: 1, step: 1, marker: '-', items, width: 2 }
  }

  #note(label: string): Leave {
    const writer = this.#writer
    writer.break(2)
    this.#blocks++
    if (!writer.openContainer(`[^${label}]: `, '    ')) return () => writer.break(2)
    return () => {
      writer.closeContainer()
      writer.break(2)
    }
  }

  #quote(): Leave {
    const writer = this.#writer
    writer.break(2)
    this.#blocks++
    if (writer.layout !== 'block' || !writer.openContainer('> ', '> ')) return () => writer.break(2)
    return () => {
      writer.closeContainer()
      writer.break(2)
    }
  }

  #term(): Leave {
    const writer = this.#writer
    writer.break(2)
    this.#blocks++
    writer.open(strong)
    return () => {
      writer.close('strong')
      writer.break(1)
    }
  }

  #definition(): Leave {
    const writer = this.#writer
    writer.setBreak(1)
    this.#blocks++
    if (writer.layout !== 'block' || !writer.openContainer(': ', '  ')) return () => writer.break(1)
    return () => {
      writer.closeContainer()
      writer.setBreak(1)
    }
  }

  #code(element: Element): Leave | null {
    const writer = this.#writer
    if (!this.#link && holds(element, (inner) => inner.name === 'a' && inner.attribs.href !== undefined)) return this.#linkedCode(element)
    if (writer.layout === 'block' && !writer.inHeading && writer.atBlockStart && isAlone(element) && holds(element, (inner) => inner.name === 'br')) return this.#pre(element)
    const text = collapseSpace(rawCodeOf(element)).trim()
    if (text !== '') writer.code(text)
    return null
  }

  /** Code with links inside: each piece is code of its own, linked or not. */
  #linkedCode(element: Element): null {
    const writer = this.#writer
    let text = ''
    let link: string | undefined
    const resolve = this.#resolve
    const flush = (): void => {
      const piece = collapseSpace(text)
      text = ''
      if (piece.startsWith(' ')) writer.space()
      const bare = piece.trim()
      if (bare === '') return
      if (link !== undefined) writer.openLink(link, '')
      writer.code(bare)
      if (link !== undefined) writer.closeLink()
      if (piece.endsWith(' ')) writer.space()
    }
    walk(element, {
      enter(inner) {
        if (dropInCode.has(inner.name)) return false
        if (inner.name === 'br') text += ' '
        else if (inner.name === 'a') {
          flush()
          link = resolve(inner.attribs.href)
        }
        return true
      },
      leave(inner) {
        if (inner.name !== 'a') return
        flush()
        link = undefined
      },
      text: (data) => (text += data),
    })
    flush()
    return null
  }

  #pre(element: Element): null {
    const writer = this.#writer
    const text = codeTextOf(element)
    if (text.trim() === '') return null
    if (writer.layout === 'block' && !writer.inHeading) {
      writer.block(fenced(text, languageOf(element)))
      this.#blocks++
      return null
    }
    writer.break(1)
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue
      writer.code(line.trimEnd())
      writer.break(1)
    }
    return null
  }

  #enterTable(element: Element): Leave | null {
    const writer = this.#writer
    const code = this.#numberedCode(element)
    if (code) return this.#pre(code)
    if (this.#table || writer.layout !== 'block' || isLayoutTable(element)) return this.#blocked()
    writer.break(2)
    this.#blocks++
    const table = (this.#table = { rows: [] as Row[], row: null, head: false })
    return () => {
      this.#table = null
      const markdown = tableMarkdown(table.rows)
      if (markdown !== '') writer.block(markdown)
      else writer.break(2)
    }
  }

  /** A table that sets line numbers beside code is a block of code. */
  #numberedCode(table: Element): Element | undefined {
    let code: Element | undefined
    let numbers = false
    if (!hasClass(table, /highlight|code|rouge|hljs|crayon|syntax|diff/i)) return undefined
    eachElement(table, (element) => {
      if (isGutter(element) || 'data-line-number' in element.attribs) {
        numbers = true
        return false
      }
      if (element.name === 'pre') {
        code ??= element
        return false
      }
      return true
    })
    return numbers ? (code ?? table) : undefined
  }

  #row(element: Element): Leave | null {
    const table = this.#table
    const writer = this.#writer
    if (element.name !== 'tr') {
      if (table && element.name === 'thead') table.head = true
      return () => {
        if (table) table.head = false
      }
    }
    if (!table || writer.layout !== 'block') {
      writer.break(2)
      this.#blocks++
      this.#inlineRows.push(writer.layout !== 'block' || isInlineRow(element))
      return () => {
        this.#inlineRows.pop()
        writer.break(2)
      }
    }
    const row: Row = { cells: [], head: table.head }
    table.row = row
    table.rows.push(row)
    return () => {
      table.row = null
    }
  }

  #cell(element: Element): Leave | null {
    if (isGutter(element)) return null
    const writer = this.#writer
    const row = this.#table?.row
    if (!row || writer.layout !== 'block') {
      const inline = this.#inlineRows.at(-1) ?? false
      const separate = (): void => (inline ? writer.space() : writer.break(2))
      separate()
      return separate
    }
    const take = writer.capture('cell')
    return () => {
      row.cells.push({
        text: take().trim(),
        header: element.name === 'th',
        colspan: spanOf(element.attribs.colspan, 1000),
        rowspan: spanOf(element.attribs.rowspan, 65_534),
        align: alignOf(element),
      })
    }
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
    writer.inline(imageMarkdown(image.alt, image.url, image.title))
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
    if (embed) {
      this.#writer.break(2)
      this.#writer.openLink(embed.url, '')
      this.#writer.text(embed.label)
      this.#writer.closeLink()
      this.#writer.break(2)
      this.#link = null
    }
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

  /** The box of a task list; other form controls are left out. */
  #checkbox(element: Element): void {
    const { attribs } = element
    const list = this.#lists.at(-1)
    if (attribs.type?.toLowerCase() !== 'checkbox' || !list || list.ordered || !this.#writer.containerIsFresh) return
    if (!('disabled' in attribs) && attribs.name !== undefined && !hasClass(element, /task/i)) return
    this.#writer.inline('checked' in attribs ? '[x]' : '[ ]')
    this.#writer.glue()
  }
}

export const imageMarkdown = (alt: string, url: string, title: string): string =>
  `![${collapseSpace(alt).trim().replace(/[[\]\\]/g, '\\$&')}](${destination(url)}${titleOf(title)})`

const isListElement = (node: ParentNode | null): boolean => node !== null && isElement(node) && roleOf(node.name) === 'list'

const holds = (root: Element, fits: (element: Element) => boolean): boolean => {
  let found = false
  eachElement(root, (element) => {
    if (!found && fits(element)) found = true
    return !found
  })
  return found
}

const holdsHeading = (element: Element): boolean => holds(element, (inner) => /^h[1-6]$/.test(inner.name))
const hasMathMl = (element: Element): boolean => holds(element, (inner) => inner.name === 'math')

const isAlone = (element: Element): boolean =>
  (element.parent?.children ?? []).every((child) => child === element || (child.type === 'text' && child.data.trim() === ''))

const dropInCode = new Set(['button', 'script', 'style', 'svg', 'template'])

const rawCodeOf = (element: Element): string => {
  let text = ''
  walk(element, {
    enter(inner) {
      if (inner.name === 'br') text += ' '
      return !dropInCode.has(inner.name)
    },
    leave: () => {},
    text: (data) => (text += data),
  })
  return text
}

const controls = new Set(['input', 'select', 'textarea', 'button'])
const panelChars = 400

/** A form that is only there to be filled in. Whole pages are wrapped in forms too; those are not. */
const isControlPanel = (form: Element): boolean => {
  let fields = 0
  let chars = 0
  let content = false
  walk(form, {
    enter(element) {
      if (controls.has(element.name)) {
        fields += element.attribs.type === 'hidden' ? 0 : 1
        return false
      }
      if (/^(?:h1|h2|article|main|table|pre|img|p)$/.test(element.name)) content ||= element.name !== 'p' && element.name !== 'img'
      return element.name !== 'option'
    },
    leave: () => {},
    text: (data) => (chars += data.trim().length),
  })
  return fields > 0 && chars < panelChars && !content
}
