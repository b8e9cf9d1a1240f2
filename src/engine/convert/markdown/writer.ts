import { Containers } from './containers.ts'
import { firstChar, isPunctuation, isWord, link as linkDelimiter, type Delimiter } from './delimiters.ts'
import { codeSpan, collapseSpace, escapeText } from './escape.ts'
import { LinkText } from './link-text.ts'

/** How breaks between blocks are written: as lines, as `<br>` in a table cell, as spaces in a heading. */
export type Layout = 'block' | 'cell' | 'line'

interface Marker {
  delimiter: Delimiter
  /** Index of the opening chunk, -1 until content comes. */
  at: number
  html: boolean
  link: LinkText | null
}

/** Writes Markdown front to back. Breaks, spaces and delimiters wait until content follows, so none is ever left over. */
export class Writer {
  layout: Layout = 'block'
  inHeading = false
  /** Blocks begun so far. */
  blocks = 0
  readonly #chunks: string[] = []
  readonly #containers = new Containers()
  readonly #markers: Marker[] = []
  readonly #active = new Map<string, number>()
  #unopened = 0
  /** Newlines due before the next content. */
  #breaks = 0
  #space = false
  #lineBreaks = 0
  #glued = false
  #lineHead = ''
  /** Nothing has been written since the last break between blocks. */
  #blockStart = true
  #lineStart = true
  #digitsAtStart = false
  /** A closed delimiter that a word character right after it would undo. */
  #fragile: { marker: Marker; open: number; close: number }[] = []
  #captureStart = 0
  #lastCode: { code: string; at: number } | null = null
  #capturing = 0
  /** Delimiters that closed one right after the other at the very end of what is written. */
  #closed: { kind: string; open: number; close: number; html: boolean }[] = []

  toString(): string {
    return this.#chunks.join('')
  }

  /** Inline text as it stands in the document. */
  text(raw: string): void {
    const text = collapseSpace(raw)
    const leads = text.startsWith(' ')
    const trails = text.length > 1 && text.endsWith(' ')
    if (leads) this.#space = true
    if (text === '' || text === ' ') return
    const bare = leads || trails ? text.slice(leads ? 1 : 0, trails ? -1 : undefined) : text
    this.#begin(bare)
    const escaped = escapeText(bare, {
      before: this.#lineStart ? '' : this.#lastChar(),
      lineStart: this.#lineStart && this.layout === 'block' && !this.inHeading,
      inLink: this.#active.get('link') === 1,
      inCell: this.layout === 'cell',
      itemStart: this.#lineStart,
    })
    this.#push(this.#digitsAtStart && /^[.)](?:\s|$)/.test(bare) ? `\\${escaped}` : escaped)
    this.#digitsAtStart = this.#lineStart && this.layout === 'block' && !trails && /^\d{1,9}$/.test(bare)
    this.#lineStart = false
    this.#space = trails
  }

  /** Inline content that is Markdown already. */
  inline(markdown: string): void {
    this.#begin(markdown)
    this.#push(markdown)
    this.#lineStart = false
    this.#digitsAtStart = false
  }

  code(code: string): void {
    const last = this.#lastCode
    // Two spans side by side would be read as one with backticks inside.
    if (last && last.at === this.#chunks.length - 1 && !this.#space && !this.#blockStart && this.#lineBreaks === 0 && this.#unopened === 0) {
      last.code += code
      this.#chunks[last.at] = codeSpan(last.code, this.layout === 'cell')
      return
    }
    this.inline(codeSpan(code, this.layout === 'cell'))
    this.#lastCode = { code, at: this.#chunks.length - 1 }
  }

  space(): void {
    this.#space = true
  }

