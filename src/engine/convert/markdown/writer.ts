import { codeSpan, collapseSpace, destination, escapeText, titleOf } from './escape.ts'

/** How breaks between blocks are written: as lines, as `<br>` in a table cell, as spaces in a heading. */
export type Layout = 'block' | 'cell' | 'line'

/** A delimiter pair around inline content. `html` replaces it where Markdown's flanking rules would not let it open or close. */
export interface Delimiter {
  kind: string
  open: string
  close: string
  htmlOpen?: string
  htmlClose?: string
}

interface Marker {
  delimiter: Delimiter
  /** Index of the opening chunk, -1 until content comes. */
  at: number
  html: boolean
  link: Link | null
}

interface Link {
  url: string
  title: string
  settled: boolean
  /** Pieces between block breaks; one of them becomes the link. */
  pieces: { open: number; close: number; heading: boolean }[]
}

interface Container {
  /** Written once, on the container's first line; null afterwards. */
  first: string | null
  rest: string
}

const linkDelimiter: Delimiter = { kind: 'link', open: '[', close: ']' }
const punctuation = /[\p{P}\p{S}]/u
/** Deeper quotes and lists are written at this depth: every line repeats the prefix of all its containers. */
const containersMax = 24

/** Writes Markdown front to back. Breaks, spaces and delimiters wait until content follows, so none is ever left over. */
export class Writer {
  layout: Layout = 'block'
  inHeading = false
  readonly #chunks: string[] = []
  readonly #containers: Container[] = []
  readonly #markers: Marker[] = []
  readonly #active = new Map<string, number>()
  #unopened = 0
  #freshContainers = 0
  #prefix = ''
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
      if (!this.#fresh) this.#breaks = Math.max(this.#breaks, level)
    } else this.#endBlock(level)
  }

  /** Exactly this many newlines. */
  setBreak(level: 1 | 2): void {
    this.#glued = false
    if (this.layout !== 'block') return this.#flatBreak()
    if (!this.#blockStart) this.#endBlock(level)
    else if (!this.#fresh) this.#breaks = level
  }

  /** Whole lines, such as a fenced block or a table; the writer adds the prefixes. */
  block(lines: string): void {
    this.break(2)
    this.#startLine()
    const prefix = this.#prefix
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
    if (this.#containers.length >= containersMax) return false
    this.#containers.push({ first, rest })
    this.#freshContainers++
    this.#blockStart = true
    return true
  }

  closeContainer(): void {
    this.#glued = false
    if (!this.#blockStart) this.#endBlock(1)
    if (this.#containers.pop()?.first !== null) this.#freshContainers--
    this.#prefix = this.#joinRest()
  }

  /** True while the innermost container has no content. */
  get #fresh(): boolean {
    return (this.#containers.at(-1)?.first ?? null) !== null
  }

  get containerIsFresh(): boolean {
    return this.#fresh && this.#blockStart
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
    this.#mark({ delimiter: linkDelimiter, at: -1, html: false, link: { url, title, settled: false, pieces: [] } })
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
      this.#settleLink(marker.link)
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
      this.#addPiece(marker.link, marker.at)
      // Indexes into a captured part mean nothing once it is taken out.
      if (this.#capturing > 0) this.#settleLink(marker.link)
    } else this.#chunks.push(marker.html ? (marker.delimiter.htmlClose ?? marker.delimiter.close) : marker.delimiter.close)
    marker.at = -1
    marker.html = false
    this.#unopened++
  }

  #end(marker: Marker): void {
    const close = this.#chunks.length
    if (marker.link) {
      this.#addPiece(marker.link, marker.at)
      this.#settleLink(marker.link)
      return
    }
    const { delimiter } = marker
    const last = this.#lastChar()
    this.#chunks.push(marker.html ? (delimiter.htmlClose ?? delimiter.close) : delimiter.close)
    if (!marker.html && delimiter.htmlClose && punctuation.test(last)) this.#fragile.push({ marker, open: marker.at, close })
    if (this.#closed.at(-1)?.close !== close - 1) this.#closed = []
    this.#closed.push({ kind: delimiter.kind, open: marker.at, close, html: marker.html })
  }

  #addPiece(link: Link, open: number): void {
    link.pieces.push({ open, close: this.#chunks.length, heading: this.inHeading })
    this.#chunks.push('')
  }

  /** A link around several blocks goes to its heading, or to its first words. */
  #settleLink(link: Link): void {
    if (link.settled) return
    link.settled = link.pieces.length > 0
    const piece = link.pieces.find((candidate) => candidate.heading) ?? link.pieces[0]
    if (!piece) return
    this.#chunks[piece.open] = '['
    this.#chunks[piece.close] = `](${destination(link.url)}${titleOf(link.title)})`
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
        const blank = this.#breaks === 2 ? `${this.#prefix.trimEnd()}\n` : ''
        this.#push(`\n${blank}`)
      }
      if (this.#prefix !== '' || this.#freshContainers > 0) this.#push(this.#linePrefix())
    }
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
    } else this.#push(`  \n${this.#prefix}`)
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
      marker.html = delimiter.htmlOpen !== undefined && (runsTogether || (isWord(before) && punctuation.test(firstChar(follows))))
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

  #linePrefix(): string {
    if (this.#freshContainers === 0) return this.#prefix
    let prefix = ''
    for (const container of this.#containers) {
      prefix += container.first ?? container.rest
      container.first = null
    }
    this.#freshContainers = 0
    this.#prefix = this.#joinRest()
    return prefix
  }

  #joinRest(): string {
    let prefix = ''
    for (const container of this.#containers) if (container.first === null) prefix += container.rest
    return prefix
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

const firstChar = (text: string): string => {
  const code = text.codePointAt(0)
  return code === undefined ? '' : String.fromCodePoint(code)
}

const isWord = (char: string): boolean => char !== '' && !/\s/.test(char) && !punctuation.test(char)
