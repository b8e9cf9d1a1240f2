import { type AnyNode, Document, type Element, isTag, type ParentNode } from 'domhandler'
import { removeElement } from 'domutils'
import type { Metadata } from '../../../contract/document.ts'

export interface MainContentContext {
  url: string
  mode: 'reader' | 'prune'
  metadata: Metadata
}

export interface MainContent {
  root: Document
  kind: string
  confidence: number
}

const chrome = new Set(['nav', 'header', 'footer', 'aside', 'form', 'dialog', 'menu'])
const chromeRoles = new Set(['navigation', 'banner', 'contentinfo', 'complementary', 'search', 'dialog'])
const doubtful = /(^|[\s_-])(share|social|related|recommended|newsletter|subscribe|cookie|consent|breadcrumbs?|sidebar|promo|advert|ads?|comments?|pagination|toc)([\s_-]|$)/i

/** The subtree that is the page's reason to exist. */
export const selectMainContent = (root: Document, context: MainContentContext): MainContent => {
  const candidate = find(root, (el) => el.name === 'main' || el.attribs.role === 'main') ?? find(root, (el) => el.name === 'article')
  const within: ParentNode = candidate ?? root
  const dropped: Element[] = []
  const open: AnyNode[] = [...within.children]
  for (let node = open.pop(); node; node = open.pop()) {
    if (!isTag(node)) continue
    if (isChrome(node, within !== root) || (context.mode === 'prune' && doubtful.test(`${node.attribs.class ?? ''} ${node.attribs.id ?? ''}`))) dropped.push(node)
    else for (const child of node.children) open.push(child)
  }
  for (const element of dropped) removeElement(element)
  return { root: candidate ? new Document([candidate]) : root, kind: 'unknown', confidence: candidate ? 0.5 : 0.2 }
}

const isChrome = (element: Element, insideMain: boolean): boolean =>
  element.name === 'header' ? !insideMain : chrome.has(element.name) || chromeRoles.has(element.attribs.role ?? '')

/** The only element that fits; two of them are no answer. */
const find = (root: Document, fits: (element: Element) => boolean): Element | undefined => {
  const open: AnyNode[] = [...root.children]
  let found: Element | undefined
  for (let node = open.pop(); node; node = open.pop()) {
    if (!isTag(node)) continue
    if (fits(node)) {
      if (found) return undefined
      found = node
    } else for (const child of node.children) open.push(child)
  }
  return found
}
