import { compile, selectAll } from 'css-select'
import { type AnyNode, type ChildNode, Document, type Element } from 'domhandler'
import { removeElement } from 'domutils'
import { parse } from 'parse5'
import { adapter } from 'parse5-htmlparser2-tree-adapter'
import { fail } from '../../../failure/failure.ts'
import { holdsContent } from './noscript.ts'
import { isSegment, isSlot, placeSegments } from './streamed.ts'
import { eachElement } from './walk.ts'
import type { Issue } from '../../../failure/facts.ts'

const selectorsMax = 100
const selectorChars = 1000
/** parse5 repeats unclosed formatting elements in every paragraph, so a hostile page can grow with its square. */
const elementsMax = 1_000_000

export interface Selectors {
  include: readonly string[]
  exclude: readonly string[]
}

/** Throws `caller.invalid_request` naming every selector that does not parse. */
export const checkSelectors = ({ include, exclude }: Selectors): void => {
  const issues = [...issuesOf('include_selectors', include), ...issuesOf('exclude_selectors', exclude)]
  if (issues.length > 0) throw fail('caller.invalid_request', { issues })
}

const issuesOf = (field: string, selectors: readonly string[]): Issue[] => {
  if (selectors.length > selectorsMax) return [{ path: [field], code: 'too_big', message: `At most ${selectorsMax} selectors` }]
  return selectors.flatMap((selector, i) => {
    const message = faultOf(selector)
    return message ? [{ path: [field, i], code: 'invalid_selector', message }] : []
  })
}

const faultOf = (selector: string): string | undefined => {
  if (selector.length > selectorChars) return `Selector longer than ${selectorChars} characters`
  if (selector.trim() === '') return 'Selector is empty'
  try {
    compile(selector)
    return undefined
  } catch (err) {
    return `Not a CSS selector: ${err instanceof Error ? err.message : 'unknown error'}`
  }
}

/** The tree a browser would build without scripts: selectors copied from developer tools fit it. Undefined where it would have too many elements. */
export const parseAsBrowser = (html: string): Document | undefined => {
  let elements = 0
  const tooMany = new Error('too many elements')
  const counting: typeof adapter = {
    ...adapter,
    createElement(name, namespace, attributes) {
      if (++elements > elementsMax) throw tooMany
      return adapter.createElement(name, namespace, attributes)
    },
  }
  let parsed
  try {
    parsed = parse(html, { treeAdapter: counting, scriptingEnabled: false })
  } catch (err) {
    if (err === tooMany) return undefined
    throw err
  }
  // Two major versions of the node classes differ in nothing but the constants' type names.
  const root = adopt(parsed.children as unknown as ChildNode[])
  const slots: Element[] = []
  const segments: Element[] = []
  eachElement(root, (element) => {
    if (element.name === 'noscript' && holdsContent(element)) element.name = 'div'
    else if (isSlot(element.name, element.attribs)) slots.push(element)
    else if (isSegment(element.attribs)) segments.push(element)
  })
  placeSegments(slots, segments)
  return root
}

/** What the selectors leave of a tree: matches of `include` in document order, less those of `exclude`. Throws `content.empty`. */
export const applySelectors = (root: Document, { include, exclude }: Selectors): Document => {
  for (const element of outermost(root, exclude)) removeElement(element)
  if (include.length === 0) return root
  const kept: ChildNode[] = outermost(root, include)
  if (kept.length === 0) throw fail('content.empty')
  for (const element of kept) removeElement(element)
  return adopt(kept)
}

/** Matches of any selector in document order, without those inside of another. */
const outermost = (root: Document, selectors: readonly string[]): Element[] => {
  const matches = new Set(selectors.flatMap((selector) => selectAll<AnyNode, Element>(selector, root)))
  const found: Element[] = []
  if (matches.size > 0) eachElement(root, (element) => {
    if (!matches.has(element)) return true
    found.push(element)
    return false
  })
  return found
}

const adopt = (children: ChildNode[]): Document => {
  const root = new Document(children)
  children.forEach((child, i) => {
    child.parent = root
    child.prev = children[i - 1] ?? null
    child.next = children[i + 1] ?? null
  })
  return root
}
