import { Document, Element, Text, type AnyNode, type ChildNode } from 'domhandler'
import type { Page } from './scan.ts'

const media = new Set(['img', 'picture', 'video', 'audio', 'iframe', 'svg', 'math', 'object', 'embed', 'canvas'])
const never = new Set(['script', 'style', 'meta', 'link', 'title', 'base', 'select', 'datalist', 'textarea', 'template-', 'frameset', 'applet', 'map', 'canvas', 'svg', 'object', 'embed', 'progress', 'meter'])
/** Wrappers that say "not content" to whoever reads the result. Their kept content is content. */
const renamed = new Set(['form', 'fieldset', 'dialog', 'noscript', 'template', 'button', 'label', 'nav', 'aside', 'footer', 'header', 'legend'])
const unwrapped = new Set(['html', 'body', 'head'])

interface Frame {
  source: Element | null
  children: ChildNode[]
  next: number
  out: ChildNode[]
  kept: boolean
  raw: boolean
  index: number
}

/** A new document with the kept blocks, the elements around them, and the media among them. The input stays as it is. */
export const assemble = (root: Document, page: Page, keep: Uint8Array): Document => {
  const keptBefore = new Float64Array(page.blocks.length + 1)
  const allBefore = new Float64Array(page.blocks.length + 1)
  page.blocks.forEach((block, i) => {
    keptBefore[i + 1] = (keptBefore[i] ?? 0) + (keep[i] === 1 ? block.size.words + 1 : 0)
    allBefore[i + 1] = (allBefore[i] ?? 0) + block.size.words + 1
  })
  const indexOf = new Map<Element, number>()
  page.elements.forEach((element, i) => indexOf.set(element, i))

  let text = 0
  const stack: Frame[] = [{ source: null, children: root.children, next: 0, out: [], kept: false, raw: false, index: -1 }]

  const near = (): boolean => {
    const before = page.blockOfText[text - 1]
    const after = page.blockOfText[text]
    return (before === undefined || keep[before] === 1) && (after === undefined || keep[after] === 1) && !(before === undefined && after === undefined)
  }
  /** Media belongs to the nearest ancestor with text: kept where most of that is. */
  const keepsMedia = (frame: Frame): boolean => {
    let index = frame.index
    for (let up = 0; up < 4 && index >= 0; up++, index = page.parent[index] ?? -1) {
      const from = page.firstBlock[index] ?? 0
      const to = page.lastBlock[index] ?? 0
      if (to > from) return (keptBefore[to] ?? 0) - (keptBefore[from] ?? 0) >= 0.5 * ((allBefore[to] ?? 0) - (allBefore[from] ?? 0))
    }
    return near()
  }

  const onElement = (frame: Frame, node: Element): void => {
    const { name } = node
    if (name === 'br' || name === 'wbr' || name === 'hr') {
      if (frame.out.length > 0) frame.out.push(new Element(name, node.attribs))
    } else if (media.has(name) && name !== 'math') {
      if (!never.has(name) && keepsMedia(frame)) {
        frame.out.push(copy(node))
        frame.kept = frame.kept || name === 'img' || name === 'picture' || name === 'video'
      }
    } else if (name === 'input') {
      if (node.attribs.type === 'checkbox') frame.out.push(new Element(name, node.attribs))
    } else if (!never.has(name)) {
      const index = indexOf.get(node)
      if (index === undefined) return
      stack.push({ source: node, children: node.children, next: 0, out: [], kept: false, raw: frame.raw || name === 'pre', index })
    }
  }

  const onText = (frame: Frame, node: Text): void => {
    if (node === page.texts[text]) {
      const block = page.blockOfText[text++] ?? -1
      if (keep[block] !== 1) return
      const before = text > 1 ? page.texts[text - 2] : undefined
      if (!frame.raw && before !== undefined && page.blockOfText[text - 2] === block && touches(before, node)) frame.out.push(new Text(' '))
      frame.out.push(new Text(node.data))
      frame.kept = true
    } else if (frame.raw || frame.out.length > 0) {
      const last = frame.out.at(-1)
      if (frame.raw || !(last?.type === 'text' && /\s$/.test(last.data))) frame.out.push(new Text(frame.raw ? node.data : ' '))
    }
  }

  const close = (frame: Frame, parent: Frame): void => {
    const { source } = frame
    if (source === null) return
    const cell = source.name === 'td' || source.name === 'th'
    if (!frame.kept && !cell) return
    if (unwrapped.has(source.name)) {
      for (const child of frame.out) parent.out.push(child)
    } else {
      parent.out.push(element(renamed.has(source.name) ? 'div' : source.name, shown(source.attribs), frame.kept ? frame.out : []))
    }
    parent.kept = parent.kept || frame.kept
  }

  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const node: AnyNode | undefined = frame.children[frame.next++]
    if (node === undefined) {
      stack.pop()
      const parent = stack.at(-1)
      if (parent === undefined) return adopt(new Document(frame.out), frame.out)
      close(frame, parent)
    } else if (node.type === 'text') onText(frame, node)
    else if (node.type === 'tag') onElement(frame, node)
    else if (node.type === 'script' && node.attribs.type?.startsWith('math/tex') === true && near()) frame.out.push(copy(node))
  }
  return new Document([])
}

const boxes = new Set(['span', 'a', 'time', 'button', 'label', 'td', 'th'])

/**
 * Two boxes set apart by style alone ("Pages" and "240"): neighbours with nothing between them, of which the second begins a word
 * with a capital or a digit. A word broken in two for its looks goes on in lower case.
 */
const touches = (before: Text, after: Text): boolean => {
  const one = before.parent
  const two = after.parent
  if (one === null || two === null || one === two || one.type !== 'tag' || two.type !== 'tag' || !boxes.has(one.name) || !boxes.has(two.name)) return false
  if (before.data.length < 2 || after.data.length < 2 || one.next !== two) return false
  return /[\p{Ll}\p{N}%)]$/u.test(before.data) && /^[\p{Lu}$€£(]|^\d/u.test(after.data) && !(/\d$/.test(before.data) && /^\d/.test(after.data))
}

const shown = (attribs: Record<string, string>): Record<string, string> => {
  if (attribs.hidden === undefined && attribs['aria-hidden'] === undefined && attribs.style === undefined) return attribs
  const { hidden: _hidden, 'aria-hidden': _ariaHidden, style: _style, ...rest } = attribs
  return rest
}

const adopt = <P extends Document | Element>(parent: P, children: ChildNode[]): P => {
  let before: ChildNode | null = null
  for (const child of children) {
    child.parent = parent
    child.prev = before
    if (before !== null) before.next = child
    before = child
  }
  return parent
}

const element = (name: string, attribs: Record<string, string>, children: ChildNode[]): Element => adopt(new Element(name, attribs, children), children)

/** Media and formulas as they are: shallow trees, bounded all the same. */
const copy = (source: Element): Element => {
  const top = element(source.name, source.attribs, [])
  top.type = source.type
  const stack: { from: Element; to: Element; depth: number }[] = [{ from: source, to: top, depth: 0 }]
  let budget = 200
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const children: ChildNode[] = []
    for (const child of item.from.children) {
      if (budget-- <= 0) break
      if (child.type === 'text') children.push(new Text(child.data))
      else if (child.type === 'tag') {
        const made = new Element(child.name, child.attribs)
        children.push(made)
        stack.push({ from: child, to: made, depth: item.depth + 1 })
      }
    }
    item.to.children = children
    adopt(item.to, children)
  }
  return top
}
