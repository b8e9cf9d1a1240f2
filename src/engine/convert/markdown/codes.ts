import type { Element } from 'domhandler'
import type { Resolve } from '../dom/url.ts'
import { holds, walk } from '../dom/walk.ts'
import { codeTextOf, fenced, languageOf } from './code.ts'
import { collapseSpace } from './escape.ts'
import type { Writer } from './writer.ts'

/** A fenced block; in a cell or a heading, code line by line. */
export const writePre = (element: Element, writer: Writer): void => {
  const text = codeTextOf(element)
  if (text.trim() === '') return
  if (writer.layout === 'block' && !writer.inHeading) {
    writer.block(fenced(text, languageOf(element)))
    return
  }
  writer.break(1)
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    writer.code(line.trimEnd())
    writer.break(1)
  }
}

/** Inline code, with the links inside it; on lines of its own it is a block. */
export const writeCode = (element: Element, writer: Writer, resolve: Resolve): void => {
  if (!writer.isActive('link') && holds(element, (inner) => inner.name === 'a' && inner.attribs.href !== undefined)) return writeLinkedCode(element, writer, resolve)
  if (writer.layout === 'block' && !writer.inHeading && writer.atBlockStart && isAlone(element) && holds(element, (inner) => inner.name === 'br')) return writePre(element, writer)
  const text = collapseSpace(rawCodeOf(element)).trim()
  if (text !== '') writer.code(text)
}

/** Each piece is code of its own, linked or not. */
const writeLinkedCode = (element: Element, writer: Writer, resolve: Resolve): void => {
  let parts: string[] = []
  let link: string | undefined
  const flush = (): void => {
    const piece = collapseSpace(parts.join(''))
    parts = []
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
      if (dropped.has(inner.name)) return false
      if (inner.name === 'br') parts.push(' ')
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
    text: (data) => parts.push(data),
  })
  flush()
}

const isAlone = (element: Element): boolean =>
  (element.parent?.children ?? []).every((child) => child === element || (child.type === 'text' && child.data.trim() === ''))

const dropped = new Set(['button', 'script', 'style', 'svg', 'template'])

const rawCodeOf = (element: Element): string => {
  const parts: string[] = []
  walk(element, {
    enter(inner) {
      if (inner.name === 'br') parts.push(' ')
      return !dropped.has(inner.name)
    },
    leave: () => {},
    text: (data) => parts.push(data),
  })
  return parts.join('')
}
