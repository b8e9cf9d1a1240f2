import iconv from 'iconv-lite'
import type { Metadata } from '../../../contract/document.ts'
import { fail } from '../../../failure/failure.ts'
import type { DocumentConverter } from './document.ts'
import { escape, escapeValue, tableOf } from './markup.ts'
import { tokensOf } from './rtf-tokens.ts'

const depthMax = 2000
const tableRowsMax = 20_000

/** What a group inherits and takes back at its end. */
interface State {
  bold: boolean
  italic: boolean
  struck: boolean
  hidden: boolean
  encoding: string
  /** Characters that stand in for one `\u`. */
  skip: number
  target: Target
  /** The group begins with `\*`: what is not known of such is left out. */
  optional: boolean
}

/** Where text goes. */
type Target = 'body' | 'none' | 'fonts' | 'styles' | 'link' | 'mark' | 'title' | 'author' | 'subject' | 'keywords'

const targets: Readonly<Record<string, Target>> = { fonttbl: 'fonts', stylesheet: 'styles', fldinst: 'link', listtext: 'mark', pntext: 'mark', title: 'title', author: 'author', subject: 'subject', keywords: 'keywords' }
const unread = new Set(['colortbl', 'pict', 'object', 'objdata', 'header', 'headerl', 'headerr', 'headerf', 'footer', 'footerl', 'footerr', 'footerf', 'info', 'themedata', 'datastore', 'listtable', 'listoverridetable', 'rsidtbl', 'generator', 'xmlnstbl', 'latentstyles', 'filetbl', 'revtbl', 'shpinst', 'nonshppict', 'bkmkstart', 'bkmkend', 'comment', 'annotation', 'operator', 'company', 'creatim', 'revtim', 'printim', 'pgdsctbl', 'template'])
const signs: Readonly<Record<string, string>> = { tab: '\t', emdash: '—', endash: '–', lquote: '‘', rquote: '’', ldblquote: '“', rdblquote: '”', bullet: '•', emspace: ' ', enspace: ' ', zwj: '', zwnj: '' }
const charsets: Readonly<Record<number, string>> = { 77: 'macroman', 128: 'cp932', 129: 'cp949', 134: 'cp936', 136: 'cp950', 161: 'cp1253', 162: 'cp1254', 163: 'cp1258', 177: 'cp1255', 178: 'cp1256', 186: 'cp1257', 204: 'cp1251', 222: 'cp874', 238: 'cp1250' }

