import type { Element, ParentNode } from 'domhandler'
import { collapse, eachElement, isElement, walk } from '../convert/dom/walk.ts'
import { keyOf, wordsOf } from './names.ts'

const blocks = new Set(['address', 'article', 'aside', 'blockquote', 'br', 'dd', 'details', 'div', 'dl', 'dt', 'fieldset', 'figcaption', 'figure', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'li', 'main', 'nav', 'ol', 'option', 'p', 'pre', 'section', 'summary', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'ul'])
const silent = new Set(['script', 'style', 'template', 'noscript', 'button', 'select', 'textarea'])

/** Text as a reader sees it on one line: blocks do not run into each other. */
export const textOf = (root: ParentNode, max = 20_000): string => {
  let text = ''
  walk(root, {
    enter(element) {
      if (text.length >= max || silent.has(element.name)) return false
      if (blocks.has(element.name)) text += ' '
      return true
    },
    leave(element) {
      if (blocks.has(element.name)) text += ' '
    },
    text(data) {
      if (text.length < max) text += data
    },
  })
  return collapse(text.slice(0, max))
}

/** A short selector for people: enough to find the element again, not a promise that it is unique. */
export const placeOf = (element: Element): string => {
  const parts: string[] = []
  for (let at: Element | null = element; at && parts.length < 4; at = at.parent && isElement(at.parent) ? at.parent : null) {
    const id = at.attribs.id
    if (id && /^[\w-]{1,60}$/.test(id)) {
      parts.unshift(`#${id}`)
      break
    }
    const name = /^[\w-]{1,60}/.exec((at.attribs.class ?? '').trim())?.[0]
    parts.unshift(name === undefined ? at.name : `${at.name}.${name}`)
    if (at.name === 'body' || at.name === 'main') break
  }
  return parts.join(' > ')
}

/** What is beside the content of a page. */
const besides = /(?:^|[\s_-])(?:related|recommend\w*|similar|also|upsell|cross-?sell|sidebar|footer|nav|menu|cookie|newsletter|advert\w*|popup|modal|carousel-nav|breadcrumbs?)(?=[\s_-]|$)/i
export const isBeside = (element: Element): boolean =>
  element.name === 'nav' || element.name === 'footer' || element.name === 'aside' || element.attribs.role === 'navigation' || besides.test((element.attribs.class ?? '').slice(0, 500)) || besides.test((element.attribs.id ?? '').slice(0, 200))

export interface Pair {
  label: string
  key: string
  text: string
  element: Element | undefined
  source: 'table' | 'definition' | 'label'
  path: string
}

export interface Grid {
  headers: string[]
  rows: Element[][]
  /** What stands above or in its caption, class and id. */
  about: string
  path: string
}

/** A run of siblings built alike. */
export interface Run {
  members: Element[]
  about: string
  path: string
}

export interface Facts {
  pairs: Pair[]
  grids: Grid[]
  runs: Run[]
  /** `<ul>` and `<ol>`, with what they are about. */
  lists: Run[]
}

const factsMax = 2000
const runsMax = 80
const membersMax = 500

/** One walk over the tree: everything that tells a name with its value, and everything that repeats. */
export const factsOf = (root: ParentNode): Facts => {
  const facts: Facts = { pairs: [], grids: [], runs: [], lists: [] }
  let heading = ''
  eachElement(root, (element) => {
    if (isBeside(element) && element.name !== 'aside') return false
    if (/^h[1-6]$/.test(element.name) || element.name === 'caption' || element.name === 'legend') heading = textOf(element, 200)
    else if (element.name === 'table') table(element, facts, heading)
    else if (element.name === 'dl') definitions(element, facts, heading)
    else if (element.name === 'ul' || element.name === 'ol') {
      const members = element.children.filter(isElement).filter((child) => child.name === 'li').slice(0, membersMax)
      if (members.length > 0 && facts.lists.length < factsMax) facts.lists.push({ members, about: aboutOf(element, heading), path: placeOf(element) })
    }
    labelled(element, facts)
    repeated(element, facts, heading)
    return true
  })
  return facts
}

const aboutOf = (element: Element, heading: string): string => {
  const parent = element.parent && isElement(element.parent) ? element.parent : undefined
  return [element.attribs.id, element.attribs.class, element.attribs['aria-label'], parent?.attribs.id, parent?.attribs.class, heading].filter(Boolean).join(' ').slice(0, 500)
}

const keep = (facts: Facts, label: string, text: string, element: Element | undefined, source: Pair['source'], path: string): void => {
  const clean = label.replace(/[\s:：]+$/, '')
  const key = clean.length > 80 ? '' : keyOf(clean)
  if (key !== '' && text !== '' && text.length <= 5000 && facts.pairs.length < factsMax) facts.pairs.push({ label: clean, key, text, element, source, path })
}

const cellsOf = (row: Element): Element[] => row.children.filter(isElement).filter(({ name }) => name === 'td' || name === 'th').slice(0, 60)

