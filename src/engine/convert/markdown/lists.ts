import type { Element, ParentNode } from 'domhandler'
import { hasClass, isElement } from '../dom/walk.ts'
import { roleOf } from './elements.ts'
import type { Leave } from './leave.ts'
import type { Writer } from './writer.ts'

interface List {
  ordered: boolean
  next: number
  step: number
  /** `-` or `*`, `.` or `)`. */
  marker: string
  items: number
  /** Characters of the last item's marker. */
  width: number
}

const newList = (ordered: boolean, start: number): List => ({ ordered, next: start, step: 1, marker: ordered ? '.' : '-', items: 0, width: 2 })

/** Lists and their items. */
export class Lists {
  readonly #writer: Writer
  readonly #open: List[] = []
  #last: { list: List; blocks: number } | null = null
  /** Blocks written when an item outside of any list ended. */
  #stray = -1

  constructor(writer: Writer) {
    this.#writer = writer
  }

  list(element: Element): Leave {
    const writer = this.#writer
    const outer = this.#open.at(-1)
    const list = this.#listOf(element)
    // Only a list that begins at one may follow text without a blank line.
    if (outer && !(list.ordered && list.next !== 1)) writer.setBreak(1)
    else writer.break(2)
    // Two lists in a row would read as one.
    const last = this.#last
    if (last?.blocks === writer.blocks && last.list.ordered === list.ordered && !writer.containerIsFresh) list.marker = otherMarkers[last.list.marker] ?? list.marker
    // A list directly in a list belongs to the item before it.
    const indent = outer && outer.items > 0 && writer.layout === 'block' && isList(element.parent) ? ' '.repeat(outer.width) : ''
    const indented = indent !== '' && writer.openContainer(indent, indent)
    this.#open.push(list)
    return () => {
      this.#open.pop()
      if (indented) writer.closeContainer()
      writer.break(2)
      this.#last = list.items > 0 ? { list, blocks: writer.blocks } : null
    }
  }

  item(element: Element): Leave {
    const writer = this.#writer
    const inList = this.#open.length > 0
    const list = this.#open.at(-1) ?? { ...newList(false, 1), items: this.#stray === writer.blocks ? 1 : 0 }
    if (list.items > 0) writer.setBreak(1)
    else writer.break(inList ? 1 : 2)
    list.items++
    if (list.ordered && /^\d{1,9}$/.test(element.attribs.value ?? '')) list.next = Number(element.attribs.value)
    const number = list.next
    const marker = list.ordered ? `${Math.max(0, number)}${list.marker} ` : `${list.marker} `
    list.next += list.step
    list.width = marker.length
    if (writer.layout !== 'block' || !writer.openContainer(marker, ' '.repeat(marker.length))) return this.#flatItem(list.ordered ? marker : '- ')
    return () => {
      // An item that left nothing behind takes no number.
      if (writer.containerIsFresh) list.next = number
      writer.closeContainer()
      writer.setBreak(1)
      if (!inList) this.#stray = writer.blocks
    }
  }

  /** The box of a task; other form controls are left out. */
  checkbox(element: Element): void {
    const { attribs } = element
    const list = this.#open.at(-1)
    if (attribs.type?.toLowerCase() !== 'checkbox' || !list || list.ordered || !this.#writer.containerIsFresh) return
    if (!('disabled' in attribs) && attribs.name !== undefined && !hasClass(element, /task/i)) return
    this.#writer.inline('checked' in attribs ? '[x]' : '[ ]')
    this.#writer.glue()
  }

  #listOf(element: Element): List {
    const ordered = element.name === 'ol'
    const start = ordered && /^-?\d{1,9}$/.test(element.attribs.start ?? '') ? Math.max(0, Number(element.attribs.start)) : undefined
    const list = newList(ordered, start ?? 1)
    if (ordered && 'reversed' in element.attribs) {
      list.step = -1
      list.next = start ?? element.children.filter((child) => isElement(child) && child.name === 'li').length
    }
    return list
  }

  /** Inside a cell, or nested too deep to be indented. */
  #flatItem(marker: string): Leave {
    const writer = this.#writer
    if (writer.layout !== 'line') writer.lineHead(marker)
    return () => {
      writer.dropLineHead()
      writer.break(1)
    }
  }
}

const otherMarkers: Readonly<Record<string, string>> = { '-': '*', '*': '-', '.': ')', ')': '.' }

const isList = (node: ParentNode | null): boolean => node !== null && isElement(node) && roleOf(node.name) === 'list'
