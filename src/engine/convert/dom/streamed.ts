import type { ChildNode, Element, ParentNode } from 'domhandler'

const slotId = /^[BP]:[\da-z]{1,12}$/
const segmentId = /^S:[\da-z]{1,12}$/

/** Templates that hold the place of a part which React sends later. */
export const isSlot = (name: string, attribs: Record<string, string>): boolean => name === 'template' && attribs.id !== undefined && slotId.test(attribs.id)

/** Hidden parts that React sends after the page, and scripts would move into place. */
export const isSegment = (attribs: Record<string, string>): boolean => attribs.hidden !== undefined && attribs.id !== undefined && segmentId.test(attribs.id)

/** Does what the inline scripts of a page streamed by React would do. */
export const placeSegments = (slots: readonly Element[], segments: readonly Element[]): void => {
  const bySuffix = new Map(slots.map((slot) => [(slot.attribs.id ?? '').slice(2), slot]))
  for (const segment of segments) {
    delete segment.attribs.hidden
    const slot = bySuffix.get((segment.attribs.id ?? '').slice(2))
    if (!slot?.parent || !segment.parent || contains(segment, slot)) continue
    remove(segment)
    replace(slot, segment)
    bySuffix.delete((segment.attribs.id ?? '').slice(2))
  }
}

const contains = (outer: Element, inner: Element): boolean => {
  for (let node: ParentNode | null = inner; node; node = node.parent) if (node === outer) return true
  return false
}

const remove = (node: ChildNode): void => {
  const siblings = node.parent?.children
  if (!siblings) return
  siblings.splice(siblings.lastIndexOf(node), 1)
  if (node.prev) node.prev.next = node.next
  if (node.next) node.next.prev = node.prev
}

const replace = (old: ChildNode, node: ChildNode): void => {
  const siblings = old.parent?.children
  if (!siblings) return
  siblings[siblings.indexOf(old)] = node
  node.parent = old.parent
  node.prev = old.prev
  node.next = old.next
  if (node.prev) node.prev.next = node
  if (node.next) node.next.prev = node
}