const table = (element: Element, facts: Facts, heading: string): void => {
  const rows: Element[] = []
  eachElement(element, (inner) => {
    if (inner.name === 'table') return false
    if (inner.name === 'tr' && rows.length < membersMax) rows.push(inner)
    return inner.name !== 'tr'
  })
  const grid = rows.map(cellsOf).filter((cells) => cells.length > 0)
  const first = grid[0]
  if (!first) return
  const path = placeOf(element)
  const isHead = first.length > 1 && (first.every(({ name }) => name === 'th') || (first[0]?.parent?.parent as Element | null)?.name === 'thead')
  if (isHead && grid.length > 1) {
    facts.grids.push({ headers: first.map((cell) => textOf(cell, 200)), rows: spanned(grid.slice(1)), about: aboutOf(element, heading), path })
    return
  }
  for (const cells of grid) {
    const [label, value] = cells
    if (cells.length === 2 && label && value) {
      const name = textOf(label, 200)
      keep(facts, name, textOf(value, 5000), value, 'table', `${path} "${name.slice(0, 80)}"`)
    }
  }
}

/** Cells that reach over several rows stand in each of them. */
const spanned = (rows: Element[][]): Element[][] => {
  const waiting = new Map<number, { cell: Element; left: number }>()
  return rows.map((cells) => {
    const row: Element[] = []
    const queue = [...cells]
    while ((queue.length > 0 || waiting.has(row.length)) && row.length < 60) {
      const above = waiting.get(row.length)
      if (above) {
        if (--above.left <= 0) waiting.delete(row.length)
        row.push(above.cell)
        continue
      }
      const cell = queue.shift() as Element
      const down = Number(cell.attribs.rowspan ?? 1)
      if (down > 1 && down < 1000) waiting.set(row.length, { cell, left: down - 1 })
      const across = Math.min(Math.max(1, Number(cell.attribs.colspan ?? 1) || 1), 60)
      for (let i = 0; i < across; i++) row.push(cell)
    }
    return row
  })
}

const definitions = (element: Element, facts: Facts, _heading: string): void => {
  const path = placeOf(element)
  let label = ''
  eachElement(element, (inner) => {
    if (inner.name === 'dt') label = textOf(inner, 200)
    else if (inner.name === 'dd' && label !== '') {
      keep(facts, label, textOf(inner, 5000), inner, 'definition', `${path} "${label.slice(0, 80)}"`)
      label = ''
    }
    return inner.name !== 'dt' && inner.name !== 'dd'
  })
}

const short = /^\s*([\p{L}][\p{L}\p{N} .'/&()-]{1,40}?)\s*[:：]\s*(\S.{0,300})$/u
const tagged = new Set(['b', 'strong', 'span', 'label', 'em', 'small'])

/** `<p><b>Weight:</b> 3 kg</p>`, `<li>Weight: 3 kg</li>`, `<span>Weight</span><span>3 kg</span>`. */
const labelled = (element: Element, facts: Facts): void => {
  if (!['p', 'li', 'div', 'span', 'td', 'dd'].includes(element.name) || facts.pairs.length >= factsMax) return
  const children = element.children.filter((child) => child.type !== 'text' || (child as unknown as { data: string }).data.trim() !== '').slice(0, 5)
  if (children.length === 0 || children.length > 4) return
  const elements = children.filter(isElement)
  if (elements.some((child) => blocks.has(child.name) && child.name !== 'br' && child.name !== 'div' && child.name !== 'p')) return
  const [first, second] = children
  if (elements.length === 2 && children.length === 2 && first && second && isElement(first) && isElement(second) && (tagged.has(first.name) || first.name === second.name)) {
    const name = textOf(first, 80)
    if (name.length <= 40 && (/[:：]$/.test(name) || /label|name|key|title|term/i.test(first.attribs.class ?? ''))) return keep(facts, name, textOf(second, 500), second, 'label', `${placeOf(element)} "${name}"`)
  }
  if (elements.some((child) => child.name === 'div' || child.name === 'p')) return
  const match = short.exec(textOf(element, 360))
  if (match?.[1] && match[2] && wordsOf(match[1]).length <= 5) keep(facts, match[1], match[2], undefined, 'label', `${placeOf(element)} "${match[1]}"`)
}

const repeatable = new Set(['li', 'article', 'div', 'section', 'a', 'tr', 'details', 'figure', 'p', 'blockquote'])

/** Siblings of one tag and one class that say something each. */
const repeated = (parent: Element, facts: Facts, heading: string): void => {
  if (facts.runs.length >= runsMax || parent.children.length < 2 || parent.name === 'tbody' || parent.name === 'table') return
  const groups = new Map<string, Element[]>()
  for (const child of parent.children.slice(0, 2000)) {
    if (!isElement(child) || !repeatable.has(child.name)) continue
    const key = `${child.name}.${(child.attribs.class ?? '').trim().split(/\s+/)[0] ?? ''}`
    const group = groups.get(key)
    if (group) group.push(child)
    else groups.set(key, [child])
  }
  for (const [key, members] of groups) {
    if (members.length < 2 || facts.runs.length >= runsMax || key === 'p.') continue
    const rich = members.slice(0, 10).filter((member) => member.children.filter(isElement).length > 0)
    if (rich.length * 2 < Math.min(10, members.length)) continue
    facts.runs.push({ members: members.slice(0, membersMax), about: `${aboutOf(parent, heading)} ${members[0]?.attribs.class ?? ''}`, path: `${placeOf(parent)} > ${key.replace(/\.$/, '')}` })
  }
}
