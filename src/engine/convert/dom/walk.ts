import type { AnyNode, Element, ParentNode } from 'domhandler'

export const isElement = (node: AnyNode): node is Element => node.type === 'tag' || node.type === 'script' || node.type === 'style'

export interface Visitor {
  /** False leaves the element's children out; `leave` is then not called. */
  enter(element: Element): boolean
  leave(element: Element): void
  text(data: string): void
}

/** Depth-first in document order with a stack of its own; trusts child lists only, never parent or sibling links. */
export const walk = (root: ParentNode, visitor: Visitor): void => {
  const parents: ParentNode[] = [root]
  const indexes: number[] = [0]
  while (parents.length > 0) {
    const top = parents.length - 1
    const parent = parents[top] as ParentNode
    const index = indexes[top] as number
    const node = parent.children[index]
    if (node === undefined) {
      parents.pop()
      indexes.pop()
      if (top > 0) visitor.leave(parent as Element)
      continue
    }
    indexes[top] = index + 1
    if (node.type === 'text') visitor.text((node as unknown as { data: string }).data)
    else if (isElement(node) && visitor.enter(node)) {
      parents.push(node)
      indexes.push(0)
    }
  }
}

/** Every element below `root` in document order, as long as `visit` does not return false for its ancestor. */
export const eachElement = (root: ParentNode, visit: (element: Element) => boolean | void): void =>
  walk(root, { enter: (element) => visit(element) !== false, leave: nothing, text: nothing })

/** Whether any element below `root` fits. */
export const holds = (root: ParentNode, fits: (element: Element) => boolean): boolean => {
  let found = false
  eachElement(root, (element) => {
    if (!found && fits(element)) found = true
    return !found
  })
  return found
}

const nothing = (): void => {}

/** Text below a node as it is written, at most `max` characters of it. */
export const rawTextOf = (root: ParentNode, max = Infinity): string => {
  let text = ''
  walk(root, {
    enter: (element) => text.length < max && element.type === 'tag',
    leave: nothing,
    text: (data) => {
      if (text.length < max) text += data
    },
  })
  return text.length > max ? text.slice(0, max) : text
}

export const collapse = (text: string): string => text.replace(/[\s\u200b\u2060\ufeff\u00ad]+/g, (run) => (/\s/.test(run.replace(/\ufeff/g, '')) ? ' ' : '')).trim()

export const hasClass = (element: Element, pattern: RegExp): boolean => {
  const value = element.attribs.class
  return value !== undefined && value.length < 4096 && pattern.test(value)
}

export const attributeOf = (element: Element, name: string): string | undefined =>
  Object.hasOwn(element.attribs, name) ? element.attribs[name] : undefined
