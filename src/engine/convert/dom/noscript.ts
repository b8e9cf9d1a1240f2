import type { Element } from 'domhandler'
import { walk } from './walk.ts'

const contentChars = 150
const scanChars = 4000
const contentTags = new Set(['p', 'h1', 'h2', 'h3', 'article', 'main', 'section', 'table', 'ul', 'ol', 'li', 'div', 'header', 'a'])
const plea = /(?:enable|activate|turn on|requires?|need|without|supports?|disabled)[^.]{0,80}java\s?script|java\s?script[^.]{0,80}(?:required|disabled|enabled?|needed|turned off|not (?:available|supported|enabled))/i

/** Whether a `<noscript>` holds what scripts would show, as forums do it, and not a plea for scripts or a counting pixel. */
export const holdsContent = (element: Element): boolean => {
  let text = ''
  let chars = 0
  let tags = 0
  walk(element, {
    enter(inner) {
      if (contentTags.has(inner.name)) tags++
      return chars < scanChars
    },
    leave: () => {},
    text(data) {
      const bare = data.trim()
      chars += bare.length
      if (text.length < 600) text += `${bare} `
    },
  })
  return tags > 0 && chars >= contentChars && (chars >= 600 || !plea.test(text))
}

const ends = /<(\/?)(noscript|iframe)(?=[\s/>])/gi

/**
 * The content of a frame is text up to its end, and trackers leave the end out: `<noscript><iframe src="…"/></noscript>`.
 * Browsers end it with the noscript, which is all text to them; so does this.
 */
export const closeFrames = (html: string): string => {
  let out = ''
  let copied = 0
  let inside = false
  let open = false
  for (const match of html.matchAll(ends)) {
    const closes = match[1] === '/'
    if (match[2]?.toLowerCase() === 'iframe') {
      if (inside) open = !closes
      continue
    }
    if (closes && inside && open) {
      out += `${html.slice(copied, match.index)}</iframe>`
      copied = match.index
    }
    inside = !closes
    open = false
  }
  return copied === 0 ? html : out + html.slice(copied)
}
