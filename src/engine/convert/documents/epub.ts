import { fail } from '../../../failure/failure.ts'
import { openArchive, resolvePart, type Archive } from './archive.ts'
import type { DocumentConverter } from './document.ts'
import { escapeValue, pageBreak } from './markup.ts'
import { propertiesOf } from './properties.ts'
import { allBelow, childOf, childrenOf, rootOf } from './xml.ts'

const charsMax = 20_000_000

/** The chapters of a book in reading order; links between them lead to places in the one document that they become. */
export const epub: DocumentConverter = async ({ body, pagesMax, until }) => {
  const archive = openArchive(body)
  if (isProtected(archive)) throw fail('content.encrypted')
  const packagePath = allBelow(rootOf(archive.text('META-INF/container.xml')), 'rootfile')[0]?.attribs['full-path'] ?? archive.names.find((name) => name.endsWith('.opf'))
  const root = rootOf(packagePath === undefined ? undefined : archive.text(packagePath))
  if (!root || packagePath === undefined) throw fail('content.parse_failed')
  const items = new Map(childrenOf(childOf(root, 'manifest'), 'item').map(({ attribs }) => [attribs.id ?? '', attribs]))
  const chapters = childrenOf(childOf(root, 'spine'), 'itemref').flatMap(({ attribs }) => {
    const item = items.get(attribs.idref ?? '')
    const isText = item?.href !== undefined && /html|xml/.test(item['media-type'] ?? 'html') && !/\bnav\b/.test(item.properties ?? '') && attribs.linear !== 'no'
    return isText ? [resolvePart(packagePath, item.href ?? '')] : []
  })
  const parts: string[] = []
  let done = 0
  let chars = 0
  for (const path of chapters.slice(0, pagesMax)) {
    if ((performance.now() > until || chars > charsMax) && done > 0) break
    done++
    if (done > 1) parts.push(pageBreak(done))
    const html = bodyOf(archive.text(path) ?? '', path)
    chars += html.length
    parts.push(`<div id="${escapeValue(anchorOf(path))}">${html}</div>`)
  }
  return {
    html: parts.join('\n'),
    metadata: { ...propertiesOf(archive, packagePath), page_count: chapters.length },
    warnings: done < chapters.length ? [`Only the first ${done} of ${chapters.length} chapters were converted.`] : [],
  }
}

/** Obfuscated fonts are common and harm nobody; anything else that is encrypted is the book. */
const isProtected = (archive: Archive): boolean =>
  allBelow(rootOf(archive.text('META-INF/encryption.xml')), 'EncryptedData').some((one) => {
    const algorithm = allBelow(one, 'EncryptionMethod')[0]?.attribs.Algorithm ?? ''
    return !algorithm.includes('idpf.org/2008/embedding') && !algorithm.includes('ns.adobe.com/pdf/enc#RC')
  })

const anchorOf = (path: string): string => path.replace(/[^\w.-]+/g, '-')

/** The inside of the body. Self-closing tags of XHTML mean what they say, which HTML does not know; addresses inside of the book become anchors. */
const bodyOf = (xhtml: string, path: string): string => {
  const start = /<body\b[^>]*>/i.exec(xhtml)
  const end = xhtml.lastIndexOf('</body')
  const inner = start ? xhtml.slice(start.index + start[0].length, end > start.index ? end : undefined) : xhtml.replace(/^[\s\S]{0,5000}?<\/head>/i, '')
  return inner
    .replace(/<(?!area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)([a-z][\w:-]*)((?:\s[^<>]*?)?)\/>/gi, '<$1$2></$1>')
    .replace(/(\shref\s*=\s*)(["'])([^"']{0,2000})\2/gi, (whole, name: string, quote: string, href: string) => (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(href) ? whole : `${name}${quote}#${href.split('#')[1] ?? anchorOf(resolvePart(path, href))}${quote}`))
    .replace(/<(?:img|image)\b[^<>]*>/gi, (tag) => altOf(tag))
}

/** Pictures are inside of the file: what they show can be said, not linked. */
const altOf = (tag: string): string => {
  const alt = /\salt\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(tag)
  const text = (alt?.[1] ?? alt?.[2] ?? '').trim()
  return text === '' ? '' : ` <em>${text.replaceAll('<', '&lt;')}</em> `
}
