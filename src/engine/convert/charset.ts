import { isUtf8 } from 'node:buffer'

export interface Decoded {
  text: string
  charset: string
  /** What told the charset. */
  from: 'bom' | 'header' | 'document' | 'guess'
  /** Set where bytes did not fit the declared charset and were replaced. */
  damaged: boolean
}

/** Browsers look at 1024 bytes; pages with a long head put the declaration later. */
const prescanBytes = 65_536

/** Order of belief: byte order mark, HTTP header, the document's own word, and else UTF-8 where valid, windows-1252 where not. */
export const decode = (body: Uint8Array, contentType: string | null, markup: 'html' | 'xml' | 'none'): Decoded => {
  const marked = byBom(body)
  if (marked) return decodeAs(body, marked, 'bom')
  const utf8 = isUtf8(body)
  const declared: [string | undefined, Decoded['from']][] = [
    [encodingOf(charsetParameter(contentType)), 'header'],
    [markup === 'none' ? undefined : declaredInside(body, markup), 'document'],
  ]
  // A false claim of UTF-8 gives way to another declaration, as nothing of the text would be lost.
  const credible = declared.filter(([charset]) => charset !== undefined && (charset !== 'utf-8' || utf8))
  for (const [charset, from] of credible.length > 0 ? credible : declared) if (charset) return decodeAs(body, charset, from, utf8)
  return decodeAs(body, utf8 ? 'utf-8' : 'windows-1252', 'guess', utf8)
}

const decodeAs = (body: Uint8Array, charset: string, from: Decoded['from'], utf8 = true): Decoded => ({
  text: new TextDecoder(charset).decode(body),
  charset,
  from,
  damaged: charset === 'utf-8' && !utf8,
})

const byBom = (body: Uint8Array): string | undefined => {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8'
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le'
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be'
  return undefined
}

/** The canonical name of a label, if it is one that the Encoding Standard knows. */
const encodingOf = (label: string | undefined): string | undefined => {
  if (!label) return undefined
  try {
    return new TextDecoder(label.trim()).encoding
  } catch {
    // An unknown label tells nothing.
    return undefined
  }
}

const charsetParameter = (contentType: string | null): string | undefined =>
  contentType ? /;\s*charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType.slice(0, 1024))?.[1] : undefined

const declaredInside = (body: Uint8Array, markup: 'html' | 'xml'): string | undefined => {
  if (body[0] === 0x3c && body[1] === 0 && body[2] === 0x3f && body[3] === 0) return 'utf-16le'
  if (body[0] === 0 && body[1] === 0x3c && body[2] === 0 && body[3] === 0x3f) return 'utf-16be'
  const head = new TextDecoder('latin1').decode(body.subarray(0, prescanBytes))
  const xml = /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w:.-]+)["']/i.exec(head)?.[1]
  const label = xml ?? (markup === 'html' ? metaCharset(head) : undefined)
  const charset = encodingOf(label)
  // The declaration could be read as ASCII, so it cannot be true of UTF-16.
  return charset?.startsWith('utf-16') ? 'utf-8' : charset === 'x-user-defined' ? 'windows-1252' : charset
}

const metaCharset = (head: string): string | undefined => {
  for (let at = 0; at < head.length; ) {
    const open = head.indexOf('<', at)
    if (open < 0) return undefined
    if (head.startsWith('<!--', open)) {
      const close = head.indexOf('-->', open + 4)
      if (close < 0) return undefined
      at = close + 3
      continue
    }
    const tag = head.slice(open + 1, open + 6).toLowerCase()
    const end = head.indexOf('>', open)
    if (end < 0 || tag.startsWith('body')) return undefined
    if (tag.startsWith('meta')) {
      const label = /[\s"';]charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head.slice(open, Math.min(end, open + 1024)))?.[1]
      if (label) return label
    }
    at = open + 1
  }
  return undefined
}