  /** `<br>`: two of them end the paragraph. */
  lineBreak(): void {
    if (this.layout === 'line') this.#space = true
    else if (this.layout === 'cell' || !this.#blockStart) this.#lineBreaks++
  }

  /** What comes next stays on this line although a block may begin there. */
  glue(): void {
    this.#glued = true
    this.#space = true
  }

  /** At least this many newlines between what was and what comes. */
  break(level: 1 | 2): void {
    if (this.#glued) return
    if (this.layout !== 'block') return this.#flatBreak()
    if (this.#blockStart) {
      if (!this.#containers.innermostIsFresh) this.#breaks = Math.max(this.#breaks, level)
    } else this.#endBlock(level)
  }

  /** Exactly this many newlines. */
  setBreak(level: 1 | 2): void {
    this.#glued = false
    if (this.layout !== 'block') return this.#flatBreak()
    if (!this.#blockStart) this.#endBlock(level)
    else if (!this.#containers.innermostIsFresh) this.#breaks = level
  }

  /** Whole lines, such as a fenced block or a table; the writer adds the prefixes. */
  block(lines: string): void {
    this.break(2)
    this.#startLine()
    const { prefix } = this.#containers
    const blank = prefix.trimEnd()
    this.#push(prefix === '' ? lines : lines.split('\n').map((line, i) => (i === 0 ? line : line === '' ? blank : prefix + line)).join('\n'))
    this.#lineStart = false
    this.break(2)
  }

  /** Written before the next content of this block, once: `## `. */
  lineHead(head: string): void {
    this.#lineHead = head
  }

  /** Forgets a head that no content followed. */
  dropLineHead(): void {
    this.#lineHead = ''
  }

  /** A heading's own closing marks must not be mistaken for Markdown's. */
  endHeading(): void {
    const last = this.#chunks.at(-1)
    if (!this.#blockStart && last?.endsWith('#')) this.#chunks[this.#chunks.length - 1] = last.replace(/(^| )(#+)$/, '$1\\$2')
  }

  /** False where nesting is too deep and the content joins its parent. */
  openContainer(first: string, rest: string): boolean {
    if (!this.#containers.open(first, rest)) return false
    this.#blockStart = true
    return true
  }

  closeContainer(): void {
    this.#glued = false
    if (!this.#blockStart) this.#endBlock(1)
    this.#containers.close()
  }

  get containerIsFresh(): boolean {
    return this.#containers.innermostIsFresh && this.#blockStart
  }

  get atBlockStart(): boolean {
    return this.#blockStart
  }

  isActive(kind: string): boolean {
    return (this.#active.get(kind) ?? 0) > 0
  }

  /** Opens a delimiter pair; the same kind inside itself changes nothing. */
  open(delimiter: Delimiter): void {
    const depth = this.#active.get(delimiter.kind) ?? 0
    this.#active.set(delimiter.kind, depth + 1)
    if (depth === 0) this.#mark({ delimiter, at: -1, html: false, link: null })
  }

  close(kind: string): void {
    const depth = (this.#active.get(kind) ?? 1) - 1
    this.#active.set(kind, depth)
    if (depth > 0) return
    const marker = this.#markers.pop()
    if (!marker) return
    if (marker.at < 0) this.#unopened--
    else this.#end(marker)
  }

  openLink(url: string, title: string): void {
    this.#active.set('link', 1)
    this.#mark({ delimiter: linkDelimiter, at: -1, html: false, link: new LinkText(url, title) })
  }

  /** The innermost link ends here, wherever its closing tag may stand. */
  closeLink(): void {
    if (!this.isActive('link')) return
    this.#active.set('link', 0)
    const at = this.#markers.findLastIndex((marker) => marker.link !== null)
    const [marker] = at < 0 ? [] : this.#markers.splice(at, 1)
    if (!marker?.link) return
    if (marker.at < 0) {
      this.#unopened--
      marker.link.settle(this.#chunks, this.layout === 'cell')
      return
    }
    // Delimiters opened inside the link and not closed yet end with it and begin again after it.
    const inner = this.#markers.slice(at)
    for (const open of inner.toReversed()) this.#suspend(open)
    this.#end(marker)
  }

  /** Takes what is written from here on out of the output; `take` ends it. */
  capture(layout: Layout): () => string {
    const saved = { layout: this.layout, start: this.#chunks.length, breaks: this.#breaks, space: this.#space, lineBreaks: this.#lineBreaks, blockStart: this.#blockStart, lineStart: this.#lineStart, head: this.#lineHead }
    this.layout = layout
    this.#breaks = this.#lineBreaks = 0
    this.#space = false
    this.#blockStart = this.#lineStart = true
    this.#lineHead = ''
    const outer = this.#captureStart
    this.#captureStart = saved.start
    this.#capturing++
    return () => {
      for (const marker of this.#markers.toReversed()) this.#suspend(marker)
      const text = this.#chunks.slice(saved.start).join('')
      this.#chunks.length = saved.start
      this.layout = saved.layout
      this.#breaks = saved.breaks
      this.#space = saved.space
      this.#lineBreaks = saved.lineBreaks
      this.#blockStart = saved.blockStart
      this.#lineStart = saved.lineStart
      this.#lineHead = saved.head
      this.#closed = []
      this.#lastCode = null
      this.#fragile = []
      this.#captureStart = outer
      this.#capturing--
      return text
    }
  }

  #mark(marker: Marker): void {
    this.#markers.push(marker)
    this.#unopened++
  }

  #flatBreak(): void {
    if (this.layout === 'line') this.#space = true
    else if (!this.#blockStart) this.#lineBreaks = Math.max(this.#lineBreaks, 1)
  }

  #endBlock(level: 1 | 2): void {
    for (let i = this.#markers.length - 1; i >= 0; i--) {
      const marker = this.#markers[i]
      if (marker && marker.at >= 0) this.#suspend(marker)
    }
    this.#breaks = level
    this.#blockStart = true
    this.#space = false
    this.#lineBreaks = 0
    this.#lineHead = ''
    this.#fragile = []
    this.#closed = []
  }

  /** Closes a delimiter for now; it opens again with the next content. */
  #suspend(marker: Marker): void {
    if (marker.at < 0) return
    if (marker.link) {
      marker.link.add(this.#chunks, marker.at, this.inHeading)
      // Indexes into a captured part mean nothing once it is taken out.
      if (this.#capturing > 0) marker.link.settle(this.#chunks, this.layout === 'cell')
    } else this.#chunks.push(marker.html ? (marker.delimiter.htmlClose ?? marker.delimiter.close) : marker.delimiter.close)
    marker.at = -1
    marker.html = false
    this.#unopened++
  }

  #end(marker: Marker): void {
    const close = this.#chunks.length
    if (marker.link) {
      marker.link.add(this.#chunks, marker.at, this.inHeading)
      marker.link.settle(this.#chunks, this.layout === 'cell')
      return
    }
    const { delimiter } = marker
    const last = this.#lastChar()
    this.#chunks.push(marker.html ? (delimiter.htmlClose ?? delimiter.close) : delimiter.close)
    if (!marker.html && delimiter.htmlClose && isPunctuation(last)) this.#fragile.push({ marker, open: marker.at, close })
    if (this.#closed.at(-1)?.close !== close - 1) this.#closed = []
    this.#closed.push({ kind: delimiter.kind, open: marker.at, close, html: marker.html })
  }

  /** Everything that is due before content whose first characters are `next`. */
  #begin(next: string): void {
    if (this.#blockStart) this.#startLine()
    else if (this.#lineBreaks > 0) this.#breakLine()
    else if (this.#space) this.#push(' ')
    else if (this.#fragile.length > 0) this.#mendFragile(next)
    this.#glued = false
    const spaced = this.#space
    this.#space = false
    this.#fragile = []
    if (this.#unopened > 0) this.#openMarkers(next, spaced)
    this.#closed = []
  }

  #startLine(): void {
    if (this.#capturing === 0) {
      if (this.#breaks > 0 && this.#chunks.length > 0) {
        const blank = this.#breaks === 2 ? `${this.#containers.prefix.trimEnd()}\n` : ''
        this.#push(`\n${blank}`)
      }
      const prefix = this.#containers.begin()
      if (prefix !== '') this.#push(prefix)
    }
    this.blocks++
    this.#breaks = 0
    this.#lineBreaks = 0
    this.#space = false
    this.#blockStart = false
    this.#lineStart = true
    this.#digitsAtStart = false
    if (this.#lineHead !== '') {
      this.#push(this.#lineHead)
      this.#lineHead = ''
    }
  }

  #breakLine(): void {
    const paragraph = this.#lineBreaks > 1
    this.#lineBreaks = 0
    this.#space = false
    if (this.layout === 'cell') this.#push('<br>')
    else if (paragraph) {
      this.#endBlock(2)
      this.#startLine()
      return
    } else this.#push(`  \n${this.#containers.prefix}`)
    if (this.#lineHead !== '') this.#push(this.#lineHead)
    this.#lineHead = ''
    this.#lineStart = true
    this.#digitsAtStart = false
  }

  #openMarkers(next: string, spaced: boolean): void {
    const waiting = this.#markers.filter((marker) => marker.at < 0)
    this.#unopened = 0
    let joining = !spaced
    waiting.forEach((marker, i) => {
      const { delimiter } = marker
      const last = this.#closed.at(-1)
      const touches = joining && last?.close === this.#chunks.length - 1
      if (touches && delimiter.htmlOpen && last.kind === delimiter.kind && !last.html) {
        this.#chunks.pop()
        this.#closed.pop()
        marker.at = last.open
        return
      }
      joining = false
      if (marker.link && this.#lastChar() === '!') this.#chunks[this.#chunks.length - 1] = `${this.#chunks.at(-1)?.slice(0, -1) ?? ''}\\!`
      const follows = waiting.slice(i + 1).find((other) => other.delimiter.open[0] !== delimiter.open[0])?.delimiter.open ?? next
      const before = this.#lastChar()
      // Asterisks that close and asterisks that open would run together.
      const runsTogether = touches && before === delimiter.open[0]
      if (!marker.link) this.#lineStart = false
      marker.html = delimiter.htmlOpen !== undefined && (runsTogether || (isWord(before) && isPunctuation(firstChar(follows))))
      marker.at = this.#chunks.length
      this.#chunks.push(marker.link ? '' : marker.html ? (delimiter.htmlOpen ?? delimiter.open) : delimiter.open)
    })
  }

  /** `**so:**then` would show its asterisks. */
  #mendFragile(next: string): void {
    const opening = this.#unopened > 0 ? this.#markers.find((marker) => marker.at < 0)?.delimiter : undefined
    if (!isWord(firstChar(next)) || (opening && (opening.htmlOpen === undefined || opening.kind === this.#closed.at(-1)?.kind))) return
    for (const { marker, open, close } of this.#fragile) {
      this.#chunks[open] = marker.delimiter.htmlOpen ?? marker.delimiter.open
      this.#chunks[close] = marker.delimiter.htmlClose ?? marker.delimiter.close
    }
  }

  #push(chunk: string): void {
    this.#chunks.push(chunk)
  }

  #lastChar(): string {
    if (this.#blockStart) return ''
    for (let i = this.#chunks.length - 1; i >= this.#captureStart; i--) {
      const chunk = this.#chunks[i]
      if (chunk) return /[\uDC00-\uDFFF]$/.test(chunk) ? chunk.slice(-2) : (chunk.at(-1) ?? '')
    }
    return ''
  }
}