/** Rich Text Format, by a reader of our own: what npm has for it is abandoned or experimental. */
export const rtf: DocumentConverter = async ({ body, until }) => {
  const source = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
  if (!/^\s*\{\\rtf/.test(source)) throw fail('content.parse_failed')
  const reader = new Reader()
  let count = 0
  let cut = false
  for (const token of tokensOf(source)) {
    if ((++count & 0xffff) === 0 && performance.now() > until) {
      cut = true
      break
    }
    reader.take(token)
  }
  return { html: reader.end(), metadata: reader.metadata, warnings: cut ? ['Only the beginning of the document was converted.'] : [] }
}

class Reader {
  readonly metadata: Metadata = {}
  #state: State = { bold: false, italic: false, struck: false, hidden: false, encoding: 'cp1252', skip: 1, target: 'body', optional: false }
  readonly #stack: State[] = []
  #ignored = 0
  #bytes: number[] = []
  #toSkip = 0
  readonly #fonts = new Map<number, string>()
  #font = 0
  readonly #styles = new Map<number, string>()
  #style = 0
  #text = ''
  readonly #out: string[] = []
  #paragraph: string[] = []
  #level = 0
  #mark: string | undefined
  #list: 'ul' | 'ol' | undefined
  #links: { depth: number; href: string }[] = []
  #inTable = false
  #cells: string[] = []
  #rows: string[][] = []
  #defaultEncoding = 'cp1252'

  take(token: { kind: string; word?: string; value?: number | undefined; byte?: number; text?: string }): void {
    if (token.kind === 'byte') {
      if (this.#toSkip > 0) this.#toSkip--
      else this.#bytes.push(token.byte ?? 0)
      return
    }
    this.#flushBytes()
    if (token.kind === 'open') this.#open()
    else if (token.kind === 'close') this.#close()
    else if (token.kind === 'text') {
      let text = token.text ?? ''
      const skipped = Math.min(this.#toSkip, text.length)
      this.#toSkip -= skipped
      text = text.slice(skipped)
      // Bytes beyond ASCII that were written as they are.
      if (/[\x80-\xff]/.test(text)) text = iconv.decode(Buffer.from(text, 'latin1'), this.#state.encoding)
      this.#write(text)
    } else this.#control(token.word ?? '', token.value)
  }

  end(): string {
    this.#flushBytes()
    this.#endParagraph()
    this.#endTable()
    this.#endList()
    return this.#out.join('\n')
  }

  #open(): void {
    this.#toSkip = 0
    if (this.#stack.length >= depthMax) this.#ignored++
    else {
      this.#stack.push(this.#state)
      this.#state = { ...this.#state, optional: false }
    }
  }

  #close(): void {
    this.#toSkip = 0
    if (this.#ignored > 0) {
      this.#ignored--
      return
    }
    const { target } = this.#state
    const before = this.#stack.pop()
    if (!before) return
    if (target !== before.target) this.#endTarget(target)
    else if (target === 'styles' || target === 'fonts') this.#entry(target)
    while ((this.#links.at(-1)?.depth ?? 0) > this.#stack.length) {
      this.#links.pop()
      this.#paragraph.push('</a>')
    }
    this.#state = before
  }

  #entry(target: 'styles' | 'fonts'): void {
    if (target === 'styles') this.#styles.set(this.#style, this.#text.replace(/;.*$/s, '').trim())
    this.#text = ''
  }

  #endTarget(target: Target): void {
    const text = this.#text.trim()
    if (target !== 'body' && target !== 'none') this.#text = ''
    if (target === 'link') {
      const href = /HYPERLINK\s+(?:\\l\s+)?"([^"]{1,2000})"/i.exec(text)?.[1] ?? /HYPERLINK\s+([^\s"\\]{1,2000})/i.exec(text)?.[1]
      if (href !== undefined) {
        // The field's result follows in a group beside this one, within the group of the field.
        this.#links.push({ depth: this.#stack.length, href })
        this.#paragraph.push(`<a href="${escapeValue(href)}">`)
      }
    } else if (target === 'mark') this.#mark = text
    else if (text === '') return
    else if (target === 'title') this.metadata.title = text.slice(0, 5000)
    else if (target === 'author') this.metadata.author = text.slice(0, 5000)
    else if (target === 'subject') this.metadata.description = text.slice(0, 5000)
    else if (target === 'keywords') this.metadata.keywords = text.slice(0, 5000).split(/[,;]/).map((word) => word.trim()).filter((word) => word !== '')
  }

  #flushBytes(): void {
    if (this.#bytes.length === 0) return
    const bytes = Buffer.from(this.#bytes)
    this.#bytes = []
    this.#write(iconv.decode(bytes, this.#state.encoding))
  }

  #write(text: string): void {
    const { target, hidden, bold, italic, struck } = this.#state
    if (text === '' || target === 'none') return
    if (target !== 'body') {
      if (this.#text.length < 20_000) this.#text += text
      return
    }
    if (hidden) return
    const bare = text.trim() !== ''
    let html = escape(text)
    if (bare && struck) html = `<del>${html}</del>`
    if (bare && italic) html = `<em>${html}</em>`
    if (bare && bold) html = `<strong>${html}</strong>`
    this.#paragraph.push(html)
  }

  #control(word: string, value: number | undefined): void {
    const state = this.#state
    const on = value !== 0
    if (word === '*') {
      state.optional = true
      return
    }
    if (state.optional && !(word in targets) && !['fldinst', 'shppict'].includes(word)) {
      state.optional = false
      state.target = 'none'
      return
    }
    state.optional = false
    if (state.target === 'none' && word !== 'title' && word !== 'author' && word !== 'subject' && word !== 'keywords') return
    const target = targets[word]
    if (target) {
      state.target = target
      this.#text = ''
      return
    }
    if (unread.has(word)) {
      state.target = 'none'
      return
    }
    const sign = signs[word]
    if (sign !== undefined) {
      this.#write(sign)
      return
    }
    switch (word) {
      case 'par': case 'sect': case 'page':
        if (state.target === 'body') this.#endParagraph()
        break
      case 'line': case 'lbr':
        if (state.target === 'body') this.#paragraph.push('<br>')
        break
      case 'pard':
        this.#level = 0
        this.#mark = undefined
        this.#inTable = false
        break
      case 'plain':
        Object.assign(state, { bold: false, italic: false, struck: false, hidden: false })
        break
      case 'b': state.bold = on; break
      case 'i': state.italic = on; break
      case 'strike': case 'striked': state.struck = on; break
      case 'v': state.hidden = on; break
      case 'intbl': this.#inTable = true; break
      case 'outlinelevel': this.#level = value !== undefined && value >= 0 && value < 6 ? value + 1 : 0; break
      case 's':
        this.#style = value ?? 0
        if (state.target === 'body') this.#level = levelOf(this.#styles.get(this.#style))
        break
      case 'cell': case 'nestcell': this.#endCell(); break
      case 'row': case 'nestrow': this.#endRow(); break
      case 'u': this.#unicode(value ?? 0); break
      case 'uc': state.skip = Math.min(10, Math.max(0, value ?? 1)); break
      case 'ansicpg': this.#setDefault(value === 65001 ? 'utf8' : `cp${value ?? 1252}`); break
      case 'mac': this.#setDefault('macroman'); break
      case 'f':
        this.#font = value ?? 0
        if (state.target !== 'fonts') state.encoding = this.#fonts.get(this.#font) ?? this.#defaultEncoding
        break
      case 'fcharset': {
        const encoding = charsets[value ?? 0]
        if (encoding !== undefined && state.target === 'fonts') this.#fonts.set(this.#font, encoding)
        break
      }
      default:
    }
  }

  #setDefault(encoding: string): void {
    if (!iconv.encodingExists(encoding)) return
    this.#defaultEncoding = encoding
    this.#state.encoding = encoding
  }

  #unicode(value: number): void {
    this.#write(String.fromCharCode(value < 0 ? value + 65_536 : value & 0xffff))
    this.#toSkip = this.#state.skip
  }

  #take(): string {
    const html = this.#paragraph.join('') + '</a>'.repeat(this.#links.length)
    this.#paragraph = this.#links.map(({ href }) => `<a href="${escapeValue(href)}">`)
    return html.replace(/<a href="[^"]*"><\/a>/g, '').replace(/<\/(strong|em|del)>(\s*)<\1>/g, '$2').trim()
  }

  #endParagraph(): void {
    if (this.#inTable) {
      this.#paragraph.push('<br>')
      return
    }
    const html = this.#take()
    const mark = this.#mark
    if (html === '') return
    this.#endTable()
    if (mark !== undefined) {
      const tag = /\w/.test(mark) && !/^[o§·]$/.test(mark) ? 'ol' : 'ul'
      if (this.#list !== tag) this.#endList()
      if (this.#list === undefined) this.#out.push(`<${tag}>`)
      this.#list = tag
      this.#out.push(`<li>${html}</li>`)
      return
    }
    this.#endList()
    this.#out.push(this.#level > 0 ? `<h${this.#level}>${html.replace(/<\/?strong>/g, '')}</h${this.#level}>` : `<p>${html}</p>`)
  }

  #endCell(): void {
    this.#cells.push(this.#take().replace(/(?:<br>)+$/, ''))
  }

  #endRow(): void {
    if (this.#cells.length > 0 && this.#rows.length < tableRowsMax) this.#rows.push(this.#cells)
    this.#cells = []
    this.#paragraph = []
  }

  #endTable(): void {
    if (this.#rows.length === 0) return
    this.#endList()
    this.#out.push(tableOf(this.#rows.map((row) => row.map((html) => ({ html })))))
    this.#rows = []
  }

  #endList(): void {
    if (this.#list) this.#out.push(`</${this.#list}>`)
    this.#list = undefined
  }
}

const levelOf = (style: string | undefined): number => (style !== undefined && /^title$/i.test(style) ? 1 : Number(/^(?:heading|überschrift|titre|título) ([1-6])\b/i.exec(style ?? '')?.[1] ?? 0))
