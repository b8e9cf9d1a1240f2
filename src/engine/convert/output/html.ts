import type { Document, Element } from 'domhandler'
import { frameOf } from '../markdown/embed.ts'
import { candidatesOf, imageOf } from '../dom/image.ts'
import { isHttp, type Resolve } from '../dom/url.ts'
import { walk } from '../dom/walk.ts'

const dropped = new Set(['script', 'style', 'template', 'title', 'meta', 'link', 'base', 'object', 'embed', 'applet', 'canvas', 'svg', 'frame', 'frameset', 'noframes', 'noembed', 'xmp', 'plaintext', 'param', 'noscript', 'input', 'textarea', 'select', 'option', 'optgroup', 'datalist', 'annotation-xml', 'portal', 'dialog'])
/** Their tags go, their content stays. */
const unwrapped = new Set(['html', 'head', 'body', 'form', 'font', 'center', 'nobr'])
const empty = new Set(['area', 'br', 'col', 'hr', 'img', 'source', 'track', 'wbr'])
const attributes = new Set([
  'id', 'class', 'title', 'lang', 'dir', 'role', 'alt', 'width', 'height', 'colspan', 'rowspan', 'scope', 'headers', 'align', 'start', 'value', 'type', 'reversed', 'datetime', 'rel', 'hreflang',
  'media', 'sizes', 'controls', 'open', 'label', 'abbr', 'span', 'itemprop', 'itemscope', 'itemtype', 'aria-label', 'aria-level', 'name', 'cite', 'href', 'src', 'srcset', 'poster', 'display', 'alttext', 'encoding',
])
const addresses = new Set(['href', 'src', 'cite', 'poster'])
const name = /^[a-z][a-z0-9-]{0,63}$/i

/** HTML that is safe to show anywhere: no scripts, styles, handlers, forms or trackers, every address absolute. */
export const toCleanHtml = (root: Document, resolve: Resolve): string => {
  const parts: string[] = []
  walk(root, {
    enter(element) {
      if (dropped.has(element.name) || !name.test(element.name)) return !dropped.has(element.name)
      if (unwrapped.has(element.name)) return true
      const special = element.name === 'img' ? imageTag(element, resolve) : element.name === 'iframe' ? frameTag(element, resolve) : undefined
      if (special !== undefined) {
        parts.push(special)
        return false
      }
      parts.push(`<${element.name}${attributesOf(element, resolve)}>`)
      return !empty.has(element.name)
    },
    leave(element) {
      if (name.test(element.name) && !unwrapped.has(element.name)) parts.push(`</${element.name}>`)
    },
    text: (data) => parts.push(escape(data)),
  })
  return parts.join('').trim()
}

const imageTag = (element: Element, resolve: Resolve): string => {
  const image = imageOf(element, resolve)
  return image ? `<img src="${escapeValue(image.url)}"${attributesOf(element, resolve, 'src')}>` : ''
}

const frameTag = (element: Element, resolve: Resolve): string => {
  const embed = frameOf(element, resolve)
  return embed ? `<a href="${escapeValue(embed.url)}">${escape(embed.label)}</a>` : ''
}

const attributesOf = (element: Element, resolve: Resolve, except?: string): string => {
  let written = ''
  for (const [key, value] of Object.entries(element.attribs)) {
    if (key === except || !attributes.has(key)) continue
    const safe = addresses.has(key) ? addressOf(key, value, resolve) : key === 'srcset' ? srcsetOf(value, resolve) : value
    if (safe !== undefined) written += safe === '' ? ` ${key}` : ` ${key}="${escapeValue(safe)}"`
  }
  return written
}

const addressOf = (key: string, value: string, resolve: Resolve): string | undefined => {
  const url = resolve(value)
  return key === 'href' || isHttp(url) ? url : undefined
}

const srcsetOf = (value: string, resolve: Resolve): string | undefined => {
  const kept = candidatesOf(value).flatMap(({ url, descriptor }) => {
    const absolute = resolve(url)
    return isHttp(absolute) ? [`${absolute.replaceAll(',', '%2C')} ${descriptor}`.trim()] : []
  })
  return kept.length > 0 ? kept.join(', ') : undefined
}

export const escape = (text: string): string => text.replace(/[&<>\u00a0]/g, (char) => entities[char] ?? char)
export const escapeValue = (text: string): string => text.replace(/[&<>"\u00a0]/g, (char) => entities[char] ?? char)
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\u00a0': '&nbsp;' }
