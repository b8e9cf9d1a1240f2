import type { ParentNode } from 'domhandler'
import { isHidden } from '../dom/hidden.ts'
import { walk } from '../dom/walk.ts'
import { codeTextOf } from '../markdown/code.ts'
import { blockRoles, roleOf } from '../markdown/elements.ts'
import { collapseSpace } from '../markdown/escape.ts'

const spaced = new Set(['paragraph', 'heading', 'quote', 'pre', 'table', 'list', 'terms', 'rule'])
const unread = new Set(['skip', 'script', 'noscript', 'button', 'input', 'frame', 'media', 'image'])

/** Plain text as a reader sees it: a line per block, a blank line around paragraphs, tabs between cells. */
export const toText = (root: ParentNode): string => {
  const parts: string[] = []
  let breaks = 0
  let space = false
  let started = false
  let tab = false
  const put = (text: string): void => {
    if (started && breaks > 0) parts.push(breaks === 1 ? '\n' : '\n\n')
    else if (started && tab) parts.push('\t')
    else if (started && space) parts.push(' ')
    parts.push(text)
    started = true
    breaks = 0
    space = tab = false
  }
  const breakBy = (level: number): void => {
    breaks = Math.max(breaks, level)
    space = tab = false
  }
  walk(root, {
    enter(element) {
      const role = roleOf(element.name)
      if (unread.has(role) || isHidden(element)) return false
      if (role === 'break') breakBy(1)
      else if (role === 'pre') {
        breakBy(2)
        const code = codeTextOf(element)
        if (code.trim() !== '') put(code)
        breakBy(2)
        return false
      } else if (role === 'cell') tab = breaks === 0
      else if (blockRoles.has(role)) breakBy(spaced.has(role) ? 2 : 1)
      else if (role === 'math') return !element.children.some((child) => 'name' in child && child.name === 'semantics')
      else if (element.name.includes('-')) space = true
      return true
    },
    leave(element) {
      const role = roleOf(element.name)
      if (role === 'cell') tab = breaks === 0
      else if (blockRoles.has(role)) breakBy(spaced.has(role) ? 2 : 1)
      else if (element.name.includes('-')) space = true
    },
    text(data) {
      const text = collapseSpace(data)
      const bare = text.trim()
      if (text.startsWith(' ')) space = true
      if (bare === '') return
      put(bare)
      if (text.endsWith(' ')) space = true
    },
  })
  return parts.join('')
}

export interface Visible {
  /** Characters of visible text, spaces between words not counted twice. */
  length: number
  words: number
  /** The beginning of the text. */
  sample: string
}

const sampleChars = 8000

/** How much there is to read, without building all of it. */
export const measureText = (root: ParentNode): Visible => {
  const visible: Visible = { length: 0, words: 0, sample: '' }
  walk(root, {
    enter: (element) => !unread.has(roleOf(element.name)) && !isHidden(element),
    leave: () => {},
    text(data) {
      const text = collapseSpace(data).trim()
      if (text === '') return
      visible.length += text.length + 1
      visible.words += countWords(text)
      if (visible.sample.length < sampleChars) visible.sample += `${text.slice(0, sampleChars)} `
    },
  })
  return visible
}

/** Runs between spaces that hold a letter or digit; in scripts without spaces, each character. */
export const countWords = (text: string): number => {
  let words = 0
  let inside = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 32) inside = false
    else if (code >= 0x2e80 && code <= 0x9fff) {
      if (code > 0x303f) words++
      inside = false
    } else if (!inside && ((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code > 0xbf && (code < 0x2000 || code > 0x2bff)))) {
      inside = true
      words++
    }
  }
  return words
}
