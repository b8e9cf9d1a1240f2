import type { Element, ParentNode } from 'domhandler'
import { parseXml } from '../dom/parse.ts'
import { isElement, walk } from '../dom/walk.ts'

/** The document element, whatever its prefix. Entities of the document's own are not expanded: the parser knows none. */
export const rootOf = (xml: string | undefined): Element | undefined => {
  if (xml === undefined) return undefined
  return parseXml(xml).root.children.find(isElement) as Element | undefined
}

/** `w:p` → `p`. */
export const localName = (element: Element): string => element.name.slice(element.name.indexOf(':') + 1)

export const childrenOf = (parent: ParentNode | undefined, name?: string): Element[] =>
  (parent?.children.filter((node) => isElement(node) && (name === undefined || localName(node) === name)) ?? []) as Element[]

export const childOf = (parent: ParentNode | undefined, ...path: string[]): Element | undefined => {
  let found: ParentNode | undefined = parent
  for (const name of path) found = childrenOf(found, name)[0]
  return found as Element | undefined
}

/** Elements of this name below, those inside of one another too, in document order. */
export const allBelow = (parent: ParentNode | undefined, name: string): Element[] => {
  const found: Element[] = []
  if (parent) walk(parent, { enter: (element) => { if (localName(element) === name) found.push(element); return true }, leave: () => {}, text: () => {} })
  return found
}

/** An attribute whatever its prefix. */
export const attribute = (element: Element | undefined, name: string): string | undefined => {
  if (!element) return undefined
  for (const [key, value] of Object.entries(element.attribs)) if (key === name || key.endsWith(`:${name}`)) return value
  return undefined
}

/** All text below, CDATA included, at most `max` characters. */
export const textBelow = (parent: ParentNode | undefined, max = 1_000_000): string => {
  let text = ''
  const open: ParentNode['children'][number][] = parent ? parent.children.toReversed() : []
  for (let node = open.pop(); node && text.length < max; node = open.pop()) {
    if (node.type === 'text') text += node.data
    else if ('children' in node) for (const inner of node.children.toReversed()) open.push(inner)
  }
  return text.slice(0, max)
}
